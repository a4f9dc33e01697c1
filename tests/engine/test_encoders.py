"""Models that only embed: BERT and its kin, through llama.cpp with random weights."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from loom.engine.engine import Engine
from loom.engine.events import Embedded, RequestEnded, RequestFailed
from loom.engine.llama.backend import LlamaBackend
from loom.engine.request import Embed, Grow, LoadSpec, Request, Score, ScoreItem, TextPart
from loom.models.random_weights import ENCODERS, write_random_model
from loom.records import Sampling
from tests.engine.driving import only, run

HELLO = (TextPart(b"bada bodo"),)
OTHER = (TextPart(b"kiki"),)


@pytest.fixture(scope="module", params=sorted(ENCODERS))
def encoder(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LlamaBackend]:
    path = tmp_path_factory.mktemp("encoders") / f"{request.param}.gguf"
    write_random_model(path, request.param, seed=1)
    backend = LlamaBackend(LoadSpec(str(path)))
    yield backend
    backend.close()


def test_equal_texts_have_equal_vectors(encoder: LlamaBackend) -> None:
    events = run(Engine(encoder), Embed("v", (HELLO, OTHER, HELLO)))
    found = {event.index: event for event in only(events, Embedded)}
    assert sorted(found) == [0, 1, 2]
    assert {event.pooling for event in found.values()} == {"embedding model"}
    first, other, again = (found[i].vector for i in range(3))
    assert np.allclose(first, again, atol=1e-6)
    assert not np.allclose(first, other, atol=1e-2)
    assert np.isclose(np.linalg.norm(other), 1, atol=1e-5)
    assert only(events, RequestEnded) == [RequestEnded("v", cancelled=False)]


def test_a_text_has_the_vector_that_it_has_alone(encoder: LlamaBackend) -> None:
    engine = Engine(encoder)
    (alone,) = only(run(engine, Embed("one", (OTHER,))), Embedded)
    among = only(run(engine, Embed("many", (HELLO, OTHER, HELLO))), Embedded)
    assert np.allclose(alone.vector, among[1].vector, atol=1e-4)


@pytest.mark.parametrize(
    "asked",
    [
        Grow("x", HELLO, 2, 4, Sampling(), seed=1),
        Grow("x", HELLO, 2, 4, Sampling(), seed=1, mode="exact"),
        Score("x", (ScoreItem(HELLO, OTHER),)),
    ],
)
def test_what_needs_a_law_is_refused_in_a_sentence(encoder: LlamaBackend, asked: Request) -> None:
    engine = Engine(encoder)
    (failed,) = engine.submit(asked)
    assert isinstance(failed, RequestFailed)
    assert failed.what == f"{encoder.info.name} turns texts into vectors and cannot continue them."
    assert failed.remedy
    assert not engine.busy
    # It goes on doing what it can.
    assert only(run(engine, Embed("v", (HELLO,))), Embedded)

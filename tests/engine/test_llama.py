"""llama.cpp behind the protocol, with the bundled model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loom.engine.backend import BackendError, Row
from loom.engine.engine import Engine
from loom.engine.events import EngineEvent, Stepped
from loom.engine.llama.backend import LlamaBackend
from loom.engine.request import Grow, LoadSpec, TextPart
from loom.errors import ModelFileError
from loom.records import Sampling
from loom.records.sampling import PRESETS

PROMPT = b"One morning in the town, "


@pytest.fixture(scope="module")
def backend(story_base: Path) -> Iterator[LlamaBackend]:
    backend = LlamaBackend(LoadSpec(str(story_base), fingerprint="f"))
    yield backend
    backend.close()


@pytest.fixture
def clean(backend: LlamaBackend) -> LlamaBackend:
    for sequence in range(backend.n_sequences):
        backend.forget(sequence)
    return backend


def grown(
    backend: LlamaBackend, n: int, tokens: int = 24, seed: int = 1, sampling: Sampling | None = None
) -> tuple[dict[int, bytes], list[Stepped]]:
    engine = Engine(backend)
    events: list[EngineEvent] = engine.submit(
        Grow("r", (TextPart(PROMPT),), n, tokens, sampling or Sampling(), seed)
    )
    while engine.busy:
        events += engine.step()
    steps = [event for event in events if isinstance(event, Stepped)]
    texts: dict[int, bytes] = {}
    for step in steps:
        for (_, index), piece in zip(step.branches, step.tokens.pieces, strict=True):
            texts[index] = texts.get(index, b"") + piece
    return texts, steps


def test_the_model_says_what_it_is(backend: LlamaBackend, story_base: Path) -> None:
    info = backend.info
    assert info.name == "story-base"
    assert info.architecture == "llama"
    assert info.n_ctx_train >= 1024
    assert info.n_ctx <= info.n_ctx_train <= info.n_cells
    assert 1_000_000 < info.n_parameters < 5_100_000


@given(st.text(max_size=200))
def test_any_text_is_read_without_loss(backend: LlamaBackend, text: str) -> None:
    written = text.encode()
    ids = backend.tokenise(written, special=False, at_start=False)
    assert b"".join(map(backend.piece, ids)) == written


def test_names_of_special_tokens_stay_text_unless_asked_for(backend: LlamaBackend) -> None:
    name = b"<|endoftext|>"
    as_text = backend.tokenise(name, special=False, at_start=False)
    as_token = backend.tokenise(name, special=True, at_start=False)
    assert len(as_text) > 1
    assert len(as_token) == 1
    assert backend.ends_text(as_token[0])
    assert backend.piece(as_token[0]) == b""


def test_the_same_seed_grows_the_same_text_again(clean: LlamaBackend) -> None:
    first, _ = grown(clean, 4)
    for sequence in range(clean.n_sequences):
        clean.forget(sequence)
    again, _ = grown(clean, 4)
    assert first == again
    assert len(set(first.values())) > 1


def test_another_seed_grows_other_texts(clean: LlamaBackend) -> None:
    first, _ = grown(clean, 4, seed=1)
    for sequence in range(clean.n_sequences):
        clean.forget(sequence)
    other, _ = grown(clean, 4, seed=2)
    assert first != other


def test_temperature_nought_takes_the_likeliest_token_each_time(clean: LlamaBackend) -> None:
    _, steps = grown(clean, 1, sampling=PRESETS["greedy"])
    for step in steps:
        assert step.tokens.stats is not None
        assert step.tokens.ids[0] == step.tokens.stats.top_ids[0][0]


def test_records_are_those_of_the_model_alone(clean: LlamaBackend) -> None:
    """Log-probabilities in a batch of eight branches against one evaluation from scratch."""
    _, steps = grown(clean, 8, tokens=12)
    ids = [int(step.tokens.ids[step.branches.index(("r", 3))]) for step in steps]
    said = [logprob_of(step, ("r", 3)) for step in steps]
    bos = [] if clean.bos_id is None else [clean.bos_id]
    prompt = bos + clean.tokenise(PROMPT, special=False, at_start=True)
    for sequence in range(clean.n_sequences):
        clean.forget(sequence)
    path = prompt + ids
    clean.decode([Row(token, i, 0, True) for i, token in enumerate(path)])
    alone = clean.statistics(range(len(prompt) - 1, len(path) - 1), ids, 5).logprob
    assert np.allclose(said, alone, atol=0.03)


def logprob_of(step: Stepped, branch: tuple[str, int]) -> float:
    assert step.tokens.stats is not None
    return float(step.tokens.stats.logprob[step.branches.index(branch)])


def test_a_batch_that_the_memory_cannot_take_is_an_error_and_not_the_end(
    clean: LlamaBackend,
) -> None:
    token = clean.tokenise(b"a", special=False, at_start=False)[0]
    with pytest.raises(BackendError, match="could not evaluate"):
        clean.decode([Row(token, 0, clean.n_sequences + 5, True)])
    clean.decode([Row(token, 0, 0, True)])


@pytest.mark.parametrize("content", [b"", b"not a model at all", b"GGUF" + bytes(40)])
def test_a_file_that_is_no_model_is_told_in_a_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match="cannot open") as error:
        LlamaBackend(LoadSpec(str(path)))
    assert error.value.remedy


def test_a_smaller_window_is_kept_to(story_base: Path) -> None:
    backend = LlamaBackend(LoadSpec(str(story_base), n_ctx=64))
    assert backend.info.n_ctx == 64
    texts, _ = grown(backend, 2, tokens=500)
    n_prompt = len(backend.tokenise(PROMPT, special=False, at_start=True)) + 1
    longest = max(
        len(backend.tokenise(text, special=False, at_start=False)) for text in texts.values()
    )
    assert longest <= 64 - n_prompt
    backend.close()

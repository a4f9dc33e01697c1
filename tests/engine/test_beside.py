"""Statistics computed beside the next batch: nothing is lost, nothing changes its place."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loom.engine.backend import BackendError, Coming, Row
from loom.engine.engine import Engine
from loom.engine.events import BranchEnded, EngineEvent, Gauge, RequestFailed, Stepped
from loom.engine.llama import backend as llama_backend
from loom.engine.llama.backend import LlamaBackend
from loom.engine.llama.beside import Beside, pays_beside
from loom.engine.request import Cancel, Grow, LoadSpec, TextPart
from loom.engine.scripted import ScriptedBackend
from loom.engine.statistics import statistics_of
from loom.records import Sampling, TokenStats
from tests.engine.driving import finishes, run, texts, written

PROMPT = (TextPart(b"Friends, raise your glasses."),)
FIELDS = TokenStats.__slots__


class BesideBackend(ScriptedBackend):
    """Computes statistics only when they are waited for, and fails where it is told to."""

    def __init__(self, scripts: Sequence[str]) -> None:
        super().__init__(scripts)
        self.n_computed = self.n_begun = 0
        self.fails_at_batch: int | None = None
        self.wrong_at: int | None = None

    def decode(self, rows: Sequence[Row]) -> None:
        if self.fails_at_batch == 0:
            raise BackendError("The batch failed.", "Try again.")
        if self.fails_at_batch is not None:
            self.fails_at_batch -= 1

    def statistics_beside(
        self, laws: Sequence[int], chosen: Sequence[int], top_k: int
    ) -> Coming | None:
        number, self.n_begun = self.n_begun, self.n_begun + 1

        def coming() -> TokenStats:
            if number == self.wrong_at:
                raise ZeroDivisionError
            self.n_computed += 1
            return self.statistics(laws, chosen, top_k)

        return coming


def grow(n: int, tokens: int, name: str = "r") -> Grow:
    return Grow(name, PROMPT, n, tokens, Sampling(), seed=1)


def told(events: Sequence[EngineEvent]) -> list[object]:
    """The events but for clocks and gauges."""
    return [
        (e.branches, e.tokens.pieces, [getattr(e.tokens.stats, f).tolist() for f in FIELDS])
        if isinstance(e, Stepped)
        else (e.index, e.finish)
        if isinstance(e, BranchEnded)
        else type(e)
        for e in events
        if not isinstance(e, Gauge)
    ]


SCRIPTS = st.lists(
    st.lists(st.sampled_from(["Marco", "laughed", "Nobody", "moved"]), min_size=1, max_size=6).map(
        " ".join
    ),
    min_size=1,
    max_size=4,
)


@given(SCRIPTS, st.integers(1, 5), st.integers(1, 7))
def test_what_is_told_is_the_same_in_the_same_order(scripts: list[str], n: int, k: int) -> None:
    at_once = run(Engine(ScriptedBackend(scripts)), grow(n, k), grow(2, 3, "s"))
    late = run(Engine(BesideBackend(scripts)), grow(n, k), grow(2, 3, "s"))
    assert told(late) == told(at_once)


def test_a_step_is_told_by_the_next_one_and_the_last_by_itself() -> None:
    backend = BesideBackend(["one two three four"])
    engine = Engine(backend)
    engine.submit(grow(2, 3))
    n_told = []
    while engine.growing:
        n_told.append(sum(isinstance(event, Stepped) for event in engine.step()))
    # The first batch reads the prompt, and nothing is drawn.
    assert n_told == [0, 0, 1, 2]


def test_a_stop_tells_everything_that_was_drawn_and_then_the_end() -> None:
    engine = Engine(BesideBackend(["one two three four five six"]))
    engine.submit(grow(2, 9))
    events = [event for _ in range(4) for event in engine.step()]
    stopped = engine.submit(Cancel("r"))
    events += stopped
    assert texts(events) == {("r", 0): b"one two three", ("r", 1): b"one two three"}
    assert [type(event) for event in stopped] == [Stepped, BranchEnded, BranchEnded]
    assert set(finishes(events).values()) == {"cancelled"}
    assert all(tokens.stats is not None for tokens in written(events).values())
    assert not engine.growing


def test_where_a_batch_fails_the_one_before_is_told_first() -> None:
    backend = BesideBackend(["one two three four five six"])
    backend.fails_at_batch = 3
    events = run(Engine(backend), grow(1, 9))
    assert texts(events) == {("r", 0): b"one two"}
    assert isinstance([e for e in events if not isinstance(e, Gauge)][-1], RequestFailed)


def test_a_mistake_in_them_is_not_swallowed() -> None:
    backend = BesideBackend(["one two three four"])
    backend.wrong_at = 1
    engine = Engine(backend)
    engine.submit(grow(1, 4))
    for _ in range(3):
        engine.step()
    with pytest.raises(ZeroDivisionError):
        engine.step()


def test_laws_may_be_written_over_while_they_are_looked_at() -> None:
    dice = np.random.default_rng(1)
    laws = dice.normal(0, 3, (40, 8, 5_000)).astype(np.float32)
    room = np.empty_like(laws[0])
    beside = Beside()
    coming: list[Coming] = []
    for law in laws:
        room[:] = law
        coming.append(beside.begin(list(room), range(8), 20))
    room[:] = 0
    for law, found in zip(laws, coming, strict=True):
        expected, got = statistics_of(list(law), range(8), 20), found()
        assert all(np.array_equal(getattr(got, f), getattr(expected, f)) for f in FIELDS)
    beside.close()


def test_what_goes_wrong_beside_is_raised_where_it_is_waited_for() -> None:
    beside = Beside()
    wrong = beside.begin([np.zeros(4, np.float32)], [9], 2)
    right = beside.begin([np.zeros(4, np.float32)], [3], 2)
    with pytest.raises(IndexError):
        wrong()
    assert right().top_ids.shape == (1, 2)
    beside.close()


@pytest.fixture
def opened(
    story_base: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Callable[[bool], LlamaBackend]:
    def open_one(beside: bool) -> LlamaBackend:
        monkeypatch.setattr(llama_backend, "pays_beside", lambda _: beside)
        monkeypatch.setattr(llama_backend, "QUICK_S", math.inf)
        backend = LlamaBackend(LoadSpec(str(story_base), n_threads=1))
        request.addfinalizer(backend.close)
        return backend

    return open_one


def test_a_model_writes_and_says_the_same_either_way(
    opened: Callable[[bool], LlamaBackend],
) -> None:
    at_once, late = opened(False), opened(True)
    rows = [written(run(Engine(backend), grow(4, 20))) for backend in (at_once, late)]
    assert late.statistics_beside([0], [1], 3) is not None
    assert at_once.statistics_beside([0], [1], 3) is None
    assert rows[0].keys() == rows[1].keys()
    for name, tokens in rows[0].items():
        other = rows[1][name]
        assert other.pieces == tokens.pieces
        for field in FIELDS:
            assert np.array_equal(getattr(other.stats, field), getattr(tokens.stats, field))


def test_it_pays_where_a_processor_would_be_idle(
    opened: Callable[[bool], LlamaBackend], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = opened(False).info
    monkeypatch.setattr("loom.engine.llama.beside.usable_processors", lambda: 2)
    assert pays_beside(model)
    monkeypatch.setattr("loom.engine.llama.beside.usable_processors", lambda: 1)
    assert not pays_beside(model)

"""Requests of different kinds in one engine: none stands in another's way for ever."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from loom.engine.backend import BackendError, Row
from loom.engine.engine import Engine
from loom.engine.events import BranchEnded, Embedded, EngineEvent, RequestEnded, RequestFailed
from loom.engine.request import Cancel, Embed, Grow, Score, ScoreItem, TextPart
from loom.engine.scripted import ScriptedBackend
from loom.records import Cover, Priority, Sampling
from tests.engine.driving import finishes, only, run, texts

ENOUGH_STEPS = 200
LONG = " and on" * 50


def words(first: str, n: int) -> tuple[TextPart]:
    return (TextPart(" ".join(f"{first}{i}" for i in range(n)).encode()),)


def grow(
    name: str,
    n_prompt: int,
    n_branches: int,
    n_tokens: int,
    priority: Priority = "now",
    cover: Cover | None = None,
) -> Grow:
    prompt = words(name, n_prompt)
    return Grow(name, prompt, n_branches, n_tokens, Sampling(), 1, cover=cover, priority=priority)


def until_ended(engine: Engine, name: str, n_branches: int) -> list[EngineEvent]:
    """Step until every branch of a request has ended; a bounded number of times."""
    events: list[EngineEvent] = []
    for _ in range(ENOUGH_STEPS):
        events += engine.step()
        engine.check()
        ended = [e for e in only(events, BranchEnded) if e.request_id == name]
        if len(ended) == n_branches:
            return events
    raise AssertionError(f"{name} is not finished after {ENOUGH_STEPS} steps")


def small(n_ctx: int) -> Engine:
    """An engine with twice as many cells as one branch may take."""
    return Engine(ScriptedBackend((LONG,), n_ctx=n_ctx))


@pytest.mark.parametrize("n_steps", range(12))
def test_what_a_person_asks_for_ends_though_background_work_fills_the_memory(
    n_steps: int,
) -> None:
    engine = small(32)
    engine.submit(grow("b", 12, 40, 20, "background"))
    for _ in range(n_steps):
        engine.step()
    engine.submit(grow("n", 28, 2, 4))
    events = until_ended(engine, "n", 2)
    assert {f for (name, _), f in finishes(events).items() if name == "n"} == {"length"}


@pytest.mark.parametrize("n_steps", range(4))
def test_background_growths_that_rest_give_their_room_back_and_end_later(n_steps: int) -> None:
    """Both have read their prompts, which fill the memory, and nothing of them is written."""
    engine = small(32)
    events: list[EngineEvent] = []
    for name in ("b", "c"):
        events += engine.submit(grow(name, 30, 3, 2, "background"))
    for _ in range(n_steps):
        events += engine.step()
    events += engine.submit(grow("n", 31, 1, 1))
    events += until_ended(engine, "n", 1)
    events += run(engine)
    assert set(finishes(events)) == {(name, i) for name in "bc" for i in range(3)} | {("n", 0)}
    assert set(finishes(events).values()) == {"length"}


def test_a_background_growth_that_still_looks_at_its_first_tokens_rests_too() -> None:
    engine = small(16)
    cover = Cover(0.9)
    for name in ("b", "c"):
        engine.submit(grow(name, 14, 4, 2, "background", cover))
    engine.step()
    engine.submit(grow("n", 15, 1, 1))
    until_ended(engine, "n", 1)
    events = run(engine)
    assert {name for name, _ in finishes(events)} == {"b", "c"}


@pytest.mark.parametrize("n_steps", range(4))
def test_background_scoring_makes_room_as_well(n_steps: int) -> None:
    engine = small(32)
    items = tuple(ScoreItem(words(f"h{i}", 20), words("t", 8)) for i in range(6))
    events = [*engine.submit(Score("s", items, priority="background"))]
    for _ in range(n_steps):
        events += engine.step()
    engine.submit(grow("n", 31, 1, 1))
    events += until_ended(engine, "n", 1)
    events += run(engine)
    assert RequestEnded("s", cancelled=False) in events


class Failing(ScriptedBackend):
    """A backend on which some things fail, and what they fail with."""

    def __init__(self, fails: str) -> None:
        super().__init__(("Nobody moved at all.",))
        self._fails = fails

    def alone(self) -> ScriptedBackend:
        return Failing("decode") if self._fails == "exact" else self

    def embed(self, texts: Sequence[Sequence[int]]) -> Sequence[npt.NDArray[np.float32]]:
        if self._fails == "embed":
            raise BackendError("The vectors broke.", "Ask again.")
        return super().embed(texts)

    def decode(self, rows: Sequence[Row]) -> None:
        if self._fails == "decode":
            raise BackendError("The batch broke.", "Ask again.")


def test_a_failing_embed_leaves_the_others_alone() -> None:
    engine = Engine(Failing("embed"))
    events = run(
        engine,
        grow("g", 3, 2, 9),
        Embed("v", (words("a", 2), words("b", 2))),
        Score("s", (ScoreItem(words("h", 2), words("t", 3)),)),
    )
    (failed,) = only(events, RequestFailed)
    assert (failed.request_id, failed.what) == ("v", "The vectors broke.")
    assert not only(events, Embedded)
    assert finishes(events) == {("g", 0): "eos", ("g", 1): "eos"}
    assert set(texts(events).values()) == {b"Nobody moved at all."}
    assert only(events, RequestEnded) == [RequestEnded("s", cancelled=False)]
    assert not engine.busy


def test_a_failing_exact_growth_leaves_the_others_alone_and_the_next_one_begins() -> None:
    engine = Engine(Failing("exact"))
    exact = Grow("x", words("x", 3), 3, 9, Sampling(), 1, mode="exact")
    events = run(engine, grow("g", 3, 2, 9), exact, Embed("v", (words("a", 2),)))
    (failed,) = only(events, RequestFailed)
    assert (failed.request_id, failed.what) == ("x", "The batch broke.")
    assert {key: f for key, f in finishes(events).items() if key[0] == "g"} == {
        ("g", 0): "eos",
        ("g", 1): "eos",
    }
    assert len(only(events, Embedded)) == 1
    again = run(engine, grow("again", 3, 1, 9))
    assert finishes(again) == {("again", 0): "eos"}


def test_cancelling_one_kind_leaves_the_others_alone() -> None:
    engine = Engine(ScriptedBackend((LONG,)))
    exact = Grow("x", words("x", 3), 2, 9, Sampling(), 1, mode="exact")
    events = [
        e
        for r in (grow("g", 3, 2, 9), exact, Embed("v", (words("a", 2),)))
        for e in engine.submit(r)
    ]
    events += engine.submit(Cancel("x"))
    events += run(engine)
    assert {f for (name, _), f in finishes(events).items() if name == "x"} == {"cancelled"}
    assert {f for (name, _), f in finishes(events).items() if name == "g"} == {"length"}
    assert len(only(events, Embedded)) == 1

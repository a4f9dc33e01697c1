"""When the engine's process sends what happened: nothing waits long, nothing is lost."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from loom.engine.child import LONG_STEP_S, SEND_EVERY_S, Outbox
from loom.engine.engine import Engine
from loom.engine.events import BranchEnded, EngineEvent, Stepped
from loom.engine.request import Grow, TextPart
from loom.engine.scripted import ScriptedBackend
from loom.engine.steps_in_one import steps_in_one
from loom.records import Sampling
from loom.records.tokens import TokenColumns, TokenStats, row_of


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def event(number: int) -> BranchEnded:
    return BranchEnded("r", number, "length")


def test_quick_steps_are_sent_when_the_next_batch_has_been_evaluated() -> None:
    clock, sent = Clock(), list[tuple[EngineEvent, ...]]()
    outbox = Outbox(sent.append, clock)
    for number in range(3):
        clock.now_s += 1.5 * SEND_EVERY_S
        outbox.batch_evaluated()
        outbox.put([event(number)])
        outbox.step_ended()
    assert sent == [(event(0),), (event(1),)]


def test_long_steps_are_sent_at_their_end() -> None:
    clock, sent = Clock(), list[tuple[EngineEvent, ...]]()
    outbox = Outbox(sent.append, clock)
    for number in range(3):
        clock.now_s += 1.5 * LONG_STEP_S
        outbox.batch_evaluated()
        outbox.put([event(number)])
        outbox.step_ended()
        assert sent[-1] == (event(number),)


@given(st.lists(st.floats(0.001, 0.3)))
def test_everything_is_sent_once_in_order_and_soon(steps_s: list[float]) -> None:
    clock, sent = Clock(), list[tuple[EngineEvent, ...]]()
    outbox = Outbox(sent.append, clock)
    put_s, late_s = list[float](), 0.0
    for number, step_s in enumerate(steps_s):
        clock.now_s += step_s
        outbox.batch_evaluated()
        n_sent = sum(map(len, sent))
        late_s = max([late_s, *(clock.now_s - at - step_s for at in put_s[n_sent:])])
        outbox.put([event(number)])
        put_s.append(clock.now_s)
        outbox.step_ended()
    outbox.send()
    assert [one for message in sent for one in message] == list(map(event, range(len(steps_s))))
    assert late_s < SEND_EVERY_S


def test_the_engine_says_when_a_batch_has_been_evaluated() -> None:
    told = list[int]()
    backend = ScriptedBackend(["one two three"])
    engine = Engine(backend, batch_evaluated=lambda: told.append(1))
    engine.submit(Grow("r", (TextPart(b"Friends, raise"),), 2, 3, Sampling(), seed=1))
    n_steps = 0
    while engine.growing:
        engine.step()
        n_steps += 1
    assert len(told) == n_steps


def steps(n_steps: int, n_branches: int, n_top: int | None) -> list[EngineEvent]:
    """As many steps of as many branches; the ids of a branch count up."""
    told: list[EngineEvent] = []
    for step in range(n_steps):
        ids = np.arange(n_branches, dtype=np.int32) + 100 * step
        floats = ids.astype(np.float32)
        stats = None
        if n_top is not None:
            top = np.tile(ids[:, None], (1, n_top)), np.tile(floats[:, None], (1, n_top))
            stats = TokenStats(floats, *top, floats, floats, floats, floats, floats)
        pieces = tuple(b"%d" % one for one in ids)
        branches = tuple(("r", index) for index in range(n_branches))
        told.append(Stepped(branches, TokenColumns(ids, pieces, floats, stats)))
    return told


def said_of(events: Iterable[EngineEvent], index: int) -> list[object]:
    """All that is said of one branch, token by token, and how it ends."""
    said = list[object]()
    for event in events:
        if isinstance(event, Stepped):
            for row, (_, which) in enumerate(event.branches):
                if which == index:
                    one = row_of(event.tokens, row)
                    laws = None if one.stats is None else one.stats.top_logprobs.tolist()
                    said.append((one.ids.tolist(), one.pieces, one.elapsed_s.tolist(), laws))
        elif isinstance(event, BranchEnded) and event.index == index:
            said.append(event)
    return said


runs = st.tuples(st.integers(1, 4), st.integers(1, 3), st.sampled_from((None, 1, 5)))


@given(st.lists(runs | st.integers(0, 2)))
def test_steps_in_one_say_of_every_branch_what_the_steps_said(plan: list[object]) -> None:
    events: list[EngineEvent] = []
    for one in plan:
        events += [event(one)] if isinstance(one, int) else steps(*one)  # type: ignore[misc]
    told = steps_in_one(events)
    for index in range(3):
        assert said_of(told, index) == said_of(events, index)


def test_steps_that_follow_one_another_are_one_event() -> None:
    told = steps_in_one([*steps(3, 2, 5), event(0), *steps(2, 1, 5), *steps(2, 1, None)])
    assert [type(one) for one in told] == [Stepped, BranchEnded, Stepped, Stepped]

"""When the engine's process sends what happened: nothing waits long, nothing is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from loom.engine.child import LONG_STEP_S, SEND_EVERY_S, Outbox
from loom.engine.engine import Engine
from loom.engine.events import BranchEnded, EngineEvent
from loom.engine.request import Grow, TextPart
from loom.engine.scripted import ScriptedBackend
from loom.records import Sampling


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

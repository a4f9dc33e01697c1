"""A thread that acts when something is due, and ends when told."""

from __future__ import annotations

import queue
import threading

from loom.session.keeper import Keeper

TIMEOUT_S = 30


def test_it_acts_when_something_is_due_and_waits_when_nothing_is() -> None:
    due_in_s: queue.SimpleQueue[float | None] = queue.SimpleQueue()
    acted = threading.Event()
    keeper = Keeper(due_in_s.get, acted.set)
    due_in_s.put(None)
    keeper.stir()
    assert not acted.is_set()
    due_in_s.put(0.0)
    keeper.stir()
    assert acted.wait(TIMEOUT_S)
    due_in_s.put(None)
    keeper.close()


def test_it_wakes_by_itself_when_the_time_has_come() -> None:
    due = iter([0.001, 0.0])
    acted = threading.Event()
    keeper = Keeper(lambda: next(due, None), acted.set)
    keeper.stir()
    assert acted.wait(TIMEOUT_S)
    keeper.close()


def test_it_ends_while_it_waits_and_without_having_begun() -> None:
    waiting = Keeper(lambda: None, lambda: None)
    waiting.stir()
    waiting.close()
    Keeper(lambda: None, lambda: None).close()
    assert not any(thread.name == "loom keeper" for thread in threading.enumerate())

"""What a session has to tell: committed events and notices, and a wake-up call for both."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, TypeVar

from loom.errors import LoomError
from loom.tree.events import TreeEvent

Severity = Literal["information", "warning", "error"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should know: one sentence and what to do."""

    severity: Severity
    what: str
    remedy: str = ""


class News:
    """Filled from any thread, emptied by the one that owns the tree."""

    def __init__(self) -> None:
        self._published: queue.SimpleQueue[tuple[TreeEvent, ...]] = queue.SimpleQueue()
        self._notices: queue.SimpleQueue[Notice] = queue.SimpleQueue()
        self._wake: Callable[[], None] = _nothing
        self._awake = threading.Event()

    def listen(self, wake: Callable[[], None]) -> None:
        """Call `wake` when there is news, at once if there is some already."""
        self._wake = wake
        if self._awake.is_set():
            wake()

    def rest(self) -> None:
        """Whatever comes from now on is news again."""
        self._awake.clear()

    def rouse(self) -> None:
        """There is something new; wakes at most once until the next `rest`."""
        if not self._awake.is_set():
            self._awake.set()
            self._wake()

    def publish(self, events: tuple[TreeEvent, ...]) -> None:
        """These are committed."""
        self._published.put(events)
        self.rouse()

    def say(self, severity: Severity, what: str, remedy: str = "") -> None:
        """A person should know this."""
        self._notices.put(Notice(severity, what, remedy))
        self.rouse()

    def fault(self, error: LoomError) -> None:
        """Something went wrong that nobody waits for."""
        self.say("error", error.what, error.remedy)

    def take_events(self) -> list[TreeEvent]:
        """Everything committed since the last call, in order."""
        return [event for events in _emptied(self._published) for event in events]

    def take_notices(self) -> tuple[Notice, ...]:
        """Notices since the last call."""
        return tuple(_emptied(self._notices))


def _emptied(waiting: queue.SimpleQueue[T]) -> list[T]:
    items = []
    with suppress(queue.Empty):
        while True:
            items.append(waiting.get_nowait())
    return items


def _nothing() -> None:
    """Nobody listens."""

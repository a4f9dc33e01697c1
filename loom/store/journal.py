"""The thread that commits what happens to a session before anybody is shown it."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from loom.errors import SessionFileError
from loom.records.tokens import concat
from loom.store.database import open_for_writing
from loom.store.told import Fault, Publish
from loom.store.writer import JournalMode
from loom.tree.events import NodeSelected, TokensAppended, TreeEvent


@dataclass(frozen=True, slots=True)
class Pace:
    """How long tokens are held back at most, how long a pointer must rest, when to try again."""

    hold_s: float = 0.1
    rest_s: float = 0.5
    retry_s: float = 1.0


@dataclass(frozen=True, slots=True)
class _Batch:
    """What one transaction takes: `n_asked` is how much had been asked of the journal by then."""

    events: list[TreeEvent]
    pointer: NodeSelected | None
    n_asked: int
    is_last: bool


class Journal:
    """Owns the one write connection of a session file and the thread that uses it.

    Opening raises SessionFileError. `publish` gets committed events in the order in which they
    were appended, with neighbouring tokens of a branch in one; `fault` is told once when commits
    begin to fail, and everything is kept and tried again. Both are called from the journal's
    thread and must not call back into `flush` or `close`. All methods are safe from any thread.
    """

    def __init__(
        self, path: Path, *, publish: Publish, fault: Fault, pace: Pace | None = None
    ) -> None:
        self._writer = open_for_writing(path)
        self._publish = publish
        self._fault = fault
        self._pace = pace or Pace()
        self._wake = threading.Condition()
        self._events: list[TreeEvent] = []
        self._pointer: NodeSelected | None = None
        self._events_at = math.inf
        self._pointer_at = math.inf
        self._n_asked = 0
        self._n_done = 0
        self._n_failures = 0
        self._is_failing = False
        self._is_closing = False
        self._has_ended = False
        # A daemon, so that a crash elsewhere does not leave the program waiting for it.
        self._thread = threading.Thread(target=self._run, name="loom journal", daemon=True)
        self._thread.start()

    @property
    def journal_mode(self) -> JournalMode:
        """How the file protects its commits."""
        return self._writer.journal_mode

    def append(self, *events: TreeEvent) -> None:
        """Have events committed, then published: tokens soon, everything else at once."""
        can_wait = all(isinstance(event, TokensAppended) for event in events)
        with self._wake:
            self._check_open()
            self._events += events
            self._n_asked += 1
            due = time.monotonic() + self._pace.hold_s if can_wait else -math.inf
            # Tokens that wait for others, which are waited for already, wake nobody.
            if due < self._events_at:
                self._events_at = due
                self._wake.notify_all()

    def note(self, event: TreeEvent) -> None:
        """Keep what changes no text, which a reader of the file does without."""
        self.append(event)

    def point(self, selected: NodeSelected) -> None:
        """Remember where the person stands, once they rest there or with the next commit."""
        with self._wake:
            self._check_open()
            self._pointer = selected
            self._n_asked += 1
            self._pointer_at = time.monotonic() + self._pace.rest_s
            self._wake.notify_all()

    def flush(self) -> bool:
        """Commit and publish everything asked for so far; False if it could not be written."""
        with self._wake:
            n_wanted, n_failures = self._n_asked, self._n_failures
            self._events_at = -math.inf
            self._wake.notify_all()
            self._wake.wait_for(
                lambda: self._n_done >= n_wanted or self._n_failures > n_failures or self._has_ended
            )
            return self._n_done >= n_wanted

    def close(self) -> bool:
        """Commit, leave one file and end; False if something could not be written."""
        with self._wake:
            self._is_closing = True
            self._wake.notify_all()
        self._thread.join()
        return self._n_done >= self._n_asked

    def _check_open(self) -> None:
        if self._is_closing or self._has_ended:
            raise RuntimeError("the journal is closed")

    def _run(self) -> None:
        try:
            is_last = False
            while not is_last:
                batch = self._take()
                is_last = batch.is_last
                self._commit(batch)
        finally:
            self._end()

    def _take(self) -> _Batch:
        """Wait until something is due, then take all there is."""
        with self._wake:
            while not self._is_closing:
                patience_s = min(self._events_at, self._pointer_at) - time.monotonic()
                if patience_s <= 0:
                    break
                self._wake.wait(None if patience_s == math.inf else patience_s)
            batch = _Batch(self._events, self._pointer, self._n_asked, self._is_closing)
            self._events, self._pointer = [], None
            self._events_at = self._pointer_at = math.inf
            return batch

    def _commit(self, batch: _Batch) -> None:
        events = _joined(batch.events)
        try:
            if events or batch.pointer is not None:
                self._writer.commit(events, batch.pointer)
        except SessionFileError as error:
            self._put_back(events, batch.pointer)
            if not self._is_failing:
                self._is_failing = True
                self._fault(error)
            return
        self._is_failing = False
        if events:
            self._publish(tuple(events))
        with self._wake:
            self._n_done = batch.n_asked
            self._wake.notify_all()

    def _put_back(self, events: list[TreeEvent], pointer: NodeSelected | None) -> None:
        with self._wake:
            self._events = events + self._events
            self._pointer = self._pointer or pointer
            self._events_at = min(self._events_at, time.monotonic() + self._pace.retry_s)
            self._n_failures += 1
            self._wake.notify_all()

    def _end(self) -> None:
        try:
            self._writer.close()
        except SessionFileError as error:
            if not self._is_failing:
                self._fault(error)
        finally:
            with self._wake:
                self._has_ended = True
                self._wake.notify_all()


def _joined(events: Iterable[TreeEvent]) -> list[TreeEvent]:
    """The events with the tokens of each branch, up to the next other event, in one."""
    joined: list[TreeEvent] = []
    growing: dict[str, list[TokensAppended]] = {}
    for event in events:
        if isinstance(event, TokensAppended):
            growing.setdefault(event.node_id, []).append(event)
        else:
            joined += map(_one, growing.values())
            growing.clear()
            joined.append(event)
    joined += map(_one, growing.values())
    return joined


def _one(appended: list[TokensAppended]) -> TokensAppended:
    if len(appended) == 1:
        return appended[0]
    tokens = concat([event.tokens for event in appended])
    return TokensAppended(appended[-1].at, appended[0].node_id, appended[0].start, tokens)

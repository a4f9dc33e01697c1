"""A session file that another loom writes, or that may not be written: read, and followed live.

It stands where a journal stands, takes nothing, and publishes what the other commits. Between two
looks it keeps no connection: the writer could not tidy up beside one.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path

from loom.errors import LoomError, NotWritableError, SessionFileError
from loom.store import faults, lock
from loom.store.database import connect_to_read, open_for_reading
from loom.store.tail import Tail
from loom.store.told import Fault, Publish
from loom.tree.events import NodeSelected, TreeEvent

LOOK_S = 0.1
_Stamp = tuple[int, ...]


class Follower:
    """Opening raises SessionFileError if the file cannot be read either.

    `publish` and `fault` are called from a thread of the follower, which begins with `follow`.
    """

    def __init__(
        self, path: Path, why: NotWritableError, *, publish: Publish, fault: Fault
    ) -> None:
        open_for_reading(path).close()
        self._path = path
        self._why = why
        self._publish = publish
        self._fault = fault
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def follow(self, last_seq: int, lengths: Mapping[str, int]) -> None:
        """Publish everything after an event; `lengths` are the tokens of the growing branches."""
        tail = Tail(last_seq, dict(lengths))
        self._thread = threading.Thread(
            target=self._run, args=(tail,), name="loom follower", daemon=True
        )
        self._thread.start()

    def append(self, *_refused: TreeEvent) -> None:
        """Refuse: a SessionFileError with the reason."""
        raise SessionFileError(self._why.what, "It is open to read only: nothing was changed.")

    def note(self, event: TreeEvent) -> None:
        """What changes no text is not kept."""

    def point(self, selected: NodeSelected) -> None:
        """Where a reader stands is not kept."""

    def flush(self) -> bool:
        """There is nothing to write."""
        return True

    def close(self) -> bool:
        """End; nothing is left to write."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join()
        return True

    def _run(self, tail: Tail) -> None:
        seen: _Stamp = ()
        was_written = self._is_written()
        while not self._ending.is_set():
            now = self._stamp()
            if now and now != seen:
                seen = now if self._look(tail) else ()
            if was_written and not self._is_written():
                was_written = False
                # What it wrote last comes first.
                self._look(tail)
                self._fault(
                    SessionFileError(
                        f"Nobody is writing {self._path.name} any more.",
                        "Open it again to grow and to write.",
                    )
                )
            self._ending.wait(LOOK_S)

    def _look(self, tail: Tail) -> bool:
        try:
            with closing(connect_to_read(self._path)) as db:
                events = tail.read(db)
        except sqlite3.OperationalError:
            # The writer is just making or tidying its log: another look shows it.
            return False
        except (sqlite3.Error, ValueError) as error:
            self._tell(faults.damaged(self._path, error))
            return True
        if events:
            self._publish(tuple(events))
        return True

    def _tell(self, error: LoomError) -> None:
        self._fault(error)
        self._ending.set()

    def _stamp(self) -> _Stamp:
        """What changes whenever the file or its log does; empty while there is no file."""
        found: list[int] = []
        for path in (self._path, self._path.with_name(f"{self._path.name}-wal")):
            with suppress(OSError):
                status = path.stat()
                found += (status.st_ino, status.st_size, status.st_mtime_ns)
        return tuple(found)

    def _is_written(self) -> bool:
        try:
            descriptor = lock.open_descriptor(self._path, os.O_RDONLY)
        except OSError:
            return False
        try:
            return lock.is_locked(descriptor)
        finally:
            os.close(descriptor)

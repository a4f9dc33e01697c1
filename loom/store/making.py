"""Session files made at once from what is known already: all of it, or no file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sqlite_utils import Database

from loom.records.stored import StoredDraft, StoredEvent, StoredPointer
from loom.store.at_once import indexes_made_afterwards, write_events
from loom.store.batch import write_event
from loom.store.codec import JournalEvent
from loom.store.database import create_whole, create_written
from loom.store.rows import write_rows
from loom.tree.events import NodeSelected


def create_from_events(
    path: Path,
    events: Iterable[JournalEvent],
    selected: NodeSelected | None,
    later: Iterable[JournalEvent] = (),
) -> None:
    """A session in which this happened; SessionFileError if it cannot be made.

    `events` are known to make a tree, and to bring their nodes; `later` says more of them.
    """

    def write(db: Database) -> None:
        with indexes_made_afterwards(db):
            write_events(db, events)
        write_events(db, later)
        if selected is not None:
            write_event(db, selected)

    create_written(path, write)


def create_from_rows(
    path: Path,
    events: Iterable[StoredEvent],
    drafts: Iterable[StoredDraft],
    pointers: Iterable[StoredPointer],
) -> None:
    """A session of these rows, read in this order; SessionFileError if they make none."""
    create_whole(path, lambda db: write_rows(db, events, drafts, pointers))

"""Session files made at once from what is known already: all of it, or no file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sqlite_utils import Database

from loom.records.stored import StoredDraft, StoredEvent, StoredPointer
from loom.store.codec import JournalEvent
from loom.store.database import create_whole
from loom.store.rows import write_rows
from loom.store.writer import write_event
from loom.tree.events import NodeSelected


def create_from_events(
    path: Path, events: Iterable[JournalEvent], selected: NodeSelected | None
) -> None:
    """A session in which this happened; SessionFileError if it cannot be made."""

    def write(db: Database) -> None:
        for event in events:
            write_event(db, event)
        if selected is not None:
            write_event(db, selected)

    create_whole(path, write)


def create_from_rows(
    path: Path,
    events: Iterable[StoredEvent],
    drafts: Iterable[StoredDraft],
    pointers: Iterable[StoredPointer],
) -> None:
    """A session of these rows, read in this order; SessionFileError if they make none."""
    create_whole(path, lambda db: write_rows(db, events, drafts, pointers))

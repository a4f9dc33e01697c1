"""The rows of a session, read and written as they are: for copies that lose nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from types import TracebackType

from sqlite_utils import Database

from loom.records.stored import StoredContent, StoredDraft, StoredEvent, StoredPointer
from loom.store import faults
from loom.store.at_once import indexes_made_afterwards
from loom.store.seals import seal_all

_EVENTS = """
SELECT at, kind, event.node_id, payload,
       text, token_ids, piece_sizes, elapsed_s, n_top, packed
FROM event LEFT JOIN content USING (seq) LEFT JOIN token_statistics USING (seq) ORDER BY seq
"""
_DRAFTS = """
SELECT node_id, start, at, text, token_ids, piece_sizes, elapsed_s, n_top, packed
FROM draft ORDER BY id
"""
_AT_ONCE = 1_000
_POINTERS = "SELECT name, node_id, at FROM pointer ORDER BY name"


class RowReader:
    """The rows of one moment of a session file; SessionFileError where it cannot be read."""

    def __init__(self, path: Path, db: Database) -> None:
        self._path = path
        self._db = db
        # All that is read belongs to the moment of the first reading.
        self._db.execute("BEGIN")

    def __enter__(self) -> RowReader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._db.close()

    def events(self) -> Iterator[StoredEvent]:
        """The journal in order."""
        for at, kind, node_id, payload, text, *columns in self._rows(_EVENTS):
            content = None if text is None else StoredContent(text, *columns)
            yield StoredEvent(at, kind, node_id, payload, content)

    def drafts(self) -> Iterator[StoredDraft]:
        """What was still growing when it was last written."""
        for node_id, start, at, *columns in self._rows(_DRAFTS):
            yield StoredDraft(node_id, start, at, StoredContent(*columns))

    def pointers(self) -> Iterator[StoredPointer]:
        """What can move."""
        for row in self._rows(_POINTERS):
            yield StoredPointer(*row)

    def _rows(self, statement: str) -> Iterator[tuple]:  # type: ignore[type-arg]
        try:
            # Not the cursor itself: whoever stops early would have it closed after its connection.
            yield from iter(self._db.execute(statement).fetchone, None)
        except sqlite3.Error as error:
            raise faults.on_opening(self._path, error) from error


def write_rows(
    db: Database,
    events: Iterable[StoredEvent],
    drafts: Iterable[StoredDraft],
    pointers: Iterable[StoredPointer],
) -> None:
    """Put rows into an empty session, inside the caller's transaction; events are taken first."""
    with indexes_made_afterwards(db):
        first, rest = 1, iter(events)
        while some := list(islice(rest, _AT_ONCE)):
            _write_events(db, first, some)
            first += len(some)
    for draft in drafts:
        content = draft.content
        db.execute(
            "INSERT INTO draft (node_id, start, at, text, token_ids, piece_sizes, elapsed_s,"
            " n_top, packed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                draft.node_id,
                draft.start,
                draft.at,
                content.text,
                *_columns(content),
                content.n_top,
                content.packed,
            ),
        )
    for pointer in pointers:
        db.execute(
            "INSERT INTO pointer (name, node_id, at) VALUES (?, ?, ?)",
            (pointer.name, pointer.node_id, pointer.at),
        )
    seal_all(db)


def _write_events(db: Database, first: int, events: Sequence[StoredEvent]) -> None:
    """Events with their numbers from `first` on, a few statements for all of them."""
    numbered = list(enumerate(events, first))
    contents = [(seq, event.node_id, c) for seq, event in numbered if (c := event.content)]
    db.conn.executemany(
        "INSERT INTO event (seq, at, kind, node_id, payload) VALUES (?, ?, ?, ?, ?)",
        [(seq, one.at, one.kind, one.node_id, one.payload) for seq, one in numbered],
    )
    db.conn.executemany(
        "INSERT INTO content (seq, node_id, text, token_ids, piece_sizes, elapsed_s)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [(seq, node_id, c.text, *_columns(c)) for seq, node_id, c in contents],
    )
    db.conn.executemany(
        "INSERT INTO token_statistics (seq, n_top, packed) VALUES (?, ?, ?)",
        [(seq, c.n_top, c.packed) for seq, _, c in contents if c.packed is not None],
    )


def _columns(content: StoredContent) -> tuple[bytes | None, bytes | None, bytes | None]:
    return content.token_ids, content.piece_sizes, content.elapsed_s

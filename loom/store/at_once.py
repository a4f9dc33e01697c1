"""Many events put into a session at once, a few statements for thousands of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice

from sqlite_utils import Database

from loom.store.codec import JournalEvent, content_of, encode
from loom.store.seals import BEGINNING, SealedRow, seal
from loom.store.search import Entry, index_events
from loom.store.writer import write_event
from loom.tree.changes import NodeDerived
from loom.tree.events import BranchClosed

_AT_ONCE = 4_000


def write_events(db: Database, events: Iterable[JournalEvent]) -> None:
    """Put events where they belong, inside the caller's transaction; the same as one by one."""
    rest = iter(events)
    while some := list(islice(rest, _AT_ONCE)):
        for alike in _runs(some):
            if isinstance(alike, list):
                _write_plain(db, alike)
            else:
                write_event(db, alike)


@contextmanager
def indexes_made_afterwards(db: Database) -> Iterator[None]:
    """Sort nodes by their ids once, and not each time that one comes; nobody may look for one."""
    found = db.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        " AND tbl_name IN ('event', 'content')"
    ).fetchall()
    for name, _ in found:
        db.execute(f'DROP INDEX "{name}"')
    yield
    for _, statement in found:
        db.execute(statement)


def _runs(events: Sequence[JournalEvent]) -> Iterator[list[JournalEvent] | JournalEvent]:
    """Neighbours that need nothing of what is stored already, and each that does by itself."""
    plain: list[JournalEvent] = []
    for event in events:
        if isinstance(event, BranchClosed | NodeDerived):
            if plain:
                yield plain
                plain = []
            yield event
        else:
            plain.append(event)
    if plain:
        yield plain


def _write_plain(db: Database, events: Sequence[JournalEvent]) -> None:
    newest = db.execute("SELECT seq, sha256 FROM seal ORDER BY seq DESC LIMIT 1").fetchone()
    before, previous = (0, BEGINNING) if newest is None else newest
    rows = [encode(event) for event in events]
    contents = [content_of(event) for event in events]
    seals: list[tuple[int, bytes]] = []
    entries: list[Entry] = []
    for seq, (row, content) in enumerate(zip(rows, contents, strict=True), before + 1):
        node_id = None if row.node_id is None else row.node_id.encode()
        sealed = SealedRow(seq, row.at, row.kind.encode(), node_id, row.payload.encode())
        if content is not None:
            sealed = SealedRow(
                *(seq, row.at, sealed.kind, node_id, sealed.payload, node_id, content.text),
                *(content.token_ids, content.piece_sizes, content.elapsed_s),
            )
        previous = seal(previous, sealed)
        seals.append((seq, previous))
        entries.append(Entry(seq, row.kind, row.node_id, row.payload, sealed.text))
    db.conn.executemany(
        "INSERT INTO event (seq, at, kind, node_id, payload) VALUES (?, ?, ?, ?, ?)",
        [
            (seq, row.at, row.kind, row.node_id, row.payload)
            for seq, row in enumerate(rows, before + 1)
        ],
    )
    db.conn.executemany(
        "INSERT INTO content (seq, node_id, text, token_ids, piece_sizes, elapsed_s)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [
            (seq, row.node_id, c.text, c.token_ids, c.piece_sizes, c.elapsed_s)
            for seq, (row, c) in enumerate(zip(rows, contents, strict=True), before + 1)
            if c is not None
        ],
    )
    db.conn.executemany("INSERT INTO seal (seq, sha256) VALUES (?, ?)", seals)
    index_events(db, entries)

"""Looking at every row of a session file by itself, so that one damaged row hides no other."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from sqlite_utils import Database

from loom.records.tokens import TokenColumns
from loom.store.codec import Content, EventRow, JournalEvent, decode
from loom.store.packing import (
    PackedStatistics,
    unpack,
    unpack_statistics,
)
from loom.tree.events import BranchClosed


@dataclass(frozen=True, slots=True)
class Kept:
    """One event as it stands in the file; `tokens`, with statistics, are what a closing brings."""

    seq: int
    event: JournalEvent
    tokens: TokenColumns | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Something about a row that cannot be right, in a sentence without a full stop."""

    what: str
    seq: int | None = None
    node_id: str | None = None


def inspect(db: Database) -> Iterator[Kept | Fault]:
    """Every event in order, or what is wrong with it; then what is wrong with the file's rest.

    sqlite3.Error if the file cannot be read.
    """
    for finding in _found_by_sqlite(db):
        yield Fault(f"SQLite says: {finding}")
    before = 0
    for row in db.execute(_ROWS):
        if row[0] != before + 1:
            gone = f"event {before + 1}" if row[0] == before + 2 else f"events {before + 1} on"
            yield Fault(f"{gone} cannot be found before event {row[0]}", row[0])
        before = row[0]
        yield from _of_row(*row)
    yield from _strays(db)


def _found_by_sqlite(db: Database) -> list[str]:
    try:
        found = [str(finding) for (finding,) in db.execute("PRAGMA integrity_check")]
    except sqlite3.Error as error:
        # It gives up at some damages; the rows may be readable all the same.
        return [str(error)]
    return [] if found == ["ok"] else found


def _of_row(
    seq: int,
    at: float,
    kind: str,
    node_id: str | None,
    payload: str,
    content_node_id: str | None,
    text: bytes | None,
    token_ids: bytes | None,
    piece_sizes: bytes | None,
    elapsed_s: bytes | None,
    n_top: int | None,
    packed: bytes | None,
) -> Iterator[Kept | Fault]:
    content = None if text is None else Content(text, token_ids, piece_sizes, elapsed_s)
    if content is not None and content_node_id != node_id:
        yield Fault(f"its text belongs to node {content_node_id}", seq, node_id)
    try:
        event = decode(EventRow(at, kind, node_id, payload), content)
        tokens = None
        if isinstance(event, BranchClosed) and content is not None:
            tokens = unpack(content.generated(), None)
    except (ValueError, TypeError) as error:
        yield Fault(f"it cannot be understood ({error})", seq, node_id)
        return
    if tokens is not None and n_top is not None and packed is not None:
        try:
            stats = unpack_statistics(PackedStatistics(n_top, packed), len(tokens))
            tokens = replace(tokens, stats=stats)
        except (ValueError, TypeError) as error:
            yield Fault(f"its statistics cannot be understood ({error})", seq, node_id)
    yield Kept(seq, event, tokens)


def _strays(db: Database) -> Iterator[Fault]:
    for query, words in _STRAYS:
        for seq, node_id in db.execute(query):
            yield Fault(words, seq, node_id)


def reporting(rows: Iterator[Kept | Fault], fault: Callable[[Fault], None]) -> Iterator[Kept]:
    """The events alone; what is wrong is told to `fault`, a file that stops being one as well."""
    try:
        for row in rows:
            if isinstance(row, Fault):
                fault(row)
            else:
                yield row
    except sqlite3.Error as error:
        fault(Fault(f"SQLite cannot read on: {error}"))


_ROWS = """
SELECT event.seq, at, kind, event.node_id, payload,
       content.node_id, text, token_ids, piece_sizes, elapsed_s, n_top, packed
FROM event LEFT JOIN content ON content.seq = event.seq
LEFT JOIN token_statistics ON token_statistics.seq = event.seq
ORDER BY event.seq
"""
_STRAYS = (
    (
        "SELECT seq, node_id FROM content WHERE seq NOT IN (SELECT seq FROM event)",
        "a text belongs to no event",
    ),
    (
        "SELECT seq, NULL FROM token_statistics WHERE seq NOT IN (SELECT seq FROM content)",
        "statistics belong to no text",
    ),
    (
        "SELECT NULL, node_id FROM draft WHERE node_id NOT IN"
        " (SELECT node_id FROM event WHERE kind = 'branch_opened')",
        "tokens of a branch that never began",
    ),
    (
        "SELECT NULL, node_id FROM pointer WHERE node_id NOT IN"
        " (SELECT node_id FROM event"
        " WHERE kind IN ('node_added', 'node_imported', 'node_derived', 'branch_opened'))",
        "the person stands at a node that is not there",
    ),
)

"""Full-text search over the nodes of a session: their texts, and what people put on them.

The index is an FTS5 table beside the journal, kept up to date in the transaction of each commit.
It is derived: `rebuild` makes it again from the journal. A row is named after the event that it
comes from.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, NamedTuple

from sqlite_utils import Database

from loom.errors import UsageError

Column = Literal["text", "note", "tags"]

_CREATE = """
CREATE VIRTUAL TABLE search USING fts5(
    text, note, tags, node_id UNINDEXED, tokenize = 'unicode61 remove_diacritics 2')
"""
N_SNIPPET_TOKENS = 16
_OPEN, _CLOSE = "\ue000", "\ue001"
_TEXTS = ("node_added", "node_imported", "branch_closed", "node_derived")
# What a person puts on a node: where it is looked for, and under which key of the payload it is.
# A new one stands in place of the last of the same kind; of tags there is one of each name.
_MARKS: dict[str, tuple[Column, str]] = {
    "note_written": ("note", "text"),
    "node_titled": ("note", "title"),
    "chapter_begun": ("note", "title"),
    "node_tagged": ("tags", "name"),
}
_INDEXED = (*_TEXTS, *_MARKS, "tag_removed")


class Entry(NamedTuple):
    """What the index is told of an event; `text` is that of its content."""

    seq: int
    kind: str
    node_id: str | None
    payload: str
    text: bytes | None


@dataclass(frozen=True, slots=True)
class Found:
    """A node that has the words, the better the smaller `rank` (bm25, negative).

    `spans` are the half-open ranges of characters of `snippet` that were asked for.
    """

    node_id: str
    rank: float
    snippet: str
    spans: tuple[tuple[int, int], ...]


def index_event(db: Database, entry: Entry) -> None:
    """Take the newest event of a file into its index, inside the caller's transaction."""
    _take(db, db, entry)


def index_events(db: Database, entries: Sequence[Entry]) -> None:
    """Take many new events into the index of their file, inside the caller's transaction."""
    texts: list[tuple[int, str, str | None]] = []
    for entry in entries:
        if entry.kind not in _TEXTS:
            _take(db, db, entry)
        elif entry.text:
            texts.append((entry.seq, entry.text.decode("utf-8", "replace"), entry.node_id))
    db.conn.executemany("INSERT INTO search (rowid, text, node_id) VALUES (?, ?, ?)", texts)


def rebuild(db: Database) -> None:
    """Make the index anew, inside the caller's transaction."""
    _drop(db)
    _fill(db, db)


def may_be_broken(error: sqlite3.Error) -> bool:
    """Whether a commit may have failed because of the index, and not because of the disk."""
    # Of a table of an index that is damaged or gone SQLite says now one of these, now another.
    kinds = (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_CONSTRAINT)
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF in kinds


def find(db: Database, words: str, limit: int) -> list[Found]:
    """The nodes with all of the words, best first; UsageError if there is no word in them."""
    with suppress(sqlite3.Error):
        return _find(db, words, limit)
    # A file from before there was an index, or whose index is damaged: a reader changes nothing.
    with closing(sqlite3.connect(":memory:")) as connection:
        index = Database(connection)
        _fill(index, db)
        return _find(index, words, limit)


def _drop(db: Database) -> None:
    try:
        db.execute("DROP TABLE IF EXISTS search")
    except sqlite3.Error:
        # A broken index will not even be dropped; its parts are tables like any other without it.
        db.execute("PRAGMA writable_schema = ON")
        db.execute("DELETE FROM sqlite_master WHERE name = 'search'")
        db.execute("PRAGMA writable_schema = RESET")
        for part in ("data", "idx", "content", "docsize", "config"):
            db.execute(f"DROP TABLE IF EXISTS search_{part}")


def _fill(index: Database, journal: Database) -> None:
    index.execute(_CREATE)
    marks = ", ".join("?" * len(_INDEXED))
    rows = journal.execute(
        "SELECT seq, kind, event.node_id, payload, text FROM event LEFT JOIN content USING (seq)"
        f" WHERE kind IN ({marks}) ORDER BY seq",
        _INDEXED,
    )
    for row in rows.fetchall():
        _take(index, journal, Entry(*row))


def _take(index: Database, journal: Database, entry: Entry) -> None:
    if entry.node_id is None or entry.kind not in _INDEXED:
        return
    if entry.kind in _TEXTS:
        _insert(index, entry, "text", (entry.text or b"").decode("utf-8", "replace"))
        return
    values = json.loads(entry.payload)
    if entry.kind == "tag_removed":
        _forget(index, _earlier(journal, entry, "node_tagged", values["name"]))
        return
    column, key = _MARKS[entry.kind]
    name = values[key] if column == "tags" else None
    _forget(index, _earlier(journal, entry, entry.kind, name))
    _insert(index, entry, column, values[key])


def _insert(index: Database, entry: Entry, column: Column, text: str) -> None:
    if text:
        index.execute(
            f"INSERT INTO search (rowid, {column}, node_id) VALUES (?, ?, ?)",
            (entry.seq, text, entry.node_id),
        )


def _forget(index: Database, earlier: list[tuple[int]]) -> None:
    for seq in earlier:
        index.execute("DELETE FROM search WHERE rowid = ?", seq)


def _earlier(journal: Database, entry: Entry, kind: str, name: str | None) -> list[tuple[int]]:
    return journal.execute(
        "SELECT seq FROM event WHERE node_id = ? AND kind = ? AND seq < ?"
        " AND (? IS NULL OR json_extract(payload, '$.name') = ?)",
        (entry.node_id, kind, entry.seq, name, name),
    ).fetchall()


def _find(db: Database, words: str, limit: int) -> list[Found]:
    rows = db.execute(
        "SELECT node_id, rank, snippet(search, -1, ?, ?, '…', ?) FROM search"
        " WHERE search MATCH ? ORDER BY rank LIMIT ?",
        (_OPEN, _CLOSE, N_SNIPPET_TOKENS, _query(words), 4 * limit),
    )
    best: dict[str, Found] = {}
    for node_id, rank, marked in rows.fetchall():
        best.setdefault(node_id, Found(node_id, rank, *_unmarked(marked)))
    return list(best.values())[:limit]


def _query(words: str) -> str:
    """Words as they are, "phrases" together, and word* for a beginning; nothing else is special."""
    terms = [_term(*found) for found in re.findall(r'"([^"]*)"|([^\s"]+)', words)]
    if not any(re.search(r"\w", term) for term in terms):
        raise UsageError(f"There is no word in {words!r} to look for.", "Try: loom search lake")
    return " ".join(term for term in terms if re.search(r"\w", term))


def _term(phrase: str, word: str) -> str:
    stem = phrase or word.removesuffix("*")
    return f'"{stem}"' + ("*" if word.endswith("*") else "")


def _unmarked(marked: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    pieces = re.split(f"[{_OPEN}{_CLOSE}]", marked)
    ends = list(accumulate(map(len, pieces)))
    # Every other piece was asked for.
    spans = tuple((ends[i - 1], ends[i]) for i in range(1, len(pieces), 2))
    return "".join(pieces), spans

"""A chain of hashes over the journal: an event that is changed, lost or put in is noticed.

Every event has a seal, the SHA-256 of the seal before it and of all that the file holds of the
event: its row, its text and tokens, their statistics. A change breaks the seal of the event that
it was done to and no other. Seals show damage and tampering with single rows; whoever writes the
whole chain anew is not found out by it.
"""

from __future__ import annotations

import hashlib
import struct
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlite_utils import Database

BEGINNING = bytes(32)
"""What stands before the first seal."""

_WHOLE, _REAL = struct.Struct(">cq"), struct.Struct(">cd")

Column = bytes | int | float | None


@dataclass(frozen=True, slots=True)
class SealedRow:
    """All that a file holds of one event, texts as the bytes that they are stored as.

    `content_node_id` is the node that the content names, which is the event's own.
    """

    seq: int
    at: float
    kind: bytes
    node_id: bytes | None
    payload: bytes
    content_node_id: bytes | None = None
    text: bytes | None = None
    token_ids: bytes | None = None
    piece_sizes: bytes | None = None
    elapsed_s: bytes | None = None
    n_top: int | None = None
    packed: bytes | None = None


@dataclass(frozen=True, slots=True)
class BrokenSeal:
    """An event that is not what was written; `node_id` is its node as far as that can be read."""

    seq: int
    node_id: str | None
    what: str


@dataclass(frozen=True, slots=True)
class SealReport:
    """What came of checking every seal; a file from before there were any `has_seals` not."""

    n_events: int
    has_seals: bool
    broken: tuple[BrokenSeal, ...]


def seal(previous: bytes, row: SealedRow) -> bytes:
    """The seal of an event, 32 bytes: SHA-256 of the previous seal and every column in order.

    A column is one byte for its type, then 8 bytes (an integer, or a float as IEEE 754, big-endian)
    or the length in 8 bytes and the bytes themselves; nothing follows the type of what is NULL.
    """
    return seal_of(previous, _columns(row))


def seal_of(previous: bytes, columns: Iterable[Column]) -> bytes:
    """The same of columns in the order of a sealed row."""
    parts = [previous]
    for column in columns:
        if column is None:
            parts.append(b"n")
        elif isinstance(column, bytes):
            parts += (_WHOLE.pack(b"b", len(column)), column)
        elif isinstance(column, int):
            parts.append(_WHOLE.pack(b"i", column))
        else:
            parts.append(_REAL.pack(b"f", column))
    return hashlib.sha256(b"".join(parts)).digest()


def write_seal(db: Database, row: SealedRow) -> None:
    """Seal the newest event of a file, inside the caller's transaction."""
    last = db.execute("SELECT sha256 FROM seal ORDER BY seq DESC LIMIT 1").fetchone()
    previous = BEGINNING if last is None else last[0]
    db.execute("INSERT INTO seal (seq, sha256) VALUES (?, ?)", (row.seq, seal(previous, row)))


def seal_all(db: Database) -> None:
    """Seal every event of a file that has no seals yet, inside the caller's transaction."""
    db.conn.executemany("INSERT INTO seal (seq, sha256) VALUES (?, ?)", _chain(db))


def _chain(db: Database) -> Iterator[tuple[int, bytes]]:
    previous = BEGINNING
    for seq, at, *columns in db.execute(_ROWS):
        previous = seal_of(previous, (seq, float(at), *columns))
        yield seq, previous


def check_seals(db: Database) -> SealReport:
    """Derive every seal again; sqlite3.Error if the file cannot be read."""
    (n_events,) = db.execute("SELECT count(*) FROM event").fetchone()
    known = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'seal'").fetchone()
    if known is None:
        return SealReport(n_events, False, ())
    broken = [*_broken_rows(db), *_strays(db)]
    return SealReport(n_events, True, tuple(sorted(broken, key=lambda one: one.seq)))


def _broken_rows(db: Database) -> Iterator[BrokenSeal]:
    previous = BEGINNING
    stored = deque(db.execute("SELECT seq, sha256 FROM seal ORDER BY seq").fetchall())
    for columns in db.execute(_ROWS):
        row = SealedRow(*columns)
        while stored and stored[0][0] < row.seq:
            gone, previous = stored.popleft()
            yield BrokenSeal(gone, None, f"event {gone} is gone")
        if not stored or stored[0][0] != row.seq:
            yield BrokenSeal(row.seq, _shown(row.node_id), f"event {row.seq} has no seal")
            continue
        # The seal as stored and not as derived: so one change does not break all that follows.
        before, (_, previous) = previous, stored.popleft()
        if not _holds(previous, before, row):
            what = f"event {row.seq} ({_shown(row.kind)}) is not what was written"
            yield BrokenSeal(row.seq, _shown(row.node_id), what)
    for gone, _ in stored:
        yield BrokenSeal(gone, None, f"event {gone} is gone")


def _strays(db: Database) -> Iterator[BrokenSeal]:
    for seq, node_id in db.execute(
        "SELECT seq, CAST(node_id AS BLOB) FROM content WHERE seq NOT IN (SELECT seq FROM event)"
    ):
        yield BrokenSeal(seq, _shown(node_id), f"the text of event {seq} belongs to no event")
    for (seq,) in db.execute("SELECT seq FROM token_statistics EXCEPT SELECT seq FROM content"):
        yield BrokenSeal(seq, None, f"the statistics of event {seq} belong to no text")


def _holds(sha256: bytes, previous: bytes, row: SealedRow) -> bool:
    try:
        return sha256 == seal(previous, row)
    except (TypeError, ValueError, struct.error):
        # A column of a type or size that loom never writes.
        return False


def _columns(row: SealedRow) -> tuple[Column, ...]:
    return (
        row.seq,
        float(row.at),
        row.kind,
        row.node_id,
        row.payload,
        row.content_node_id,
        row.text,
        row.token_ids,
        row.piece_sizes,
        row.elapsed_s,
        row.n_top,
        row.packed,
    )


def _shown(text: object) -> str | None:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else None


# As bytes: a damaged text need not be UTF-8, and must be checked all the same.
_ALL_COLUMNS = """
event.seq, at, CAST(kind AS BLOB), CAST(event.node_id AS BLOB), CAST(payload AS BLOB),
CAST(content.node_id AS BLOB), text, token_ids, piece_sizes, elapsed_s, n_top, packed
"""
_JOINED = """
event LEFT JOIN content ON content.seq = event.seq
LEFT JOIN token_statistics ON token_statistics.seq = event.seq
"""
_ROWS = f"SELECT {_ALL_COLUMNS} FROM {_JOINED} ORDER BY event.seq"

"""Events of one transaction on their way into the tables, a few statements for all of them."""

from __future__ import annotations

from sqlite_utils import Database

from loom.records.tokens import TokenColumns, concat
from loom.store.codec import Content, JournalEvent, content_of, encode
from loom.store.derived_tokens import derived_tokens
from loom.store.packing import NOT_AT_ALL, PackedStatistics, merge_rows, pack, pack_statistics
from loom.store.seals import BEGINNING, seal_of
from loom.store.search import Entry, index_events
from loom.tree.changes import NodeDerived
from loom.tree.events import (
    BranchClosed,
    BranchesGrown,
    BranchOpened,
    NodeSelected,
    TokensAppended,
    TreeEvent,
)

Drafted = dict[str, list[TokenColumns]]
"""What is drafted of each branch that began under this writer: all of it, or no entry."""

_EVENT = "INSERT INTO event (seq, at, kind, node_id, payload) VALUES (?, ?, ?, ?, ?)"
_CONTENT = (
    "INSERT INTO content (seq, node_id, text, token_ids, piece_sizes, elapsed_s)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
_STATISTICS = "INSERT INTO token_statistics (seq, n_top, packed) VALUES (?, ?, ?)"
_SEAL = "INSERT INTO seal (seq, sha256) VALUES (?, ?)"
_DRAFT = (
    "INSERT INTO draft (node_id, start, at, text, token_ids, piece_sizes, elapsed_s, n_top, packed)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_DRAFTED = (
    "SELECT text, token_ids, piece_sizes, elapsed_s, n_top, packed FROM draft"
    " WHERE node_id = ? ORDER BY id"
)
_ENDED = "DELETE FROM draft WHERE node_id = ?"
_POINTER = "INSERT OR REPLACE INTO pointer (name, node_id, at) VALUES ('selected', ?, ?)"
_NEWEST = "SELECT seq, sha256 FROM seal ORDER BY seq DESC LIMIT 1"

_Row = tuple[object, ...]

# As loom.store.seals.SealedRow has them: of an event without a text, of a text without statistics.
_NO_COLUMNS: tuple[bytes | None, ...] = (None,) * 5
_NOT_MEASURED: tuple[int | None, bytes | None] = (None, None)


def write_event(db: Database, event: TreeEvent) -> None:
    """Put one event where it belongs, inside the caller's transaction."""
    batch = Batch(db, {})
    batch.take(event)
    batch.write()


class Batch:
    """Takes events in order; `write` puts what was taken where it belongs.

    All of it happens inside the caller's transaction. `drafted` is kept up to date, so that the
    closing of a branch reads nothing back; after a failure it is worth nothing.
    """

    def __init__(self, db: Database, drafted: Drafted) -> None:
        self._db = db
        self._drafted = drafted
        newest = db.execute(_NEWEST).fetchone()
        self._seq: int = 0 if newest is None else newest[0]
        self._sha256: bytes = BEGINNING if newest is None else newest[1]
        self._begin()

    def _begin(self) -> None:
        self._events: list[_Row] = []
        self._contents: list[_Row] = []
        self._statistics: list[_Row] = []
        self._seals: list[_Row] = []
        self._drafts: dict[str, list[_Row]] = {}
        self._ended: list[_Row] = []
        self._entries: list[Entry] = []
        self._pointer: _Row | None = None

    def take(self, event: TreeEvent) -> None:
        """Take the next event."""
        match event:
            case BranchesGrown():
                raise ValueError("a journal takes what happens, one thing after another")
            case TokensAppended():
                self._draft(event)
            case NodeSelected():
                self._pointer = (event.node_id, event.at)
            case NodeDerived():
                # Its tokens are those of other nodes, which are looked for in the tables.
                self.write()
                tokens = derived_tokens(self._db, event)
                self._add(event, None if tokens is None else [tokens])
            case BranchClosed():
                self._add(event, self._ending(event.node_id))
            case _:
                if isinstance(event, BranchOpened):
                    self._drafted[event.node_id] = []
                self._add(event, None)

    def write(self) -> None:
        """Put what was taken where it belongs."""
        connection = self._db.conn
        connection.executemany(_EVENT, self._events)
        connection.executemany(_CONTENT, self._contents)
        connection.executemany(_STATISTICS, self._statistics)
        connection.executemany(_SEAL, self._seals)
        connection.executemany(_DRAFT, (row for rows in self._drafts.values() for row in rows))
        connection.executemany(_ENDED, self._ended)
        if self._pointer is not None:
            connection.execute(_POINTER, self._pointer)
        index_events(self._db, self._entries)
        self._begin()

    def _draft(self, event: TokensAppended) -> None:
        if not len(event.tokens):
            return
        tokens, stats = pack(event.tokens), event.tokens.stats
        packed = None if stats is None else pack_statistics(stats, NOT_AT_ALL)
        row = (
            event.node_id,
            event.start,
            event.at,
            tokens.text,
            tokens.token_ids,
            tokens.piece_sizes,
            tokens.elapsed_s,
            None if packed is None else packed.n_top,
            None if packed is None else packed.packed,
        )
        self._drafts.setdefault(event.node_id, []).append(row)
        if (parts := self._drafted.get(event.node_id)) is not None:
            parts.append(event.tokens)

    def _ending(self, node_id: str) -> list[TokenColumns]:
        """What was drafted of a branch, which is no draft any more."""
        parts = self._drafted.pop(node_id, None)
        if parts is None:
            self.write()
            rows = self._db.execute(_DRAFTED, (node_id,)).fetchall()
            parts = [merge_rows(rows)] if rows else []
        self._drafts.pop(node_id, None)
        self._ended.append((node_id,))
        return parts

    def _add(self, event: JournalEvent, parts: list[TokenColumns] | None) -> None:
        """A row of the journal, with its text: these tokens, or what the event brings along."""
        content, statistics = _packed(parts) if parts else (content_of(event), None)
        row, seq = encode(event), self._seq + 1
        node_id = None if row.node_id is None else row.node_id.encode()
        columns, measured = _NO_COLUMNS, _NOT_MEASURED
        if content is not None:
            columns = (node_id, *content)
            self._contents.append((seq, row.node_id, *content))
        if statistics is not None:
            measured = (statistics.n_top, statistics.packed)
            self._statistics.append((seq, *measured))
        self._events.append((seq, *row))
        of_event = (seq, float(row.at), row.kind.encode(), node_id, row.payload.encode())
        self._seq, self._sha256 = seq, seal_of(self._sha256, (*of_event, *columns, *measured))
        self._seals.append((seq, self._sha256))
        text = None if content is None else content.text
        self._entries.append(Entry(seq, row.kind, row.node_id, row.payload, text))


def _packed(parts: list[TokenColumns]) -> tuple[Content, PackedStatistics | None]:
    """Tokens as a content row, and their statistics where they have any."""
    tokens = concat(parts)
    packed = pack(tokens)
    content = Content(packed.text, packed.token_ids, packed.piece_sizes, packed.elapsed_s)
    return content, None if tokens.stats is None else pack_statistics(tokens.stats)

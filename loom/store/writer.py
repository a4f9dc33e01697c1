"""The one write connection of a session file; every method belongs to the journal thread."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

from sqlite_utils import Database

from loom.records.tokens import TokenColumns
from loom.store import faults
from loom.store.codec import Content, JournalEvent, content_of, encode
from loom.store.condensed import condense
from loom.store.derived_tokens import derived_tokens
from loom.store.packing import NOT_AT_ALL, PackedStatistics, merge_rows, pack, pack_statistics
from loom.store.seals import SealedRow, write_seal
from loom.store.search import Entry, index_event, is_broken, rebuild
from loom.tree.changes import NodeDerived
from loom.tree.events import BranchClosed, BranchesGrown, NodeSelected, TokensAppended, TreeEvent

JournalMode = Literal["wal", "delete"]
"""How SQLite protects a commit; `delete` where the filesystem cannot share memory."""


class SessionWriter:
    """Commits events; holds the writer's lock through `descriptor` until it is closed."""

    def __init__(
        self, path: Path, db: Database, descriptor: int, journal_mode: JournalMode
    ) -> None:
        self.path = path
        self.journal_mode = journal_mode
        self._db = db
        self._descriptor = descriptor

    def commit(self, events: Sequence[TreeEvent], pointer: NodeSelected | None) -> None:
        """Write all or nothing; SessionFileError says why nothing."""
        try:
            self._check_in_place()
            try:
                self._write(events, pointer)
            except sqlite3.Error as error:
                if not is_broken(error):
                    raise
                with self._db.atomic():
                    rebuild(self._db)
                self._write(events, pointer)
        except (sqlite3.Error, OSError) as error:
            raise faults.on_writing(self.path, error) from error

    def _write(self, events: Sequence[TreeEvent], pointer: NodeSelected | None) -> None:
        with self._db.atomic():
            for event in events:
                write_event(self._db, event)
            if pointer is not None:
                write_event(self._db, pointer)

    def close(self) -> None:
        """Leave one file; SessionFileError if all is saved but a second one remains.

        Readers of this process must be closed first: they keep SQLite from tidying up.
        """
        try:
            self._db.execute("DELETE FROM writer")
            self._db.commit()
            self._condense()
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._db.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.Error as error:
            raise faults.left_untidy(self.path) from error
        finally:
            self._db.close()
            os.close(self._descriptor)

    def _condense(self) -> None:
        # Only the next opening takes longer without it.
        with suppress(sqlite3.Error, ValueError, KeyError):
            condense(self._db)

    def _check_in_place(self) -> None:
        # SQLite goes on writing into a file that has lost its name, where nobody would find it.
        try:
            there = os.stat(self.path)
        except FileNotFoundError as error:
            raise faults.moved_away(self.path) from error
        if not os.path.samestat(there, os.fstat(self._descriptor)):
            raise faults.moved_away(self.path)


def write_event(db: Database, event: TreeEvent) -> None:
    """Put one event where it belongs, inside the caller's transaction."""
    match event:
        case BranchesGrown():
            raise ValueError("a journal takes what happens, one thing after another")
        case TokensAppended():
            _write_draft(db, event)
        case NodeSelected():
            db.execute(
                "INSERT OR REPLACE INTO pointer (name, node_id, at) VALUES ('selected', ?, ?)",
                (event.node_id, event.at),
            )
        case _:
            _write_row(db, event)


def _write_row(db: Database, event: JournalEvent) -> None:
    row = encode(event)
    seq = db.execute(
        "INSERT INTO event (at, kind, node_id, payload) VALUES (?, ?, ?, ?)",
        (row.at, row.kind, row.node_id, row.payload),
    ).lastrowid
    assert seq is not None
    content, statistics = content_of(event), None
    if isinstance(event, NodeDerived) and (tokens := derived_tokens(db, event)) is not None:
        content, statistics = _packed(tokens)
    if isinstance(event, BranchClosed):
        content, statistics = _take_drafts(db, event.node_id)
    node_id = None if row.node_id is None else row.node_id.encode()
    sealed = SealedRow(seq, row.at, row.kind.encode(), node_id, row.payload.encode())
    if row.node_id is not None and content is not None:
        _write_content(db, seq, row.node_id, content)
        sealed = SealedRow(
            *(seq, row.at, sealed.kind, node_id, sealed.payload, node_id, content.text),
            *(content.token_ids, content.piece_sizes, content.elapsed_s),
            *((None, None) if statistics is None else (statistics.n_top, statistics.packed)),
        )
    if statistics is not None:
        db.execute(
            "INSERT INTO token_statistics (seq, n_top, packed) VALUES (?, ?, ?)",
            (seq, statistics.n_top, statistics.packed),
        )
    write_seal(db, sealed)
    index_event(db, Entry(seq, row.kind, row.node_id, row.payload, sealed.text))


def _write_content(db: Database, seq: int, node_id: str, content: Content) -> None:
    db.execute(
        "INSERT INTO content (seq, node_id, text, token_ids, piece_sizes, elapsed_s)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            seq,
            node_id,
            content.text,
            content.token_ids,
            content.piece_sizes,
            content.elapsed_s,
        ),
    )


def _write_draft(db: Database, event: TokensAppended) -> None:
    if not len(event.tokens):
        return
    tokens, stats = pack(event.tokens), event.tokens.stats
    statistics = None if stats is None else pack_statistics(stats, NOT_AT_ALL)
    db.execute(
        "INSERT INTO draft (node_id, start, at, text, token_ids, piece_sizes, elapsed_s, n_top,"
        " packed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            event.node_id,
            event.start,
            event.at,
            tokens.text,
            tokens.token_ids,
            tokens.piece_sizes,
            tokens.elapsed_s,
            None if statistics is None else statistics.n_top,
            None if statistics is None else statistics.packed,
        ),
    )


def _take_drafts(db: Database, node_id: str) -> tuple[Content | None, PackedStatistics | None]:
    """What was drafted of a branch, in one; it is no draft any more."""
    drafts = db.execute(
        "SELECT text, token_ids, piece_sizes, elapsed_s, n_top, packed FROM draft"
        " WHERE node_id = ? ORDER BY id",
        (node_id,),
    ).fetchall()
    if not drafts:
        return None, None
    db.execute("DELETE FROM draft WHERE node_id = ?", (node_id,))
    return _packed(merge_rows(drafts))


def _packed(tokens: TokenColumns) -> tuple[Content, PackedStatistics | None]:
    """Tokens as a content row, and their statistics where they have any."""
    packed = pack(tokens)
    content = Content(packed.text, packed.token_ids, packed.piece_sizes, packed.elapsed_s)
    return content, None if tokens.stats is None else pack_statistics(tokens.stats)

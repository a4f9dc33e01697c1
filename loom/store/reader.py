"""A read connection of a session file; it belongs to the thread that opened it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import numpy as np
from sqlite_utils import Database

from loom.errors import NodeNotFoundError
from loom.records.tokens import TokenColumns, concat
from loom.store import faults, lock
from loom.store.history import Rows, unfold
from loom.store.packing import unpack_ints, unpack_pieces, unpack_row
from loom.store.recovery import missing_closings
from loom.tree.events import NodeSelected, TreeEvent

_EVENTS = """
SELECT seq, at, kind, event.node_id, payload, text, token_ids, piece_sizes, elapsed_s
FROM event LEFT JOIN content USING (seq) ORDER BY seq
"""
_DRAFTS = """
SELECT node_id, at, text, token_ids, piece_sizes, elapsed_s FROM draft ORDER BY id
"""
_POINTER = "SELECT at, node_id FROM pointer WHERE name = 'selected'"
_GENERATED = """
SELECT text, token_ids, piece_sizes, elapsed_s, n_top, packed
FROM content LEFT JOIN token_statistics USING (seq)
WHERE node_id = ? AND elapsed_s IS NOT NULL ORDER BY seq
"""
_GENERATED_SO_FAR = """
SELECT text, token_ids, piece_sizes, elapsed_s, n_top, packed
FROM draft WHERE node_id = ? ORDER BY id
"""
_WRITTEN = """
SELECT text, token_ids, piece_sizes
FROM content WHERE node_id = ? AND token_ids IS NOT NULL ORDER BY seq DESC LIMIT 1
"""
# A text that several models have read has tokens of each; those of the last reading count.
_EACH = """
SELECT node_id, elapsed_s, text, token_ids, piece_sizes, n_top, packed
FROM content LEFT JOIN token_statistics USING (seq)
WHERE token_ids IS NOT NULL AND seq = (
    SELECT max(other.seq) FROM content AS other
    WHERE other.node_id = content.node_id AND other.token_ids IS NOT NULL)
ORDER BY seq
"""
_GROWING = "SELECT node_id FROM draft GROUP BY node_id ORDER BY min(id)"
_KNOWN = "SELECT 1 FROM event WHERE node_id = ? LIMIT 1"


class SessionReader:
    """Reads what is committed, also while a journal writes on."""

    def __init__(self, path: Path, db: Database) -> None:
        self.path = path
        self._db = db
        self._descriptor: int | None = None

    def __enter__(self) -> SessionReader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; a journal of the same process must be closed after its readers."""
        self._db.close()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def load_events(self) -> Iterator[TreeEvent]:
        """Everything that happened, in order; then where the person stands.

        The tokens of a branch come in one piece, without statistics, just before its closing.
        Branches that nobody closed and nobody is writing come closed as partial. SessionFileError
        if the file is damaged.
        """
        try:
            with self._db.atomic():
                events = self._db.execute(_EVENTS).fetchall()
                drafts = self._db.execute(_DRAFTS).fetchall()
                closings = missing_closings(self._db)
                pointer = self._db.execute(_POINTER).fetchone()
        except sqlite3.Error as error:
            raise faults.on_opening(self.path, error) from error
        if closings and self._is_being_written():
            closings = []
        selected = None if pointer is None else NodeSelected(*pointer)
        return unfold(self.path, Rows(events, drafts, closings, selected))

    def read_tokens(self, node_id: str) -> TokenColumns:
        """The tokens of a node with their statistics, none if no model has read or written it.

        Tokens of a written text have no statistics and elapsed_s 0. NodeNotFoundError if there is
        no such node, SessionFileError if the file is damaged.
        """
        try:
            with self._db.atomic():
                generated = self._db.execute(_GENERATED, (node_id,)).fetchall()
                generated += self._db.execute(_GENERATED_SO_FAR, (node_id,)).fetchall()
                written = self._db.execute(_WRITTEN, (node_id,)).fetchone()
                known = self._db.execute(_KNOWN, (node_id,)).fetchone()
        except sqlite3.Error as error:
            raise faults.on_opening(self.path, error) from error
        if known is None:
            raise NodeNotFoundError(
                f"There is no node {node_id!r} in this session.", "`loom show FILE` lists the ids."
            )
        try:
            if written is not None and not generated:
                return _read_by_model(*written)
            return concat([unpack_row(row) for row in generated])
        except ValueError as error:
            how = f"the tokens of node {node_id} cannot be understood ({error})"
            raise faults.damaged(self.path, how) from error

    def each_tokens(self) -> Iterator[tuple[str, TokenColumns]]:
        """Every node that has tokens, with them, in the order in which they became whole.

        SessionFileError if the file is damaged.
        """
        try:
            for node_id, elapsed_s, *columns in self._db.execute(_EACH):
                text, token_ids, piece_sizes, n_top, packed = columns
                if elapsed_s is None:
                    yield node_id, _read_by_model(text, token_ids, piece_sizes)
                else:
                    row = (text, token_ids, piece_sizes, elapsed_s, n_top, packed)
                    yield node_id, unpack_row(row)
            growing = self._db.execute(_GROWING).fetchall()
        except sqlite3.Error as error:
            raise faults.on_opening(self.path, error) from error
        except ValueError as error:
            how = f"the tokens of a node cannot be understood ({error})"
            raise faults.damaged(self.path, how) from error
        for (node_id,) in growing:
            yield node_id, self.read_tokens(node_id)

    def _is_being_written(self) -> bool:
        # The descriptor stays open as long as the connection: see loom.store.lock.
        if self._descriptor is None:
            try:
                self._descriptor = lock.open_descriptor(self.path, os.O_RDONLY)
            except OSError:
                # The file has lost its name, so nobody can be writing it under that name.
                return False
        return lock.is_locked(self._descriptor)


def _read_by_model(text: bytes, token_ids: bytes, piece_sizes: bytes) -> TokenColumns:
    ids, pieces = unpack_ints(token_ids), unpack_pieces(text, piece_sizes)
    if len(ids) != len(pieces):
        raise ValueError("columns of different lengths")
    return TokenColumns(ids, pieces, np.zeros(len(ids), np.float32), None)

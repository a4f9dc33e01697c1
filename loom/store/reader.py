"""A read connection of a session file; it belongs to the thread that opened it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType

from sqlite_utils import Database

from loom.errors import NodeNotFoundError
from loom.records.tokens import TokenColumns, concat
from loom.store import faults, lock
from loom.store.backups import copy_open
from loom.store.condensed import CONDENSED_KINDS, Condensed, read_condensed
from loom.store.history import Rows, unfold
from loom.store.inspection import Fault, Kept, inspect, reporting
from loom.store.packing import unpack_read, unpack_row
from loom.store.recovery import missing_closings
from loom.store.seals import SealReport, check_seals
from loom.store.search import Found, find
from loom.store.summary import SessionSummary, summarise
from loom.tree.events import NodeSelected, TreeEvent

_EVENTS = """
SELECT seq, at, kind, event.node_id, payload, text, token_ids, piece_sizes, elapsed_s
FROM event LEFT JOIN content USING (seq)
WHERE seq > ? OR kind NOT IN (?, ?, ?, ?) ORDER BY seq
"""
_NOTHING_CONDENSED = Condensed(0, ())
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
_LAST = "SELECT coalesce(max(seq), 0) FROM event"
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
        self._last_seq = 0

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

    @property
    def last_seq(self) -> int:
        """The last event of what was loaded last, 0 before."""
        return self._last_seq

    def load_events(self) -> Iterator[TreeEvent]:
        """Everything that happened, in order; then where the person stands.

        The tokens of a branch come in one piece, without statistics, just before its closing.
        Branches that nobody closed and nobody is writing come closed as partial. SessionFileError
        if the file is damaged.
        """
        return self._load(lambda: _NOTHING_CONDENSED)

    def load_condensed(self) -> Iterator[TreeEvent]:
        """What makes the same tree as `load_events` in a fraction of the time.

        Branches that were finished long ago come as `BranchesGrown`, where they began.
        """
        return self._load(lambda: read_condensed(self._db))

    def _load(self, condensed_part: Callable[[], Condensed]) -> Iterator[TreeEvent]:
        try:
            with self._db.atomic():
                condensed = condensed_part()
                # All at once, and not as they are asked for: a reader must not hold a moment of
                # the file while its tree is made.
                events = self._db.execute(
                    _EVENTS, (condensed.through_seq, *CONDENSED_KINDS)
                ).fetchall()
                drafts = self._db.execute(_DRAFTS).fetchall()
                closings = missing_closings(self._db, condensed.through_seq)
                pointer = self._db.execute(_POINTER).fetchone()
                (self._last_seq,) = self._db.execute(_LAST).fetchone()
        except faults.UNREADABLE as error:
            raise faults.on_opening(self.path, error) from error
        if closings and self._is_being_written():
            closings = []
        selected = None if pointer is None else NodeSelected(*pointer)
        return unfold(self.path, Rows(events, condensed, drafts, closings, selected))

    def inspect(self, fault: Callable[[Fault], None]) -> Iterator[Kept]:
        """Every event that can be understood, in order; what is wrong with a row is told.

        Read to its end it has looked at every row and every page of the file.
        """
        self._db.execute("BEGIN")
        try:
            yield from reporting(inspect(self._db), fault)
        finally:
            # Nothing was written, and a commit fails where a page is damaged.
            self._db.rollback()

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
        except faults.UNREADABLE as error:
            raise faults.on_opening(self.path, error) from error
        if known is None:
            raise NodeNotFoundError(
                f"There is no node {node_id!r} in this session.", "`loom show FILE` lists the ids."
            )
        try:
            if written is not None and not generated:
                return unpack_read(*written)
            return concat([unpack_row(row) for row in generated])
        except ValueError as error:
            how = f"the tokens of node {node_id} cannot be understood ({error})"
            raise faults.damaged(self.path, how) from error

    def check_seals(self) -> SealReport:
        """Derive the seal of every event again; SessionFileError if the file cannot be read."""
        try:
            with self._db.atomic():
                return check_seals(self._db)
        except faults.UNREADABLE as error:
            raise faults.on_opening(self.path, error) from error

    def search(self, words: str, limit: int) -> list[Found]:
        """The nodes with all the words, best first; UsageError if there is no word in them."""
        try:
            return find(self._db, words, limit)
        except faults.UNREADABLE as error:
            raise faults.on_opening(self.path, error) from error

    def references(self) -> list[tuple[str, str | None, Mapping[str, object]]]:
        """Kind, node and payload of every event; SessionFileError if the file is damaged."""
        try:
            rows = self._db.execute("SELECT kind, node_id, payload FROM event ORDER BY seq")
            return [(kind, node_id, json.loads(payload)) for kind, node_id, payload in rows]
        except faults.UNREADABLE as error:
            raise faults.on_opening(self.path, error) from error
        except (ValueError, RecursionError) as error:
            raise faults.damaged(self.path, error) from error

    def summary(self) -> SessionSummary:
        """The session at a glance; SessionFileError if the file is damaged."""
        try:
            return summarise(self.path, self._db)
        except faults.UNREADABLE as error:
            raise faults.on_opening(self.path, error) from error
        except (ValueError, TypeError) as error:
            raise faults.damaged(self.path, error) from error

    def copy_to(self, target: Path) -> None:
        """Write all that is committed to one new file; sqlite3.Error if that cannot be."""
        copy_open(self._db, target)

    def each_tokens(self) -> Iterator[tuple[str, TokenColumns]]:
        """Every node that has tokens, with them, in the order in which they became whole.

        SessionFileError if the file is damaged.
        """
        try:
            for node_id, elapsed_s, *columns in self._db.execute(_EACH):
                text, token_ids, piece_sizes, n_top, packed = columns
                if elapsed_s is None:
                    yield node_id, unpack_read(text, token_ids, piece_sizes)
                else:
                    row = (text, token_ids, piece_sizes, elapsed_s, n_top, packed)
                    yield node_id, unpack_row(row)
            growing = self._db.execute(_GROWING).fetchall()
        except faults.UNREADABLE as error:
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

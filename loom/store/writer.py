"""The one write connection of a session file; every method belongs to the journal thread."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

from sqlite_utils import Database

from loom.store import faults
from loom.store.batch import Batch, Drafted
from loom.store.condensed import condense
from loom.store.search import may_be_broken, rebuild
from loom.tree.events import NodeSelected, TreeEvent

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
        self._drafted: Drafted = {}

    def commit(self, events: Sequence[TreeEvent], pointer: NodeSelected | None) -> None:
        """Write all or nothing; SessionFileError says why nothing."""
        try:
            self._check_in_place()
            try:
                self._write(events, pointer)
            except sqlite3.Error as error:
                if not may_be_broken(error):
                    raise
                with self._db.atomic():
                    rebuild(self._db)
                self._write(events, pointer)
        except (sqlite3.Error, OSError) as error:
            raise faults.on_writing(self.path, error) from error

    def _write(self, events: Sequence[TreeEvent], pointer: NodeSelected | None) -> None:
        try:
            with self._db.atomic():
                batch = Batch(self._db, self._drafted)
                for event in events:
                    batch.take(event)
                if pointer is not None:
                    batch.take(pointer)
                batch.write()
        except BaseException:
            # What is drafted is then read from the file, which is as it was.
            self._drafted.clear()
            raise

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

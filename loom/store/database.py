"""Session files: making one, opening one to read or to write, and telling why it cannot be."""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Literal

from sqlite_utils import Database

from loom.store import faults, lock
from loom.store.backups import back_up
from loom.store.batch import write_event
from loom.store.condensed import condensed_through
from loom.store.migrations import APPLICATION_ID, SCHEMA_VERSION, migrations
from loom.store.reader import SessionReader
from loom.store.recovery import missing_closings
from loom.store.rows import RowReader
from loom.store.writer import JournalMode, SessionWriter
from loom.tree.events import SessionStarted

_BUSY_TIMEOUT_S = 1.0
Access = Literal["ro", "rw"]
_HEADER_SIZE = 100
_MARK = slice(68, 72)
"""Where SQLite's header has the application's id."""


def create(path: Path, started: SessionStarted) -> None:
    """Make a session file; SessionFileError if something is there already or it cannot be made."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666))
    except OSError as error:
        raise faults.cannot_make(path, error) from error
    try:
        # One transaction, so that a process killed here leaves an empty file or a whole one.
        with closing(_connect(path, "rw")) as db, db.atomic():
            migrations.apply(db)
            write_event(db, started)
    except faults.UNREADABLE as error:
        path.unlink()
        raise faults.on_opening(path, error) from error


def create_whole(path: Path, write: Callable[[Database], None]) -> None:
    """Make a session file with all that `write` puts into it, or none at all.

    SessionFileError if something is there already, or what was written makes no session. Whatever
    `write` raises leaves nothing behind.
    """

    def write_and_read(unfinished: Path) -> None:
        _write_into(unfinished, write)
        with open_for_reading(unfinished) as reader:
            for _ in reader.load_events():
                pass

    _create(path, write_and_read)


def create_written(path: Path, write: Callable[[Database], None]) -> None:
    """The same where what is written is known to make a session, and is not read again."""
    _create(path, lambda unfinished: _write_into(unfinished, write))


def _write_into(unfinished: Path, write: Callable[[Database], None]) -> None:
    with closing(_connect(unfinished, "rw")) as db, db.atomic():
        migrations.apply(db)
        write(db)


def _create(path: Path, make: Callable[[Path], None]) -> None:
    try:
        # Holds the name, and has the mode that a new file is to have.
        held = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666)
        mode = stat.S_IMODE(os.fstat(held).st_mode)
        os.close(held)
    except OSError as error:
        raise faults.cannot_make(path, error) from error
    unfinished = path.with_name(f".{os.getpid()}-unfinished-{path.name}"[:200])
    try:
        unfinished.touch(mode)
        make(unfinished)
        unfinished.replace(path)
    except BaseException as error:
        path.unlink(missing_ok=True)
        unfinished.unlink(missing_ok=True)
        if isinstance(error, sqlite3.Error | OSError):
            raise faults.on_writing(path, error) from error
        raise


def is_session(path: Path) -> bool:
    """Whether a file is meant as a session: empty, or with loom's mark, or by its name."""
    if path.suffix == ".loom":
        return True
    try:
        with path.open("rb") as file:
            head = file.read(_HEADER_SIZE)
    except OSError:
        # What is wrong with it is said by whoever opens it.
        return True
    return not head or head[_MARK] == APPLICATION_ID.to_bytes(4, "big")


def open_rows(path: Path) -> RowReader:
    """Open a session to read its rows as they stand, also while another loom writes it."""
    return RowReader(path, _open_checked(path))


def open_for_reading(path: Path) -> SessionReader:
    """Open a session without changing it, also while another loom writes it."""
    with ExitStack() as undo:
        db = _open_checked(path)
        undo.callback(db.close)
        reader = SessionReader(path, db)
        undo.pop_all()
        return reader


def open_at_a_glance(path: Path) -> SessionReader:
    """Open a session as for reading, but check no more of it than its header: at any size quick."""
    _check_file(path)
    with ExitStack() as undo:
        try:
            db = _connect(path, "ro")
            undo.callback(db.close)
            _check_header(path, db)
        except faults.UNREADABLE as error:
            raise faults.on_opening(path, error) from error
        undo.pop_all()
        return SessionReader(path, db)


def connect_to_read(path: Path) -> Database:
    """A bare connection for one look at a session that was checked before; sqlite3.Error if not."""
    return _connect(path, "ro")


def open_for_writing(path: Path) -> SessionWriter:
    """Open a session as its one writer and close the branches that the last writer left open."""
    with closing(_open_checked(path)) as db:
        pid = _pid_of_writer(db)
    with ExitStack() as undo:
        descriptor = _lock(path, pid)
        undo.callback(os.close, descriptor)
        try:
            db = _connect(path, "rw")
            undo.callback(db.close)
            version = _number(db, "user_version")
            if version < SCHEMA_VERSION:
                back_up(path, db, f"format-{version}")
            writer = SessionWriter(path, db, descriptor, _choose_journal_mode(db))
            if version < SCHEMA_VERSION:
                # In one transaction: a file never stays between two formats.
                with db.atomic():
                    migrations.apply(db)
            _sign_in(db)
        except faults.UNREADABLE as error:
            raise faults.on_opening(path, error) from error
        undo.pop_all()
        return writer


def _open_checked(path: Path) -> Database:
    """A connection to read with, once the file has turned out to be a sound session."""
    _check_file(path)
    try:
        return _checked(path, "ro")
    except faults.UNREADABLE as error:
        if getattr(error, "sqlite_errorcode", None) != sqlite3.SQLITE_READONLY_ROLLBACK:
            raise faults.on_opening(path, error) from error
    # A writer with a rollback journal was killed in the middle of a commit; only a connection
    # that may write can take that half commit back.
    try:
        return _checked(path, "rw")
    except faults.UNREADABLE as error:
        raise faults.on_opening(path, error) from error


def _checked(path: Path, access: Access) -> Database:
    with ExitStack() as undo:
        db = _connect(path, access)
        undo.callback(db.close)
        db.execute("PRAGMA query_only = ON")
        _check_header(path, db)
        _check_tables(path, db)
        undo.pop_all()
        return db


def _connect(path: Path, access: Access) -> Database:
    uri = f"{path.absolute().as_uri()}?mode={access}"
    # A writer is handed to the journal thread once it is open; a reader stays in its thread.
    connection = sqlite3.connect(
        uri, uri=True, timeout=_BUSY_TIMEOUT_S, check_same_thread=access == "ro"
    )
    db = Database(connection, execute_plugins=False)
    # Sessions are passed from hand to hand, and a schema can hold code.
    db.execute("PRAGMA trusted_schema = OFF")
    db.execute("PRAGMA foreign_keys = ON")
    return db


def _check_file(path: Path) -> None:
    try:
        status = path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise faults.missing(path) from error
    except OSError as error:
        raise faults.cannot_open(path, error) from error
    if not stat.S_ISREG(status.st_mode):
        raise faults.no_file(path)
    if status.st_size == 0:
        raise faults.empty(path)


def _check_header(path: Path, db: Database) -> None:
    if _number(db, "application_id") != APPLICATION_ID:
        raise faults.other_database(path)
    version = _number(db, "user_version")
    if version > SCHEMA_VERSION:
        raise faults.from_newer_loom(path, version, SCHEMA_VERSION)


def _check_tables(path: Path, db: Database) -> None:
    # Not token_statistics: twenty times as large as the rest, and opening does not read it.
    for table in ("event", "content", "draft", "pointer"):
        for (finding,) in db.execute(f"PRAGMA quick_check({table})").fetchall():
            if finding != "ok":
                raise faults.damaged(path, finding)


def _lock(path: Path, pid: int | None) -> int:
    """A descriptor that holds the writer's lock."""
    try:
        descriptor = lock.open_descriptor(path, os.O_RDWR)
        free = lock.try_lock(descriptor)
    except OSError as error:
        raise faults.cannot_open(path, error) from error
    if not free:
        # Where the writer is this process, closing would take SQLite's own locks from it.
        if pid != os.getpid():
            os.close(descriptor)
        raise faults.held_by_another(path, pid)
    return descriptor


def _choose_journal_mode(db: Database) -> JournalMode:
    try:
        (mode,) = db.execute("PRAGMA journal_mode = WAL").fetchone()
    except sqlite3.OperationalError:
        mode = "delete"
    if mode == "wal":
        # Survives the end of the process; only a power cut can take the last commits, and it
        # leaves the file whole. In exchange a slow disk does not hold up what is shown.
        db.execute("PRAGMA synchronous = NORMAL")
        return "wal"
    db.execute("PRAGMA journal_mode = DELETE")
    db.execute("PRAGMA synchronous = FULL")
    return "delete"


def _sign_in(db: Database) -> None:
    with db.atomic():
        db.execute("DELETE FROM writer")
        db.execute("INSERT INTO writer (pid, since) VALUES (?, ?)", (os.getpid(), time.time()))
        for closing_event in missing_closings(db, condensed_through(db)):
            write_event(db, closing_event)


def _pid_of_writer(db: Database) -> int | None:
    row = db.execute("SELECT pid FROM writer").fetchone()
    return None if row is None else int(row[0])


def _number(db: Database, pragma: str) -> int:
    return int(db.execute(f"PRAGMA {pragma}").fetchone()[0])

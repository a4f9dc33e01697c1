"""Session files as files: copying one, giving one another name, putting an older copy back."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlite_utils import Database

from loom.errors import SessionFileError
from loom.store import faults, lock
from loom.store.backups import back_up, backups_of, copy_database
from loom.store.database import open_for_reading, open_for_writing

_BESIDE = ("-wal", "-shm", "-journal")


def duplicate(path: Path, copy: Path) -> None:
    """Copy a session to a new file, also while it is being written; SessionFileError if not."""
    with open_for_reading(path) as reader, _new_file(copy) as unfinished:
        reader.copy_to(unfinished)


def rename(path: Path, new: Path) -> None:
    """Give a session that nobody is writing another name; SessionFileError if it cannot be."""
    if new.exists():
        raise faults.already_there(new)
    # Whoever opens and closes it knows that nobody else writes it, and leaves one file.
    open_for_writing(path).close()
    try:
        path.rename(new)
    except OSError as error:
        raise faults.cannot_make(new, error) from error


def restore_backup(path: Path) -> Path:
    """Put the newest copy of a session back in its place; returns the copy that was taken.

    What is there now is copied first, so that doing it again undoes it. SessionFileError if there
    is no copy, or somebody has the file open.
    """
    copies = backups_of(path)
    if not copies:
        raise SessionFileError(
            f"There is no backup of {path}.",
            "Loom makes one before it upgrades, compacts or restores a session.",
        )
    with _alone(path):
        if path.exists():
            _back_up_anyhow(path)
        unfinished = path.with_name(path.name + ".part")
        try:
            shutil.copyfile(copies[-1], unfinished)
            # What lies beside belongs to the file that is there now, and is in its copy.
            for suffix in _BESIDE:
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            unfinished.replace(path)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise faults.cannot_make(path, error) from error
    return copies[-1]


@contextmanager
def _new_file(path: Path) -> Iterator[Path]:
    """A file to write that gets its name once it is whole."""
    if path.exists():
        raise faults.already_there(path)
    unfinished = path.with_name(path.name + ".part")
    try:
        yield unfinished
        unfinished.rename(path)
    except OSError as error:
        raise faults.cannot_make(path, error) from error
    except sqlite3.Error as error:
        raise faults.on_opening(path, error) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Nobody writes the file meanwhile."""
    if not path.exists():
        yield
        return
    try:
        descriptor = lock.open_descriptor(path, os.O_RDWR)
    except OSError as error:
        raise faults.cannot_open(path, error) from error
    try:
        if not lock.try_lock(descriptor):
            raise faults.held_by_another(path, None)
        yield
    finally:
        os.close(descriptor)


def _back_up_anyhow(path: Path) -> None:
    """A file that SQLite cannot read is copied byte by byte."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            back_up(path, Database(db, execute_plugins=False), "restore")
    except (SessionFileError, sqlite3.Error):
        copy_database(path, "restore", lambda target: shutil.copyfile(path, target))

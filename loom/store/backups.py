"""Copies of sessions, made before a file is changed in a way that cannot be taken back.

They lie in a folder of their own, so that a session stays one file with nothing beside it. A copy
is named after its session, a hash of where that lies, and when and before what it was made.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from sqlite_utils import Database

from loom.errors import SessionFileError
from loom.paths import backups_dir


def back_up(path: Path, db: Database, before: str) -> Path:
    """Copy an open session as it is now, its write-ahead log included, and return the copy.

    SessionFileError if it cannot be copied; then the session must be left alone.
    """
    return copy_database(path, before, lambda target: copy_open(db, target))


def copy_open(db: Database, target: Path) -> None:
    """Write an open session, as it is committed now, to one new file; sqlite3.Error if not."""
    with closing(sqlite3.connect(target)) as copy:
        db.conn.backup(copy)
        # The copy of a file in WAL mode is in that mode too, and would have a file beside it.
        copy.execute("PRAGMA journal_mode = DELETE")


def copy_database(path: Path, before: str, write: Callable[[Path], object]) -> Path:
    """Have a copy of a session written, and give it its name once it is whole."""
    copy = _free_name(path, before)
    unfinished = copy.with_suffix(".part")
    try:
        copy.parent.mkdir(parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)
        write(unfinished)
        unfinished.rename(copy)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise SessionFileError(
            f"{path} is left as it is: no copy of it can be put in {copy.parent} ({error}).",
            "Make room there first, or set LOOM_HOME to a folder that has some.",
        ) from error
    return copy


def backups_of(path: Path) -> list[Path]:
    """The copies of a session, oldest first."""
    return sorted(backups_dir().glob(f"*.{_place(path)}.*.loom"), key=_number)


def _free_name(path: Path, before: str) -> Path:
    # A number and not only the time, which may be set back.
    n = max(map(_number, backups_of(path)), default=0) + 1
    when = time.strftime("%Y%m%d-%H%M%S")
    return backups_dir() / f"{path.stem}.{_place(path)}.{n}-{when}-before-{before}.loom"


def _place(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:12]


def _number(copy: Path) -> int:
    first = copy.name.rsplit(".", 2)[1].split("-")[0]
    return int(first) if first.isdecimal() else 0

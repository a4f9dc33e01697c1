"""Copies of sessions, made before a file is changed in a way that cannot be taken back.

They lie in a folder of their own, so that a session stays one file with nothing beside it. A copy
is named after its session, a hash of where that lies, and when and why it was made.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

from sqlite_utils import Database

from loom.errors import SessionFileError
from loom.paths import backups_dir


def back_up(path: Path, db: Database, reason: str) -> Path:
    """Copy an open session as it is now, the write-ahead log included; SessionFileError if not."""
    copy = _free_name(path, reason)
    unfinished = copy.with_suffix(".part")
    try:
        copy.parent.mkdir(parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)
        with closing(sqlite3.connect(unfinished)) as target:
            db.conn.backup(target)
            # A copy of a file in WAL mode is in that mode too, and would have a file beside it.
            target.execute("PRAGMA journal_mode = DELETE")
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
    return sorted(backups_dir().glob(f"*.{_place(path)}.*.loom"), key=_made_at)


def _free_name(path: Path, reason: str) -> Path:
    when = time.strftime("%Y%m%d-%H%M%S")
    stem = f"{path.stem}.{_place(path)}.{when}"
    n, copy = 2, backups_dir() / f"{stem}.{reason}.loom"
    while copy.exists():
        n, copy = n + 1, backups_dir() / f"{stem}.{reason}-{n}.loom"
    return copy


def _place(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:12]


def _made_at(copy: Path) -> tuple[float, str]:
    return copy.stat().st_mtime, copy.name

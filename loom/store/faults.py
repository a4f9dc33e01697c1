"""What can go wrong with a session file, as sentences a person can act on."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from loom.errors import NotWritableError, SessionFileError

_NOT_A_SESSION = "Name a file that loom made, or begin one with `loom new`."
_DAMAGED = "`loom recover FILE` writes all that can be read of it to a new file."
UNREADABLE = (sqlite3.Error, UnicodeDecodeError)
"""What reading a file raises; SQLite's own complaint about damaged bytes may hold those bytes."""

_KEPT = "Loom keeps what is new in memory and writes it as soon as it can."


def missing(path: Path) -> SessionFileError:
    """There is no such file."""
    return SessionFileError(
        f"There is no file {path}.", f"Check the name, or begin it with `loom new {path}`."
    )


def no_file(path: Path) -> SessionFileError:
    """A directory or a device."""
    return SessionFileError(f"{path} is not a file.", "Name the session file itself.")


def empty(path: Path) -> SessionFileError:
    """Nothing was ever written into it."""
    return SessionFileError(
        f"{path} is empty.", f"Delete it, then begin again with `loom new {path}`."
    )


def not_a_session(path: Path) -> SessionFileError:
    """Some other kind of file."""
    return SessionFileError(f"{path} is not a loom session.", _NOT_A_SESSION)


def other_database(path: Path) -> SessionFileError:
    """SQLite, but somebody else's."""
    return SessionFileError(
        f"{path} is a database of another program, not a loom session.", _NOT_A_SESSION
    )


def from_newer_loom(path: Path, version: int, known: int) -> SessionFileError:
    """Its schema has a number that this loom has not heard of."""
    return SessionFileError(
        f"{path} was made by a newer loom (file format {version}; this one knows up to {known}).",
        "Upgrade loom to open it.",
    )


def damaged(path: Path, how: object) -> SessionFileError:
    """Its parts do not fit together."""
    return SessionFileError(f"{path} is damaged: {how}.", _DAMAGED)


def already_there(path: Path) -> SessionFileError:
    """A new session would overwrite something."""
    return SessionFileError(
        f"{path} is already there.", f"Choose another name, or open it with `loom {path}`."
    )


def held_by_another(path: Path, pid: int | None) -> NotWritableError:
    """Another loom is writing it."""
    who = "" if pid is None else f" (process {pid})"
    return NotWritableError(
        f"{path} is being written by another loom{who}.",
        "Quit that one first; `loom show` and `loom export` can read it meanwhile.",
    )


def moved_away(path: Path) -> SessionFileError:
    """The name no longer leads to the file that is open."""
    return SessionFileError(
        f"{path} was moved, deleted or replaced while loom had it open.",
        "Put it back where it was: loom keeps what is new in memory until then.",
    )


def left_untidy(path: Path) -> SessionFileError:
    """Everything is saved, but in more than one file."""
    return SessionFileError(
        f"{path} is saved, but a part of it still lies beside it in {path.name}-wal.",
        "Keep the two together; the next opening makes one file of them.",
    )


def cannot_make(path: Path, error: OSError) -> SessionFileError:
    """A new file could not be begun."""
    if isinstance(error, FileExistsError):
        return already_there(path)
    if isinstance(error, FileNotFoundError):
        return SessionFileError(
            f"There is no folder {path.parent} to put {path.name} in.", "Make the folder first."
        )
    return SessionFileError(f"{path} cannot be made ({error.strerror}).", "Choose another place.")


def cannot_open(path: Path, error: OSError) -> NotWritableError:
    """The system will not have it opened or locked."""
    return NotWritableError(
        f"{path} cannot be opened for writing ({error.strerror}).",
        "Copy it to a place where you may write; `loom show` can read it where it is.",
    )


def on_opening(path: Path, error: sqlite3.Error | UnicodeDecodeError) -> SessionFileError:
    """What SQLite's complaint while opening or reading means."""
    if isinstance(error, UnicodeDecodeError):
        return damaged(path, "a name or a text in it is not readable")
    match _code(error):
        case sqlite3.SQLITE_NOTADB:
            return not_a_session(path)
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_ERROR:
            return damaged(path, error)
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return _busy(path, "Close that program, then try again.")
        case sqlite3.SQLITE_FULL:
            return SessionFileError(
                f"The disk that holds {path} is full.", "Free some space, then try again."
            )
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_READONLY:
            return NotWritableError(
                f"{path} cannot be opened ({error}).",
                f"Check the permissions of the file and of its folder, and keep {path.name}-wal"
                " beside it if there is one.",
            )
        case _:
            return SessionFileError(
                f"{path} cannot be read ({error}).", "Copy it to another disk, then try again."
            )


def on_writing(path: Path, error: sqlite3.Error | OSError) -> SessionFileError:
    """What a failed commit means, while everything is still in memory."""
    match _code(error):
        case sqlite3.SQLITE_FULL:
            return SessionFileError(
                f"The disk that holds {path} is full.", f"Free some space. {_KEPT}"
            )
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return _busy(path, f"Close that program. {_KEPT}")
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return damaged(path, error)
        case _:
            return SessionFileError(
                f"{path} cannot be written ({error}).", f"Check the disk it is on. {_KEPT}"
            )


def _busy(path: Path, remedy: str) -> SessionFileError:
    return SessionFileError(f"Another program keeps {path} locked.", remedy)


def _code(error: Exception) -> int | None:
    # The low byte is the kind, the rest says more closely where. Errors of the Python module
    # itself carry none.
    code = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None

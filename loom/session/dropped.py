"""The file that a person means by what a terminal makes of one that is dropped on it."""

from __future__ import annotations

import shlex
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

from loom.errors import LoomError
from loom.formats.importing.reading import recognise
from loom.session.choosing import SessionChoice
from loom.store.database import is_session


def dropped_file(typed: str) -> Path | None:
    """The file of a path as it is, quoted, escaped as for a shell, or as a file:// address.

    None where there is no such file, and for a bare name: words are looked for in titles.
    """
    for said in (typed.strip(), *_unquoted(typed)):
        address = urlsplit(said) if said.startswith("file://") else None
        path = Path(said if address is None else unquote(address.path))
        if (path.is_absolute() or said.startswith(("~", "."))) and _is_file(path):
            return path.expanduser().absolute()
    return None


def choice_of(path: Path) -> SessionChoice:
    """A file as something to open, with what it is, or why it cannot be opened."""
    try:
        return SessionChoice(path.name, f"{_kind(path)} · {path.parent}", path)
    except LoomError as error:
        return SessionChoice(path.name, "", path, problem=error.what)


def _kind(path: Path) -> str:
    with suppress(OSError), path.open("rb") as file:
        if file.read(4) == b"GGUF":
            return "a model: a new session on it"
    if is_session(path):
        return "a session"
    return f"a file of {recognise(path).format.title}: becomes a new session"


def _unquoted(typed: str) -> list[str]:
    try:
        words = shlex.split(typed)
    except ValueError:
        return []
    return words if len(words) == 1 else []


def _is_file(path: Path) -> bool:
    try:
        return path.expanduser().is_file()
    except (OSError, RuntimeError, ValueError):
        return False

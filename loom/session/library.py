"""All sessions of a person: what there is, where words stand in it, and copies of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from loom.errors import SessionFileError, UsageError
from loom.paths import sessions_dir
from loom.session.examples import SESSION_SUFFIX
from loom.session.free_names import free_name
from loom.session.judging.telling import told_of
from loom.session.reading import read_tree
from loom.store import filing
from loom.store.database import open_at_a_glance
from loom.store.search import Found
from loom.store.summary import SessionSummary


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file of the library that cannot be read, and why."""

    path: Path
    error: SessionFileError


@dataclass(frozen=True, slots=True)
class Hit:
    """Words found in a session."""

    path: Path
    title: str
    found: Found


def session_files(folder: Path | None = None) -> list[Path]:
    """The session files of a folder, the folder of sessions unless told, by name."""
    folder = folder or sessions_dir()
    return sorted(folder.glob(f"*{SESSION_SUFFIX}")) if folder.is_dir() else []


def listed(paths: Sequence[Path]) -> list[SessionSummary | Unreadable]:
    """Sessions at a glance, the last changed first; those that cannot be read at the end."""
    seen = [_glance(path) for path in paths]
    summaries = [one for one in seen if isinstance(one, SessionSummary)]
    rest = [one for one in seen if isinstance(one, Unreadable)]
    return [*sorted(summaries, key=lambda one: -one.changed_at), *rest]


def n_joins(one: SessionSummary) -> int | None:
    """In how many places branches of a session are known to join; None if it cannot be read.

    A session in which nothing was compared is not read for it.
    """
    if not one.n_rounds:
        return 0
    try:
        tree = read_tree(one.path)
    except SessionFileError:
        return None
    told = told_of(tree, (), tree.judged)
    return sum(join.verdict == "joined" and not join.denied for join in told)


def searched(words: str, paths: Sequence[Path], limit: int) -> Iterator[Hit | Unreadable]:
    """Where all the words stand, the best of each session first; UsageError if there is no word.

    Ranks are of one session each and are not compared between sessions.
    """
    for path in paths:
        try:
            with open_at_a_glance(path) as reader:
                hits = reader.search(words, limit)
                title = reader.summary().title if hits else ""
        except SessionFileError as error:
            yield Unreadable(path, error)
            continue
        for found in hits:
            yield Hit(path, title, found)


def duplicate(path: Path, to: Path | None) -> Path:
    """Copy a session, also while it is open; beside itself under a free name unless told."""
    copy = to or free_name(path)
    filing.duplicate(path, copy)
    return copy


def rename(path: Path, name: str) -> Path:
    """Give a session file another name in its folder; UsageError if it is no name."""
    if not name.strip() or Path(name).name != name:
        raise UsageError(f"{name!r} is no name for a file.", "Give a name without a folder.")
    new = path.with_name(name if name.endswith(SESSION_SUFFIX) else name + SESSION_SUFFIX)
    filing.rename(path, new)
    return new


def restore_backup(path: Path) -> Path:
    """Put the newest backup of a session in its place, and keep what was there as another."""
    return filing.restore_backup(path)


def _glance(path: Path) -> SessionSummary | Unreadable:
    try:
        with open_at_a_glance(path) as reader:
            return reader.summary()
    except SessionFileError as error:
        return Unreadable(path, error)

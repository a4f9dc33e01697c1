"""What a person can open: their sessions, and the examples that they have not opened yet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from loom.session.examples import copied_example, example_rows
from loom.session.library import Unreadable, listed, n_joins, session_files
from loom.store.summary import SessionSummary


@dataclass(frozen=True, slots=True)
class SessionChoice:
    """A session to open; `path` is None for an example that has no copy yet.

    `about` tells more of it, `problem` why it cannot be opened. `changed_at` is seconds since the
    Unix epoch, None for an example.
    """

    name: str
    about: str
    path: Path | None = None
    changed_at: float | None = None
    problem: str | None = None

    def opened(self) -> Path:
        """The file to open; an example is copied first. LoomError if that cannot be done."""
        return copied_example(self.name) if self.path is None else self.path


def session_choices() -> list[SessionChoice]:
    """Sessions of the folder of sessions, the last changed first, then examples."""
    found = []
    for one in listed(session_files()):
        if isinstance(one, Unreadable):
            found.append(SessionChoice(one.path.stem, "", one.path, problem=one.error.what))
        else:
            found.append(SessionChoice(one.title, _about(one), one.path, one.changed_at))
    new = (row for row in example_rows() if row.copy is None)
    return [*found, *(SessionChoice(row.name, row.about) for row in new)]


def _about(one: SessionSummary) -> str:
    n = n_joins(one)
    joins = f"{n:,} {'join' if n == 1 else 'joins'}" if n else ""
    facts = (f"{one.n_nodes:,} nodes", joins, Path(one.model).stem, one.path.name)
    return " · ".join(fact for fact in facts if fact)

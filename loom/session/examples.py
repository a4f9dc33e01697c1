"""The sessions that come with loom; opening one opens a copy among a person's own."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from loom.errors import SessionFileError, UsageError
from loom.paths import bundled_file, sessions_dir

STARTER = "starter"
SESSION_SUFFIX = ".loom"

EXAMPLES: Mapping[str, str] = {
    STARTER: "a chat that branches: who answers is a matter of dice",
    "story": "branches that meet, and some that only look so",
    "wedding": "a toast pushed into the dark, and the ways back",
    "anon": "a conversation from which anon may leave at every line",
    "numbers": "one question for a base model and its chat sibling",
}
"""Their names, in the order in which they are best opened, and what is to be seen in each."""


@dataclass(frozen=True, slots=True)
class ExampleRow:
    """An example and where a person's copy of it lies, if there is one."""

    name: str
    about: str
    copy: Path | None


def example_rows() -> list[ExampleRow]:
    """All examples."""
    return [
        ExampleRow(name, about, path if (path := _copy_of(name)).exists() else None)
        for name, about in EXAMPLES.items()
    ]


def copied_example(name: str) -> Path:
    """A person's copy of an example, made if there is none; UsageError for a name of no example.

    SessionFileError if the folder of sessions cannot be written.
    """
    if name not in EXAMPLES:
        raise UsageError(f"There is no example {name!r}.", f"There are {', '.join(EXAMPLES)}.")
    path = _copy_of(name)
    if path.exists():
        return path
    unfinished = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(bundled_file(path.name), unfinished)
        unfinished.replace(path)
    except OSError as error:
        raise SessionFileError(
            f"The folder of sessions {path.parent} cannot be written ({error.strerror}).",
            "Make room for it, or name a file: loom new FILE.",
        ) from error
    return path


def _copy_of(name: str) -> Path:
    return sessions_dir() / f"{name}{SESSION_SUFFIX}"

"""Names of files that nobody has taken yet."""

from __future__ import annotations

from pathlib import Path


def free_name(path: Path) -> Path:
    """The path where nothing lies there, else the first of name-2, name-3 ... beside it."""
    free, n = path, 2
    while free.exists():
        free, n = path.with_name(f"{path.stem}-{n}{path.suffix}"), n + 1
    return free

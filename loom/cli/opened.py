"""What several commands need: a session opened and closed again, what a word or option names."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loom.errors import LoomError, NodeNotFoundError

if TYPE_CHECKING:
    from loom.engine.client import Connect
    from loom.session.session import Session
    from loom.tree.graph import Tree

FILE = click.Path(path_type=Path, dir_okay=True)


@contextmanager
def opened(file: Path) -> Iterator[Session]:
    """The session of a file, closed again at the end."""
    from loom.session.session import Session

    session = Session.open(file, connect())
    try:
        yield session
    finally:
        session.close()


def connect() -> Connect:
    """Models run in a child process of their own, and speak to a log."""
    from loom.engine.process import connect_to_child
    from loom.models.gguf_file import read_for_loading
    from loom.paths import log_dir

    log_dir().mkdir(parents=True, exist_ok=True)
    return connect_to_child(log_dir() / "engine.log", read_for_loading)


def node_of(tree: Tree, at: str | None) -> str:
    """The node that was named, else the one where the person stands."""
    if at is not None:
        return tree.resolve(at)
    from loom.tree.nearest import nearest_visible

    here = None if tree.selected_id is None else nearest_visible(tree, tree.selected_id)
    if here is not None:
        return here
    raise NodeNotFoundError("This session has no text yet.", "Give it one: loom new --prompt.")


def text_of(named: str) -> str:
    """The text that was named; - reads it from stdin."""
    return sys.stdin.read() if named == "-" else named


def check_for_terminal(what: str, remedy: str) -> None:
    """LoomError with this sentence where there is nobody to draw for."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise LoomError(what, remedy)

"""Writing a tree out: what is exported is gathered here, written there, and put into files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loom.convergence.joins import find_joins
from loom.errors import LoomError
from loom.formats.choice import Choice, excerpt, joins_within
from loom.formats.material import Material, Wording
from loom.formats.table import Format
from loom.session.pieces import Pieces
from loom.store.database import open_for_reading
from loom.tree.graph import Tree


@contextmanager
def gathered(path: Path, choice: Choice, wording: Wording) -> Iterator[Material]:
    """All that an exporter needs of a session file, which stays open for reading meanwhile."""
    with open_for_reading(path) as stored:
        tree = Tree()
        for event in stored.load_events():
            tree.apply(event)
        joins = find_joins(tree)
        part = excerpt(tree, choice, joins)
        yield Material(
            excerpt=part,
            joins=joins_within(joins, part),
            tokens_of=stored.read_tokens,
            piece_of=Pieces(tree).piece,
            wording=wording,
        )


def write_files(path: Path, form: Format, given: Material) -> tuple[Path, ...]:
    """Write an export and what lies beside it; LoomError says why it could not be."""
    written = [(path, form.write)]
    written += [(path.with_name(path.stem + ending), write) for ending, write in form.beside]
    for place, write in written:
        _write(place, write(given))
    return tuple(place for place, _ in written)


def _write(path: Path, content: str | bytes) -> None:
    # A lone surrogate cannot be encoded, and a text may hold anything.
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    try:
        path.write_bytes(data)
    except OSError as error:
        raise LoomError(
            f"{path} cannot be written ({(error.strerror or str(error)).lower()}).",
            "Name another file with -o.",
        ) from error

"""Writing a tree out: what is exported is gathered here, written there, and put into files."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from loom.engine.client import Connect
from loom.errors import LoomError, UsageError
from loom.formats.choice import Choice, excerpt, joins_within
from loom.formats.material import Material, Wording
from loom.formats.table import WriteUp
from loom.records import Join
from loom.session.judging.telling import joins_of
from loom.session.pieces import Pieces
from loom.session.reading import read_tree, without_collection
from loom.session.verifying.sentence import in_a_sentence
from loom.session.verifying.verify import verify, verify_file
from loom.store.database import open_for_reading
from loom.tree.graph import Tree

Check = Literal["none", "file", "models"]
"""What is verified for a write-up: nothing, the file by itself, or also against its models."""


@contextmanager
def gathered(
    path: Path, choice: Choice, wording: Wording, checked: str | None = None
) -> Iterator[Material]:
    """All that an exporter needs of a session file, which stays open for reading meanwhile.

    `checked` is what `said_of` found out about it.
    """
    tree = read_tree(path)
    with without_collection():
        joins = joins_of(tree)
    with gathered_of(path, tree, joins, choice, wording, checked) as given:
        yield given


@contextmanager
def gathered_of(
    path: Path,
    tree: Tree,
    joins: tuple[Join, ...],
    choice: Choice,
    wording: Wording,
    checked: str | None,
) -> Iterator[Material]:
    """The same of a file whose tree was read, with where branches meet in it."""
    part = excerpt(tree, choice, joins)
    with open_for_reading(path) as stored:
        yield Material(
            excerpt=part,
            joins=joins_within(joins, part),
            tokens_of=stored.read_tokens,
            piece_of=Pieces(tree).piece,
            wording=wording,
            verified=checked,
        )


def said_of(path: Path, check: Check, connect: Connect, say: Callable[[str], None]) -> str | None:
    """What a check of a session says, for a write-up; None where none was asked for.

    `say` is told what takes time. SessionFileError if the file cannot be read at all.
    """
    match check:
        case "none":
            return None
        case "file":
            return in_a_sentence(verify_file(path))
        case "models":
            return in_a_sentence(verify(path, connect, say))


def marked(tree: Tree, *, bookmarked: bool, tags: Collection[str]) -> tuple[str, ...]:
    """The nodes with a bookmark, if those are asked for, or one of the tags.

    Empty if neither is asked for; UsageError if no node is marked so.
    """
    if not tags and not bookmarked:
        return ()
    found = [
        node_id
        for node_id in tree.marked_ids
        if (bookmarked and tree.marks(node_id).bookmarked)
        or not {tag.name for tag in tree.marks(node_id).tags}.isdisjoint(tags)
    ]
    if not found:
        raise UsageError("No node of this session is marked so.", "loom bookmark and loom tag do.")
    return tuple(found)


def write_files(path: Path, form: WriteUp, given: Material) -> tuple[Path, ...]:
    """Write an export and what lies beside it; LoomError says why it could not be."""
    written = [(path, form.write)]
    written += [(path.with_name(path.stem + ending), write) for ending, write in form.beside]
    for place, write in written:
        _write(place, write(given))
    return tuple(place for place, _ in written)


def as_bytes(content: str | bytes) -> bytes:
    """What an exporter makes, as it is written."""
    # A lone surrogate cannot be encoded, and a text may hold anything.
    return content.encode("utf-8", "replace") if isinstance(content, str) else content


def _write(path: Path, content: str | bytes) -> None:
    try:
        path.write_bytes(as_bytes(content))
    except OSError as error:
        raise not_written(path, error) from error


def not_written(path: Path, error: OSError) -> LoomError:
    """Why an export is not there."""
    what = f"{path} cannot be written ({(error.strerror or str(error)).lower()})."
    return LoomError(what, "Name another file with -o.")

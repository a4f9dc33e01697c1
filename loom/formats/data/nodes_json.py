"""A part of a tree as one JSON document: its nodes, as `loom show --json` prints them."""

from __future__ import annotations

from collections.abc import Iterator

from loom.formats.data.characters import spelled
from loom.formats.data.part import Part
from loom.formats.data.private import without_places
from loom.formats.loom_json import node_object, session_object


def nodes_json(part: Part) -> Iterator[str]:
    """The document in pieces, a node each."""
    about = without_places(spelled(session_object(part.tree)))
    yield f'{{"session": {about}, "nodes": ['
    before = "\n"
    for node in part:
        yield before + spelled(node_object(node, part.tree))
        before = ",\n"
    yield "\n]}\n"

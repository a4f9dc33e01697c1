"""Obsidian loom's JSON of one note: it opens there, and what came from there comes back."""

from __future__ import annotations

import json
from collections.abc import Iterator

from loom.formats.data.characters import characters
from loom.formats.data.part import Part
from loom.formats.importing.planting import UNKNOWN
from loom.formats.importing.report import Report
from loom.tree.node import HUMAN, Node
from loom.tree.origin import origin_of

PROGRAM = "loomsidian"
_NOTE: dict[str, object] = {"hoisted": [], "searchTerm": "", "generating": None}
_NODE: dict[str, object] = {
    "collapsed": False,
    "unread": False,
    "bookmarked": False,
    "searchResultState": None,
}


def loomsidian(part: Part, report: Report) -> Iterator[str]:
    """A note with all nodes, parents first."""
    keys: dict[str, object] = dict(_NOTE)
    for event in part.tree.imports:
        if event.program == PROGRAM:
            keys |= json.loads(event.keys)
    standing = part.selected_id or next(iter(part.root_ids), None)
    yield f'{{"current":{json.dumps(standing)}'
    for key, value in keys.items():
        if key not in ("current", "nodes"):
            yield f",{json.dumps(key)}:{json.dumps(value)}"
    yield ',"nodes":{'
    comma = ""
    for node in part:
        yield f"{comma}\n{json.dumps(node.id)}:{json.dumps(_node(node, part, report))}"
        comma = ","
    yield "\n}}\n"


def _node(node: Node, part: Part, report: Report) -> dict[str, object]:
    origin = origin_of(node.origin)
    keys = dict(origin.keys) if origin.program == PROGRAM else dict(_NODE)
    bookmarked = part.tree.marks(node.id).bookmarked
    if bookmarked or "bookmarked" in keys:
        keys["bookmarked"] = bookmarked
    text = characters(node, report)
    # Only a text that was changed in reading was kept as it stood.
    as_it_stood = keys.pop("text", text)
    found: dict[str, object] = {"text": as_it_stood, "parentId": node.parent_id}
    unsigned = (UNKNOWN,) if origin.program == PROGRAM else (UNKNOWN, HUMAN)
    if node.author not in unsigned:
        found["author"] = node.author
    return found | {key: value for key, value in keys.items() if key not in ("id", "parentId")}

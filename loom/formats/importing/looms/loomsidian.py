r"""Obsidian loom's JSON: the export of one note, or the plug-in's `data.json` with all of them.

The plug-in writes `\<` and `\[` where a model wrote `<` and `[`; texts below the first are given
back without, and the text as it stood is kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from loom.formats.importing.json_stream import JsonStream
from loom.formats.importing.nesting import kept
from loom.formats.importing.planting import UNKNOWN, Planting
from loom.formats.importing.shape import Shape, any_member, members
from loom.formats.importing.values import text_of, text_or_none, without

_ESCAPED = re.compile(r"\\([<\[])")
_MARKS = ("collapsed", "unread", "bookmarked", "lastVisited", "searchResultState", "author")


def recognises(shape: Shape) -> bool:
    """Nodes have a `parentId` and the marks of the plug-in."""
    found = shape.mapping()
    return _is_note(found) or _is_note(any_member(found.get("state")))


def _is_note(found: Mapping[str, object]) -> bool:
    node = any_member(found.get("nodes"))
    has_text = "text" in node or "value" in node
    return has_text and "parentId" in node and any(mark in node for mark in _MARKS)


def read(stream: JsonStream, planting: Planting) -> None:
    """Take the note, or all notes, that come next."""
    for key in stream.members():
        if key == "state" and stream.kind() == "{":
            for note in stream.members():
                inner: dict[str, object] = {}
                for part in stream.members() if stream.kind() == "{" else ():
                    _part(stream, planting, part, inner)
                planting.keep(note, inner)
        elif key == "settings" and stream.kind() == "{":
            # Its presets hold keys to services.
            stream.skip()
            planting.report.lost("settings of the plug-in")
        else:
            top: dict[str, object] = {}
            _part(stream, planting, key, top)
            for name, value in top.items():
                planting.keep(name, value)


def _part(stream: JsonStream, planting: Planting, key: str, rest: dict[str, object]) -> None:
    kind = stream.kind()
    if key == "nodes" and kind == "{":
        for node_id in stream.members():
            _node(planting, node_id, kept(stream, planting))
    elif key == "nodes" and kind == "[":
        for _ in stream.items():
            found = kept(stream, planting)
            _node(planting, text_of(members(found).get("id")), found)
    elif key == "current":
        planting.selected = text_or_none(kept(stream, planting)) or planting.selected
    else:
        rest[key] = kept(stream, planting)


def _node(planting: Planting, node_id: str, value: object) -> None:
    if not isinstance(value, dict):
        planting.report.lost("nodes that are no objects")
        return
    name = "text" if "text" in value else "value"
    text, parent = value.get(name), text_or_none(value.get("parentId"))
    keys = without(value, "id", name, "parentId", "author")
    if parent is not None and isinstance(text, str) and _ESCAPED.search(text):
        planting.report.guessed(r"\< and \[ were read as < and [")
        keys["text"] = text
        text = _ESCAPED.sub(r"\1", text)
    author = text_of(value.get("author")) or UNKNOWN
    place = planting.reserve()
    if value.get("bookmarked") is True:
        planting.bookmarked.append(place)
    planting.put(place, text, foreign_id=node_id, parent=parent, author=author, keys=keys)

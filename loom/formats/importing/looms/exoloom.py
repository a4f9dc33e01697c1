"""Exoloom's JSON."""

from __future__ import annotations

from loom.formats.importing.json_stream import JsonStream
from loom.formats.importing.nesting import kept
from loom.formats.importing.planting import UNKNOWN, Planting
from loom.formats.importing.shape import Shape, members
from loom.formats.importing.values import list_of, text_of, text_or_none, time_of, without
from loom.tree.node import HUMAN

_KNOWN = ("content", "authorType", "authorName", "parentId", "createdAt")


def recognises(shape: Shape) -> bool:
    """The file says so itself."""
    return text_of(shape.mapping().get("loomType")).lower() == "exoloom"


def read(stream: JsonStream, planting: Planting) -> None:
    """Take the tree that comes next."""
    for key in stream.members():
        if key == "tree" and stream.kind() == "{":
            _tree(stream, planting)
        else:
            value = kept(stream, planting)
            pruned = list_of(members(value).get("prunedNodes")) if key == "lens" else []
            planting.report.kept("texts that were pruned there are shown", len(pruned))
            marks = list_of(members(value).get("bookmarks")) if key == "lens" else []
            marked = (text_or_none(members(one).get("nodeId")) for one in marks)
            planting.bookmarked += [node_id for node_id in marked if node_id is not None]
            planting.keep(key, value)


def _tree(stream: JsonStream, planting: Planting) -> None:
    rest: dict[str, object] = {}
    for key in stream.members():
        if key == "nodes" and stream.kind() == "{":
            for node_id in stream.members():
                _node(planting, node_id, kept(stream, planting))
        else:
            rest[key] = kept(stream, planting)
    planting.titles.append(text_of(rest.get("title")))
    planting.keep("tree", rest)


def _node(planting: Planting, node_id: str, value: object) -> None:
    if not isinstance(value, dict):
        planting.report.lost("nodes that are no objects")
        return
    human = text_of(value.get("authorType")).upper() == "USER"
    name = text_of(value.get("authorName"))
    planting.add(
        value.get("content"),
        foreign_id=node_id,
        parent=text_or_none(value.get("parentId")),
        author=HUMAN if human else name or UNKNOWN,
        at=time_of(value.get("createdAt")),
        keys=without(value, *(_KNOWN if not human or not name else _KNOWN[:2] + _KNOWN[3:])),
    )
    planting.child_order[node_id] = [text_of(one) for one in list_of(value.get("childrenIds"))]

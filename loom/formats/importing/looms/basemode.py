"""basemode-loom's JSON, and the rows of its database, which have the same columns."""

from __future__ import annotations

import json
from collections.abc import Mapping

from loom.formats.importing.json_stream import JsonStream
from loom.formats.importing.nesting import kept
from loom.formats.importing.planting import UNKNOWN, Planting
from loom.formats.importing.shape import Shape, any_member, members
from loom.formats.importing.values import role_of, text_of, text_or_none, time_of, without
from loom.tree.node import HUMAN

_KNOWN = ("id", "parent_id", "text", "model", "created_at")


def recognises(shape: Shape) -> bool:
    """Nodes have a kind, a parent_id and a context or a strategy."""
    found = any_member(shape.mapping().get("nodes"))
    marks = ("kind", "strategy", "context_id", "tree_id", "root_id")
    return "parent_id" in found and "text" in found and any(mark in found for mark in marks)


def read(stream: JsonStream, planting: Planting) -> None:
    """Take the tree that comes next."""
    for key in stream.members():
        if key == "nodes" and stream.kind() == "[":
            for _ in stream.items():
                plant_row(planting, members(kept(stream, planting)))
        else:
            planting.keep(key, kept(stream, planting))


def plant_row(planting: Planting, row: Mapping[str, object]) -> None:
    """One node; a context is kept beside the tree, for it stands before no text."""
    if not row:
        planting.report.lost("nodes that are no objects")
        return
    if row.get("kind") == "context":
        planting.report.kept("contexts, which belong to no place of the tree")
        planting.keep(f"context {text_of(row.get('id'))}", row)
        return
    metadata = _metadata(row)
    role = role_of(metadata.get("role"))
    if role is not None:
        planting.mode = "chat"
    model = text_of(row.get("model"))
    written = row.get("kind") == "root" or role in ("user", "system")
    place = planting.add(
        row.get("text"),
        foreign_id=text_of(row.get("id")),
        parent=text_or_none(row.get("parent_id")),
        role=role or "text",
        author=model or (HUMAN if written else UNKNOWN),
        at=time_of(row.get("created_at")),
        finish="eos" if role == "assistant" else None,
        keys=without(row, *_KNOWN),
    )
    if metadata.get("bookmarked") is True:
        planting.bookmarked.append(place)
    if row.get("checked_out"):
        planting.selected = text_of(row.get("id"))


def _metadata(row: Mapping[str, object]) -> dict[str, object]:
    value = row.get("metadata", row.get("metadata_json"))
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    return members(value)

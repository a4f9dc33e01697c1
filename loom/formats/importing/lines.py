"""One node a line: loom's own JSON Lines, and the original Loom's."""

from __future__ import annotations

from base64 import b64decode

from loom.formats.importing.json_stream import JsonStream
from loom.formats.importing.nesting import kept
from loom.formats.importing.planting import UNKNOWN, Planting
from loom.formats.importing.shape import Shape, any_member, first_lines, members
from loom.formats.importing.values import role_of, text_of, text_or_none, time_of, without
from loom.tree.events import Finish, Role

_OWN = ("id", "parent", "role", "author", "text", "bytes_base64", "created_at", "finish")
_DERIVED = ("n_tokens", "state", "hidden", "index", "n_asked", "queue_s", "request", "message")
_FINISHES: dict[str, Finish] = {
    "eos": "eos",
    "stop": "stop",
    "length": "length",
    "until": "until",
    "context": "context",
    "cancelled": "cancelled",
    "error": "error",
}


def recognises_own(shape: Shape) -> bool:
    """Lines with loom's keys of a node."""
    lines = first_lines(shape.values)
    return bool(lines) and all({"id", "parent", "author", "role", "text"} <= set(x) for x in lines)


def recognises_pyloom(shape: Shape) -> bool:
    """Lines with an id, a text and a parent_id, and hardly anything else."""
    lines = first_lines(shape.values)
    return bool(lines) and all(
        {"id", "text", "parent_id"} <= set(x) and "kind" not in x for x in lines
    )


def read_own(stream: JsonStream, planting: Planting) -> None:
    """Every line that loom wrote; tokens and requests are not in it."""
    while stream.kind():
        _plant_own(planting, members(kept(stream, planting)))


def recognises_document(shape: Shape) -> bool:
    """A document as `loom show --json` prints it."""
    found = shape.mapping()
    node = any_member(found.get("nodes"))
    return "session" in found and {"id", "parent", "author", "role", "text"} <= set(node)


def read_document(stream: JsonStream, planting: Planting) -> None:
    """Every node of such a document; what it says of the session is kept beside them."""
    for key in stream.members():
        if key == "nodes" and stream.kind() == "[":
            for _ in stream.items():
                _plant_own(planting, members(kept(stream, planting)))
        elif key == "session":
            found = members(kept(stream, planting))
            planting.titles.append(text_of(found.get("title")))
            planting.selected = text_or_none(found.get("selected"))
            planting.mode = "chat" if found.get("mode") == "chat" else planting.mode
            planting.report.lost("requests and settings of the session", len(found))
        else:
            planting.keep(key, kept(stream, planting))


def _plant_own(planting: Planting, found: dict[str, object]) -> None:
    if not found:
        planting.report.lost("nodes that are no objects")
        return
    role: Role = role_of(found.get("role")) or "text"
    planting.mode = planting.mode if role == "text" else "chat"
    if found.get("n_tokens"):
        planting.report.lost("nodes whose tokens are not in this format")
    planting.add(
        _text(found),
        foreign_id=text_of(found.get("id")),
        parent=text_or_none(found.get("parent")),
        role=role,
        author=text_of(found.get("author")) or UNKNOWN,
        at=time_of(found.get("created_at")),
        finish=_FINISHES.get(text_of(found.get("finish"))),
        keys=without(found, *_OWN, *_DERIVED),
    )


def read_pyloom(stream: JsonStream, planting: Planting) -> None:
    """Every line that the original Loom wrote."""
    while stream.kind():
        found = members(kept(stream, planting))
        if not found:
            planting.report.lost("lines that are no nodes")
            continue
        planting.add(
            found.get("text"),
            foreign_id=text_of(found.get("id")),
            parent=text_or_none(found.get("parent_id")),
            keys=without(found, "id", "text", "parent_id"),
        )


def _text(found: dict[str, object]) -> object:
    encoded = found.get("bytes_base64")
    if not isinstance(encoded, str):
        return found.get("text")
    try:
        return b64decode(encoded, validate=True).decode("utf-8", "surrogateescape")
    except ValueError:
        return found.get("text")

"""What came from another program, as JSON objects and back."""

from __future__ import annotations

from typing import get_args

from loom.store.payload import Json, Payload
from loom.tree.events import Finish, NodeImported, Role, TreeImported

_ROLES: tuple[Role, ...] = get_args(Role)
_FINISHES: tuple[Finish, ...] = get_args(Finish)


def from_imported_tree(event: TreeImported) -> dict[str, Json]:
    """An imported tree as a JSON object; `keys` stays the text that it is."""
    return {
        "program": event.program,
        "source": event.source,
        "keys": event.keys,
        "report": list(event.report),
    }


def to_imported_tree(at: float, values: Payload) -> TreeImported:
    """The imported tree that an object describes."""
    return TreeImported(
        at,
        values.text("program"),
        values.text("source"),
        values.text("keys"),
        values.texts("report"),
    )


def from_imported_node(event: NodeImported) -> dict[str, Json]:
    """An imported node as a JSON object, without its text."""
    return {
        "parent_id": event.parent_id,
        "role": event.role,
        "author": event.author,
        "finish": event.finish,
        "origin": event.origin,
    }


def to_imported_node(at: float, node_id: str, values: Payload, text: bytes) -> NodeImported:
    """The imported node that an object describes."""
    return NodeImported(
        at=at,
        node_id=node_id,
        parent_id=values.text_or_none("parent_id"),
        role=values.choice("role", _ROLES),
        author=values.text("author"),
        text=text,
        finish=None
        if values.text_or_none("finish") is None
        else values.choice("finish", _FINISHES),
        origin=values.text("origin"),
    )

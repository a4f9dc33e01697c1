"""Changes of a tree, and the operations they belong to, as JSON objects of the journal and back."""

from __future__ import annotations

from dataclasses import asdict
from typing import get_args

from loom.records import Place
from loom.store.packing import pack_ints
from loom.store.payload import Json, Payload
from loom.store.row import Content, required
from loom.tree.changes import (
    BookmarkRemoved,
    ChapterBegun,
    GrowthHidden,
    GrowthShown,
    JoinAllowed,
    JoinDenied,
    NodeBookmarked,
    NodeChange,
    NodeDerived,
    NodeHidden,
    NodeMoved,
    NodeShown,
    NodeTagged,
    NodeTitled,
    NoteWritten,
    OperationBegan,
    OperationMark,
    OperationRedone,
    OperationUndone,
    SessionChange,
    SessionTitled,
    Slice,
    Tag,
    TagRemoved,
)
from loom.tree.kinds import Finish, Role, TagColour, TagScope, Verb

_ROLES: tuple[Role, ...] = get_args(Role)
_FINISHES: tuple[Finish, ...] = get_args(Finish)
_COLOURS: tuple[TagColour, ...] = get_args(TagColour)
_SCOPES: tuple[TagScope, ...] = get_args(TagScope)
_VERBS: tuple[Verb, ...] = get_args(Verb)


def from_node_change(event: NodeChange) -> tuple[str, dict[str, Json]]:
    """The kind and the payload of what happens to a node that is there, or is put together."""
    match event:
        case NodeDerived():
            return "node_derived", _from_derived(event)
        case NodeHidden():
            return "node_hidden", {}
        case NodeShown():
            return "node_shown", {}
        case NodeMoved():
            return "node_moved", {"parent_id": event.parent_id, "after_id": event.after_id}
        case NodeBookmarked():
            return "node_bookmarked", {}
        case BookmarkRemoved():
            return "bookmark_removed", {}
        case NodeTagged(tag=tag):
            return "node_tagged", {"name": tag.name, "colour": tag.colour, "scope": tag.scope}
        case TagRemoved():
            return "tag_removed", {"name": event.name}
        case NoteWritten():
            return "note_written", {"text": event.text}
        case NodeTitled():
            return "node_titled", {"title": event.title}
        case ChapterBegun():
            return "chapter_begun", {"title": event.title}
        case JoinDenied():
            return "join_denied", _from_places(event.places)
        case JoinAllowed():
            return "join_allowed", _from_places(event.places)


def to_node_change(
    kind: str, at: float, node_id: str, values: Payload, content: Content | None
) -> NodeChange:
    """The event of such a row; ValueError if there is none of that kind."""
    match kind:
        case "node_derived":
            return _to_derived(at, node_id, values, required(content))
        case "node_hidden":
            return NodeHidden(at, node_id)
        case "node_shown":
            return NodeShown(at, node_id)
        case "node_moved":
            parent_id = values.text_or_none("parent_id")
            return NodeMoved(at, node_id, parent_id, values.text_or_none("after_id"))
        case "node_bookmarked":
            return NodeBookmarked(at, node_id)
        case "bookmark_removed":
            return BookmarkRemoved(at, node_id)
        case "node_tagged":
            colour, scope = values.choice("colour", _COLOURS), values.choice("scope", _SCOPES)
            return NodeTagged(at, node_id, Tag(values.text("name"), colour, scope))
        case "tag_removed":
            return TagRemoved(at, node_id, values.text("name"))
        case "note_written":
            return NoteWritten(at, node_id, values.text("text"))
        case "node_titled":
            return NodeTitled(at, node_id, values.text("title"))
        case "chapter_begun":
            return ChapterBegun(at, node_id, values.text("title"))
        case "join_denied":
            return JoinDenied(at, node_id, _to_places(values))
        case "join_allowed":
            return JoinAllowed(at, node_id, _to_places(values))
        case _:
            raise ValueError(f"nothing called {kind!r} happens to a node")


def _from_places(places: frozenset[Place]) -> dict[str, Json]:
    ordered = sorted(places, key=lambda place: (place.node, place.n_tokens))
    return {"places": [asdict(place) for place in ordered]}


def _to_places(values: Payload) -> frozenset[Place]:
    every = values.inners_or_none("places") or ()
    return frozenset(Place(one.text("node"), one.integer("n_tokens")) for one in every)


def from_session_change(event: SessionChange | OperationMark) -> tuple[str, dict[str, Json]]:
    """The kind and the payload of what happens to the session, or begins an operation."""
    match event:
        case GrowthHidden():
            return "growth_hidden", {"request_id": event.request_id}
        case GrowthShown():
            return "growth_shown", {"request_id": event.request_id}
        case SessionTitled():
            return "session_titled", {"title": event.title}
        case OperationBegan():
            return "operation_began", {
                "operation_id": event.operation_id,
                "verb": event.verb,
                "node_id": event.node_id,
                "n_changes": event.n_changes,
                "author": event.author,
            }
        case OperationUndone():
            return "operation_undone", _from_way(event)
        case OperationRedone():
            return "operation_redone", _from_way(event)


def to_session_change(kind: str, at: float, values: Payload) -> SessionChange | OperationMark:
    """The event of such a row; ValueError if there is none of that kind."""
    match kind:
        case "growth_hidden":
            return GrowthHidden(at, values.text("request_id"))
        case "growth_shown":
            return GrowthShown(at, values.text("request_id"))
        case "session_titled":
            return SessionTitled(at, values.text("title"))
        case "operation_began":
            return OperationBegan(
                at,
                values.text("operation_id"),
                values.choice("verb", _VERBS),
                values.text_or_none("node_id"),
                values.integer("n_changes"),
                values.text("author"),
            )
        case "operation_undone":
            return OperationUndone(at, values.text("operation_id"), values.integer("n_changes"))
        case "operation_redone":
            return OperationRedone(at, values.text("operation_id"), values.integer("n_changes"))
        case _:
            raise ValueError(f"nothing called {kind!r} happens to a session")


def derived_content(event: NodeDerived) -> Content:
    """The text of a derived node with its tokens, if it has any."""
    if event.token_ids is None:
        return Content(event.text, None, None, None)
    return Content(event.text, pack_ints(event.token_ids), pack_ints(event.piece_sizes), None)


def _from_way(event: OperationUndone | OperationRedone) -> dict[str, Json]:
    return {"operation_id": event.operation_id, "n_changes": event.n_changes}


def _from_derived(event: NodeDerived) -> dict[str, Json]:
    return {
        "parent_id": event.parent_id,
        "role": event.role,
        "author": event.author,
        "sources": [
            {
                "node_id": part.node_id,
                "start_byte": part.start_byte,
                "end_byte": part.end_byte,
                "start_token": part.start_token,
                "end_token": part.end_token,
            }
            for part in event.sources
        ],
        "model": event.token_model,
        "finish": event.finish,
        "special": event.special,
        "retokenised": event.retokenised,
    }


def _to_derived(at: float, node_id: str, values: Payload, content: Content) -> NodeDerived:
    read = None if content.token_ids is None else content.read()
    has_finish = values.text_or_none("finish") is not None
    return NodeDerived(
        at=at,
        node_id=node_id,
        parent_id=values.text_or_none("parent_id"),
        role=values.choice("role", _ROLES),
        author=values.text("author"),
        sources=tuple(map(_to_slice, values.inners_or_none("sources") or ())),
        text=content.text,
        token_ids=None if read is None else tuple(read.ids.tolist()),
        piece_sizes=() if read is None else tuple(map(len, read.pieces)),
        token_model=values.text("model"),
        finish=values.choice("finish", _FINISHES) if has_finish else None,
        special=bool(values.integer("special")),
        retokenised=bool(values.integer("retokenised")),
    )


def _to_slice(values: Payload) -> Slice:
    return Slice(
        values.text("node_id"),
        values.integer("start_byte"),
        values.integer("end_byte"),
        values.integer("start_token"),
        values.integer("end_token"),
    )

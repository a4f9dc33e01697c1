"""What takes a change back, seen from the tree as it is before the change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loom.tree.changes import (
    BookmarkRemoved,
    ChapterBegun,
    GrowthHidden,
    GrowthShown,
    JoinAllowed,
    JoinDenied,
    NodeBookmarked,
    NodeDerived,
    NodeHidden,
    NodeMoved,
    NodeShown,
    NodeTagged,
    NodeTitled,
    NoteWritten,
    SessionTitled,
    TagRemoved,
)
from loom.tree.events import GrowthRequested, ModeChosen, ModelChosen, NodeAdded
from loom.tree.history import Undoable
from loom.tree.marks import MarkChange

if TYPE_CHECKING:
    from loom.tree.graph import Tree


def inverse_of(event: Undoable, tree: Tree) -> Undoable:
    """The change that makes things as they are before the event; a new node is hidden by it."""
    at = event.at
    match event:
        case NodeAdded() | NodeDerived():
            return NodeHidden(at, event.node_id)
        case NodeHidden() | NodeShown():
            hidden = tree.node(event.node_id).hidden
            return NodeHidden(at, event.node_id) if hidden else NodeShown(at, event.node_id)
        case NodeMoved():
            return _back(event, tree)
        case GrowthRequested():
            return GrowthHidden(at, event.request_id)
        case GrowthHidden() | GrowthShown():
            hidden = tree.is_growth_hidden(event.request_id)
            return (
                GrowthHidden(at, event.request_id) if hidden else GrowthShown(at, event.request_id)
            )
        case JoinDenied() | JoinAllowed():
            denied = event.places in tree.denied
            return (JoinDenied if denied else JoinAllowed)(at, event.node_id, event.places)
        case SessionTitled():
            return SessionTitled(at, tree.title)
        case ModelChosen():
            return ModelChosen(at, tree.model, tree.mode, tree.template)
        case ModeChosen():
            return ModeChosen(at, tree.mode, tree.template)
        case _:
            return _inverse_of_mark(event, tree)


def _back(event: NodeMoved, tree: Tree) -> NodeMoved:
    parent_id = tree.node(event.node_id).parent_id
    family = tree.every_child(parent_id)
    at = family.index(event.node_id)
    return NodeMoved(event.at, event.node_id, parent_id, family[at - 1] if at else None)


def _inverse_of_mark(event: MarkChange, tree: Tree) -> MarkChange:
    at, node_id, marks = event.at, event.node_id, tree.marks(event.node_id)
    match event:
        case NodeBookmarked() | BookmarkRemoved():
            return (NodeBookmarked if marks.bookmarked else BookmarkRemoved)(at, node_id)
        case NodeTagged(tag=tag):
            before = marks.tag(tag.name)
            return (
                TagRemoved(at, node_id, tag.name)
                if before is None
                else NodeTagged(at, node_id, before)
            )
        case TagRemoved(name=name):
            before = marks.tag(name)
            return (
                TagRemoved(at, node_id, name) if before is None else NodeTagged(at, node_id, before)
            )
        case NoteWritten():
            return NoteWritten(at, node_id, marks.note)
        case NodeTitled():
            return NodeTitled(at, node_id, marks.title)
        case ChapterBegun():
            return ChapterBegun(at, node_id, marks.chapter)

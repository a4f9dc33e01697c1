"""What people did to texts that were there, as the lines of a replay say it."""

from __future__ import annotations

from loom.tree.changes import (
    BookmarkRemoved,
    ChapterBegun,
    GrowthHidden,
    GrowthShown,
    NodeBookmarked,
    NodeDerived,
    NodeHidden,
    NodeMoved,
    NodeShown,
    NodeTagged,
    NodeTitled,
    NoteWritten,
    OperationBegan,
    OperationRedone,
    OperationUndone,
    SessionTitled,
    TagRemoved,
)
from loom.tree.events import FuturesJudged, NodeImported, TreeEvent, TreeImported
from loom.tree.graph import Tree
from loom.tree.visible import visible_line

MARKS_OF_OPERATIONS = (OperationBegan, OperationUndone, OperationRedone)
"""They say what the changes after them belong to, which those tell by themselves."""


def change_words(event: TreeEvent, tree: Tree) -> tuple[str, str] | None:
    """What was done in one word, and to what; None for what is no such change."""
    match event:
        case NodeDerived(text=text):
            return "edited", _shown(text)
        case NodeImported(text=text):
            return "imported", _shown(text)
        case TreeImported(source=source):
            return "imported", visible_line(source)
        case NodeMoved(node_id=node_id):
            return "moved", _text(node_id, tree)
        case NodeHidden(node_id=node_id):
            return "hidden", _text(node_id, tree)
        case NodeShown(node_id=node_id):
            return "restored", _text(node_id, tree)
        case FuturesJudged(round=made):
            n = len(made.judged)
            what = f"{n:,} {'pair' if n == 1 else 'pairs'} of places"
            return "judged", f"{what}, by {visible_line(made.model_name)}"
        case GrowthHidden():
            return "hidden", "all branches of a growth"
        case GrowthShown():
            return "restored", "all branches of a growth"
        case _:
            return _marking(event, tree)


def _marking(event: TreeEvent, tree: Tree) -> tuple[str, str] | None:
    match event:
        case NodeBookmarked(node_id=node_id):
            return "bookmark", _text(node_id, tree)
        case BookmarkRemoved(node_id=node_id):
            return "unmarked", _text(node_id, tree)
        case NodeTagged(tag=tag):
            return "tagged", visible_line(tag.name)
        case TagRemoved(name=name):
            return "untagged", visible_line(name)
        case NoteWritten(text=text):
            return "note", visible_line(text) or "taken away"
        case NodeTitled(title=title):
            return "title", visible_line(title) or "taken away"
        case ChapterBegun(title=title):
            return "chapter", visible_line(title) or "taken away"
        case SessionTitled(title=title):
            return "title", visible_line(title)
        case _:
            return None


def _text(node_id: str, tree: Tree) -> str:
    return _shown(tree.node(node_id).text)


def _shown(text: bytes) -> str:
    return visible_line(text.decode("utf-8", "replace").strip())

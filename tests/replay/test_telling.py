"""A person who reads along is told what was done in words, not by the names of events."""

from __future__ import annotations

import pytest

from loom.replay.telling import told
from loom.tree.changes import (
    ChapterBegun,
    NodeBookmarked,
    NodeHidden,
    NodeShown,
    NodeTagged,
    NoteWritten,
    OperationBegan,
    OperationUndone,
    SessionTitled,
    Tag,
    TagRemoved,
)
from loom.tree.events import NodeAdded, NodeImported, SessionStarted, TreeEvent
from loom.tree.graph import Tree

DONE: list[tuple[TreeEvent, tuple[str, str] | None]] = [
    (NodeImported(1.0, "b", "a", "text", "m", b" upon a time"), ("imported", "upon a time")),
    (OperationBegan(2.0, "o", "hide", "b", 1, "human"), None),
    (NodeHidden(2.0, "b"), ("hidden", "upon a time")),
    (OperationUndone(3.0, "o", 1), None),
    (NodeShown(3.0, "b"), ("restored", "upon a time")),
    (NodeBookmarked(4.0, "a"), ("bookmark", "Once")),
    (NodeTagged(4.0, "a", Tag("best")), ("tagged", "best")),
    (TagRemoved(4.0, "a", "best"), ("untagged", "best")),
    (NoteWritten(5.0, "a", "look \x1b[2J here"), ("note", "look ␛[2J here")),
    (NoteWritten(5.0, "a", ""), ("note", "taken away")),
    (ChapterBegun(6.0, "a", "One"), ("chapter", "One")),
    (SessionTitled(7.0, "a lake"), ("title", "a lake")),
]


@pytest.fixture
def tree() -> Tree:
    tree = Tree()
    tree.apply(SessionStarted(0.0, "t", "plain", "m", "0"))
    tree.apply(NodeAdded(0.0, "a", None, "text", "human", b"Once"))
    return tree


def test_what_was_done_is_told_in_words(tree: Tree) -> None:
    for event, words in DONE:
        tree.apply(event)
        line = told(event, tree)
        assert (None if line is None else (line.kind, line.words)) == words

"""A person who reads along is told what was done in words, not by the names of events."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from loom.records import Cover, Place, Sampling, TokenColumns
from loom.replay.telling import Line, told
from loom.tree.changes import (
    BookmarkRemoved,
    ChapterBegun,
    GrowthHidden,
    GrowthShown,
    JoinDenied,
    NodeBookmarked,
    NodeDerived,
    NodeHidden,
    NodeMoved,
    NodeShown,
    NodeTagged,
    NodeTitled,
    NoteWritten,
    OperationBegan,
    OperationUndone,
    SessionTitled,
    Slice,
    Tag,
    TagRemoved,
)
from loom.tree.events import (
    BranchClosed,
    BranchOpened,
    FuturesJudged,
    GrowthRequested,
    ModeChosen,
    ModelChosen,
    NodeAdded,
    NodeImported,
    NodeSelected,
    SecondModelChosen,
    SessionStarted,
    TokensAppended,
    TreeEvent,
    TreeImported,
)
from loom.tree.graph import Tree
from loom.tree.kinds import Finish
from tests.store.specimens import judged_round

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


def grown(n_branches: int, **asked: object) -> list[TreeEvent]:
    """A request, and a branch of it with two tokens."""
    pieces = (b" upon", b" a\ntime")
    tokens = TokenColumns(np.arange(2, dtype=np.int32), pieces, np.zeros(2, np.float32), None)
    request = GrowthRequested(1.0, "r", "a", n_branches, 1_000, Sampling(), 7)
    return [
        replace(request, **asked),
        BranchOpened(1.0, "b", "a", "r", 0, "text", "m"),
        TokensAppended(1.0, "b", 0, tokens),
    ]


def lines(tree: Tree, *events: TreeEvent) -> list[Line | None]:
    found = []
    for event in events:
        tree.apply(event)
        found.append(told(event, tree))
    return found


@pytest.mark.parametrize(
    ("finish", "kind"), [("eos", "grown"), ("cancelled", "stopped"), ("error", "failed")]
)
def test_how_a_branch_ended_and_what_it_says(tree: Tree, finish: Finish, kind: str) -> None:
    *_, line = lines(tree, *grown(1), BranchClosed(2.0, "b", finish))
    assert line == Line(kind, "b", "2 tokens: upon a ¶ time")


@pytest.mark.parametrize(
    ("n", "asked", "words"),
    [
        (1, {}, "1 branch of at most 1,000 tokens, "),
        (1_200, {"mode": "exact"}, "1,200 branches of at most 1,000 tokens, exactly, "),
        (4, {"cover": Cover(0.8, 0.0)}, "a branch for each likely token (at most 4) of at most"),
    ],
)
def test_what_was_asked_for(tree: Tree, n: int, asked: dict[str, object], words: str) -> None:
    line, *streaming = lines(tree, *grown(n, **asked))
    assert line is not None
    assert (line.kind, line.node_id) == ("asked", "a")
    assert line.words.startswith(words)
    assert line.words.endswith(", seed 7")
    assert streaming == [None, None]


def test_what_was_chosen_and_where_one_went(tree: Tree) -> None:
    assert lines(
        tree,
        ModelChosen(1.0, "qwen\x1b", "chat"),
        ModeChosen(1.0, "plain"),
        ModeChosen(1.0, "chat"),
        SecondModelChosen(1.0, "other"),
        SecondModelChosen(1.0, None),
        NodeSelected(1.0, "a"),
    ) == [
        Line("model", "", "qwen␛"),
        Line("mode", "", "plain text"),
        Line("mode", "", "chat"),
        Line("second", "", "other"),
        Line("second", "", "none"),
        Line("here", "a", "Once"),
    ]


def test_what_was_done_to_texts_and_growths(tree: Tree) -> None:
    part = (Slice("a", 0, 2, 0, 0),)
    assert lines(
        tree,
        NodeDerived(1.0, "d", None, "text", "human", part, b"On", None, (), "", None),
        NodeMoved(1.0, "d", "a", None),
        NodeTitled(1.0, "a", "Beginning"),
        NodeTitled(1.0, "a", ""),
        BookmarkRemoved(1.0, "a"),
        GrowthHidden(1.0, "r"),
        GrowthShown(1.0, "r"),
        TreeImported(1.0, "loomsidian", "notes.md"),
    ) == [
        Line("edited", "d", "On"),
        Line("moved", "d", "On"),
        Line("title", "a", "Beginning"),
        Line("title", "a", "taken away"),
        Line("unmarked", "a", "Once"),
        Line("hidden", "", "all branches of a growth"),
        Line("restored", "", "all branches of a growth"),
        Line("imported", "", "notes.md"),
    ]


def test_what_was_judged_is_told_by_how_much_and_by_whom(tree: Tree) -> None:
    made = judged_round()
    (two,) = lines(tree, FuturesJudged(1.0, made))
    (one,) = lines(tree, FuturesJudged(1.0, replace(made, judged=made.judged[:1])))
    assert two == Line("judged", "", "2 pairs of places, by story-base")
    assert one == Line("judged", "", "1 pair of places, by story-base")


def test_what_nobody_has_words_for_is_told_by_its_own_name(tree: Tree) -> None:
    (line,) = lines(tree, JoinDenied(1.0, "a", frozenset({Place("a", 1)})))
    assert line == Line("changed", "a", "join denied")

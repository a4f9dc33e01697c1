"""The tree as the fold of events."""

from __future__ import annotations

import numpy as np
import pytest

from loom.errors import NodeNotFoundError
from loom.records import Sampling, TokenColumns
from loom.tree.events import (
    BranchClosed,
    BranchOpened,
    GrowthRequested,
    NodeAdded,
    NodeSelected,
    NodeTokenised,
    SessionStarted,
    TokensAppended,
    TreeEvent,
)
from loom.tree.graph import Tree
from loom.tree.node import HUMAN


def added(node_id: str, parent_id: str | None = None, text: bytes = b"x") -> NodeAdded:
    return NodeAdded(1.0, node_id, parent_id, "text", HUMAN, text)


def tokens(*pieces: bytes) -> TokenColumns:
    ids = np.arange(len(pieces), dtype=np.int32)
    return TokenColumns(ids, pieces, np.zeros(len(pieces), np.float32), None)


def tree_of(*events: TreeEvent) -> Tree:
    tree = Tree()
    for event in events:
        tree.apply(event)
    return tree


def test_children_keep_the_order_in_which_they_came() -> None:
    tree = tree_of(added("r"), added("b", "r"), added("a", "r"))
    assert tree.child_ids("r") == ("b", "a")
    assert tree.sibling_ids("a") == ("b", "a")
    assert tree.leaf_ids() == ["b", "a"]


def test_a_session_may_have_several_roots() -> None:
    tree = tree_of(added("one"), added("two"))
    assert tree.root_ids == ("one", "two")
    assert tree.sibling_ids("one") == ("one", "two")


def test_a_path_is_every_text_from_the_root_verbatim() -> None:
    tree = tree_of(added("r", text=b"\xf0\x9f"), added("c", "r", b"\x8c\xb1 and on "))
    assert tree.path_text("c").decode() == "🌱 and on "
    assert [node.id for node in tree.path("c")] == ["r", "c"]


def test_a_branch_grows_and_ends() -> None:
    tree = tree_of(
        added("r"),
        GrowthRequested(1.0, "q", "r", 2, 8, Sampling(), 1),
        BranchOpened(2.0, "b", "r", "q", 0, "text", "story-base"),
        TokensAppended(2.0, "b", 0, tokens(b" a", b" b")),
    )
    assert tree.growing_ids == ("b",)
    assert tree.node("b").state == "growing"
    tree.apply(TokensAppended(2.0, "b", 2, tokens(b"\xe2\x82")))
    tree.apply(BranchClosed(3.0, "b", "length"))
    node = tree.node("b")
    assert node.text == b" a b\xe2\x82"
    assert node.display_text() == " a b�"
    assert node.piece_sizes == (2, 2, 2)
    assert (node.state, node.finish) == ("done", "length")
    assert tree.growing_ids == ()


@pytest.mark.parametrize(
    ("finish", "state"),
    [("cancelled", "partial"), ("error", "partial"), ("eos", "done"), ("context", "done")],
)
def test_only_what_was_broken_off_is_partial(finish: str, state: str) -> None:
    tree = tree_of(added("r"), BranchOpened(2.0, "b", "r", "q", 0, "text", "m"))
    tree.apply(BranchClosed(3.0, "b", finish))  # type: ignore[arg-type]
    assert tree.node("b").state == state


def test_going_down_returns_to_the_child_visited_last() -> None:
    tree = tree_of(added("r"), added("a", "r"), added("b", "r"), added("deep", "b"))
    assert tree.last_visited_child("r") == "a"
    tree.apply(NodeSelected(1.0, "deep"))
    tree.apply(NodeSelected(1.0, "r"))
    assert tree.last_visited_child("r") == "b"
    assert tree.last_visited_child("b") == "deep"
    assert tree.last_visited_child("deep") is None


def test_a_part_of_an_id_is_enough_if_it_means_one_node() -> None:
    tree = tree_of(added("abc"), added("abd"), added("x", "abc"))
    assert tree.resolve("x") == "x"
    assert tree.resolve("abd") == "abd"
    with pytest.raises(NodeNotFoundError, match="2 nodes: abc, abd"):
        tree.resolve("ab")
    with pytest.raises(NodeNotFoundError, match="no node 'z'"):
        tree.resolve("z")
    with pytest.raises(NodeNotFoundError):
        tree.resolve("")


@pytest.mark.parametrize(
    "event",
    [
        added("r"),
        added("c", "nobody"),
        TokensAppended(1.0, "r", 5, tokens(b"x")),
        BranchClosed(1.0, "nobody", "eos"),
        NodeSelected(1.0, "nobody"),
    ],
)
def test_what_the_journal_can_never_say_is_refused(event: TreeEvent) -> None:
    tree = tree_of(SessionStarted(0.0, "t", "plain", "m", "0"), added("r"))
    with pytest.raises(ValueError, match="node"):
        tree.apply(event)


def test_reading_a_written_text_gives_it_tokens() -> None:
    tree = tree_of(added("r", text=b"ab"), NodeTokenised(1.0, "r", (7, 8), (b"a", b"b"), "f"))
    node = tree.node("r")
    assert (node.token_ids, node.piece_sizes, node.token_model) == ((7, 8), (1, 1), "f")


def test_a_chain_of_ten_thousand_nodes_is_nothing_special() -> None:
    tree = tree_of(added("0"), *(added(str(i), str(i - 1)) for i in range(1, 10_000)))
    tree.apply(NodeSelected(1.0, "9999"))
    assert len(tree.path("9999")) == 10_000
    assert tree.last_visited_child("0") == "1"

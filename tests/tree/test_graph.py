"""The tree as the fold of events."""

from __future__ import annotations

import numpy as np
import pytest

from loom.errors import NodeNotFoundError
from loom.records import Sampling, TokenColumns
from loom.tree.changes import (
    GrowthHidden,
    GrowthShown,
    NodeHidden,
    NodeMoved,
    NodeShown,
    NoteWritten,
    OperationBegan,
    SessionTitled,
)
from loom.tree.events import (
    BranchClosed,
    BranchesGrown,
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


def grown(*node_ids: str, request_id: str = "q") -> list[TreeEvent]:
    """A request for branches below "r", each begun."""
    n = len(node_ids)
    asked = GrowthRequested(1.0, request_id, "r", n, 8, Sampling(), 1)
    return [
        asked,
        *(BranchOpened(1.0, i, "r", request_id, n, "text", "m") for n, i in enumerate(node_ids)),
    ]


def test_all_nodes_count_and_come_in_order_also_those_that_are_hidden() -> None:
    tree = tree_of(added("r"), added("b", "r"), added("a", "b"), NodeHidden(1.0, "b"))
    assert len(tree) == 3
    assert [node.id for node in tree] == ["r", "b", "a"]
    assert list(tree.subtree_ids("b")) == ["b", "a"]
    assert ("a" in tree, "z" in tree, tree.n_visible) == (True, False, 1)


def test_a_hidden_node_is_its_own_sibling_and_no_other_s() -> None:
    tree = tree_of(added("r"), added("a", "r"), added("b", "r"), added("c", "r"))
    tree.apply(NodeHidden(1.0, "a"))
    tree.apply(NodeHidden(1.0, "b"))
    assert tree.sibling_ids("b") == ("b", "c")
    assert tree.sibling_ids("c") == ("c",)


def test_the_child_visited_last_must_still_be_there_to_be_seen() -> None:
    tree = tree_of(added("r"), added("a", "r"), added("b", "r"), added("other"))
    tree.apply(NodeSelected(1.0, "b"))
    tree.apply(NodeHidden(1.0, "b"))
    assert tree.last_visited_child("r") == "a"
    tree.apply(NodeShown(1.0, "b"))
    assert tree.last_visited_child("r") == "b"
    tree.apply(NodeMoved(1.0, "b", "other", None))
    assert tree.last_visited_child("r") == "a"


def test_paths_follow_what_is_moved() -> None:
    tree = tree_of(added("r"), added("a", "r"), added("b", "a"), added("other"))
    tree.apply(NodeSelected(1.0, "b"))
    tree.apply(NodeMoved(1.0, "a", "other", None))
    assert [node.id for node in tree.path("b")] == ["other", "a", "b"]


def test_a_node_is_displaced_while_another_text_stands_in_front_of_it() -> None:
    tree = tree_of(added("r", text=b"one"), added("a", "r"), added("b", "a"), added("same"))
    tree.apply(added("s", "same", b"one"))
    moves = [("s", True), ("same", True), ("r", False), (None, True), ("s", True), ("r", False)]
    for parent_id, displaced in moves:
        tree.apply(NodeMoved(1.0, "a", parent_id, None))
        assert tree.node("a").displaced == displaced
    # The same text in front is no other text, whichever nodes it is made of.
    tree.apply(added("two", text=b"one"))
    tree.apply(NodeMoved(1.0, "a", "two", None))
    assert not tree.node("a").displaced
    assert not tree.node("b").displaced


def test_a_node_that_changes_its_place_among_its_siblings_is_not_displaced() -> None:
    tree = tree_of(added("r"), added("a", "r"), added("b", "r"))
    tree.apply(NodeMoved(1.0, "a", "r", "b"))
    assert (tree.child_ids("r"), tree.node("a").displaced) == (("b", "a"), False)


def test_the_beginning_of_one_id_is_enough() -> None:
    tree = tree_of(*(added(f"ab{n}") for n in range(4)), added("xyz"))
    assert tree.resolve("xy") == "xyz"
    with pytest.raises(NodeNotFoundError, match=r"4 nodes: ab0, ab1, ab2, ab3\."):
        tree.resolve("ab")
    tree.apply(added("ab4"))
    with pytest.raises(NodeNotFoundError, match=r"5 nodes: ab0, ab1, ab2, ab3 \.\.\."):
        tree.resolve("ab")


def test_tokens_come_behind_those_that_are_there() -> None:
    tree = tree_of(added("r"), *grown("a"))
    tree.apply(TokensAppended(1.0, "a", 0, tokens(b"x", b"yz")))
    tree.apply(TokensAppended(1.0, "a", 2, tokens(b"w")))
    node = tree.node("a")
    assert (node.text, node.token_ids, node.piece_sizes) == (b"xyzw", (0, 1, 0), (1, 2, 1))


def test_a_growth_is_hidden_and_shown_as_one() -> None:
    tree = tree_of(added("r"), *grown("a", "b"), added("c", "r"))
    assert tree.branches_of("q") == ("a", "b")
    tree.apply(GrowthHidden(1.0, "q"))
    assert (tree.child_ids("r"), tree.is_growth_hidden("q")) == (("c",), True)
    tree.apply(BranchOpened(1.0, "late", "r", "q", 2, "text", "m"))
    assert tree.child_ids("r") == ("c",)
    tree.apply(GrowthShown(1.0, "q"))
    assert tree.child_ids("r") == ("a", "b", "c", "late")
    assert tree.branches_of("q") == ("a", "b", "late")


def test_branches_that_come_whole_belong_to_their_growths() -> None:
    each = tree_of(added("r"), *grown("a", "b"), *grown("c", request_id="p"))
    for node_id in "abc":
        each.apply(BranchClosed(2.0, node_id, "eos"))
    nodes = tuple(each.node(i) for i in "abc")
    tree = tree_of(added("r"), GrowthHidden(1.0, "q"), BranchesGrown(2.0, nodes))
    assert (tree.branches_of("q"), tree.branches_of("p")) == (("a", "b"), ("c",))
    assert tree.child_ids("r") == ("c",)
    assert tree.every_child("r") == ("a", "b", "c")
    assert tree.growing_ids == ()
    tree.apply(GrowthShown(3.0, "q"))
    assert [tree.node(i) for i in tree.child_ids("r")] == list(nodes)


def test_a_tree_that_goes_back_is_the_one_that_was_and_shares_nothing_with_it() -> None:
    tree = tree_of(SessionStarted(0.0, "t", "plain", "m", "0"), added("r"), added("o", text=b"y"))
    for event in (*grown("a", "b"), NodeSelected(1.0, "a"), NodeMoved(1.0, "b", "o", None)):
        tree.apply(event)
    kept = tree.checkpoint()
    assert kept is not None
    was = seen(tree)
    for event in (
        SessionTitled(2.0, "other"),
        GrowthHidden(2.0, "q"),
        NodeMoved(2.0, "a", "o", None),
        BranchClosed(2.0, "a", "eos"),
        NoteWritten(2.0, "r", "note"),
        *grown("c", request_id="q"),
        added("d", "r"),
        NodeSelected(2.0, "d"),
        NodeSelected(2.0, "a"),
    ):
        tree.apply(event)
    assert seen(tree) != was
    other = Tree()
    for one in (tree, other):
        one.resume(kept)
        assert seen(one) == was
    tree.apply(added("e", "a"))
    tree.apply(BranchClosed(3.0, "b", "eos"))
    assert seen(other) == was
    # It knows from where a node was taken away.
    other.apply(NodeMoved(3.0, "b", "r", None))
    assert not other.node("b").displaced


def test_in_the_midst_of_an_operation_there_is_nothing_to_go_back_to() -> None:
    tree = tree_of(added("r"), OperationBegan(1.0, "o", "note", "r", 1, HUMAN))
    assert tree.checkpoint() is None


def seen(tree: Tree) -> dict[str, object]:
    """All that can be asked of a tree."""
    ids = [node.id for node in tree]
    return {
        "nodes": list(tree),
        "visible": [node.id for node in tree.visible()],
        "families": [tree.every_child(i) for i in (None, *ids)],
        "paths": [tree.path(i) for i in ids],
        "visited": [tree.last_visited_child(i) for i in ids],
        "growing": tree.growing_ids,
        "growths": [(i, tree.branches_of(i), tree.is_growth_hidden(i)) for i in tree.requests],
        "marks": [tree.marks(i) for i in ids],
        "done": tree.history.done,
        "about": (tree.title, tree.mode, tree.model, tree.selected_id),
    }

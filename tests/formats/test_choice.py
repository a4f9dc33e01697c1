"""Choosing what is exported: nothing more than asked for, and nothing lost without a count."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from loom.formats.choice import Choice, excerpt
from loom.tree.changes import NodeHidden
from loom.tree.events import NodeAdded, SessionStarted
from loom.tree.graph import Tree
from loom.tree.node import HUMAN


def tree_of(parents: dict[str, str | None]) -> Tree:
    tree = Tree()
    tree.apply(SessionStarted(0.0, "toast", "plain", "story-base", "0"))
    for node_id, parent_id in parents.items():
        tree.apply(NodeAdded(0.0, node_id, parent_id, "text", HUMAN, node_id.encode()))
    return tree


TOAST = tree_of({"r": None, "a": "r", "b": "r", "a1": "a", "a2": "a", "b1": "b", "b2": "b1"})


def test_without_a_choice_everything_is_there_in_order() -> None:
    part = excerpt(TOAST)
    assert list(part.children) == ["r", "a", "a1", "a2", "b", "b1", "b2"]
    assert part.children["a"] == ("a1", "a2")
    assert part.tops == ("r",)
    assert not part.n_more
    assert part.n_elsewhere == part.n_hidden == 0


def test_a_part_is_what_hangs_from_a_node() -> None:
    part = excerpt(TOAST, Choice(at="b"))
    assert list(part.children) == ["b", "b1", "b2"]
    assert part.tops == ("b",)
    assert part.n_elsewhere == 4


def test_a_road_is_a_chain() -> None:
    part = excerpt(TOAST, Choice(path_to="a2"))
    assert part.children == {"r": ("a",), "a": ("a2",), "a2": ()}


def test_chosen_branches_keep_what_is_above_and_below_them() -> None:
    part = excerpt(TOAST, Choice(through=("b1", "a2")))
    assert list(part.children) == ["r", "a", "a2", "b", "b1", "b2"]


def test_a_limit_says_how_many_nodes_it_left_out_and_where() -> None:
    assert excerpt(TOAST, Choice(depth=2)).n_more == {"a": 2, "b": 2}
    assert excerpt(TOAST, Choice(n_nodes=2)).n_more == {"r": 3, "a": 2}
    assert excerpt(TOAST, Choice(n_nodes=4)).n_more == {"a": 1, "b": 2}


def test_what_is_hidden_comes_only_if_it_is_asked_for() -> None:
    tree = tree_of({"r": None, "a": "r", "b": "r", "b1": "b"})
    tree.apply(NodeHidden(1.0, "b"))
    assert list(excerpt(tree).children) == ["r", "a"]
    assert excerpt(tree).n_hidden == 2
    assert list(excerpt(tree, Choice(hidden=True)).children) == ["r", "a", "b", "b1"]


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    parents: dict[str, str | None] = {}
    for i in range(draw(st.integers(1, 25))):
        parents[f"n{i}"] = draw(st.sampled_from([None, *parents]))
    return tree_of(parents)


@given(trees(), st.data())
def test_every_node_is_shown_or_counted(tree: Tree, data: st.DataObject) -> None:
    ids = [node.id for node in tree]
    choice = Choice(
        at=data.draw(st.sampled_from([None, *ids])),
        depth=data.draw(st.none() | st.integers(1, 5)),
        n_nodes=data.draw(st.none() | st.integers(1, 30)),
    )
    part = excerpt(tree, choice)
    told = len(part) + sum(part.n_more.values()) + part.n_more_at_top + part.n_elsewhere
    assert told == len(tree)
    assert part.n_more_at_top >= 0
    for node_id, children in part.children.items():
        assert set(children) <= set(tree.child_ids(node_id))

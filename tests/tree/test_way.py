"""Paths and last visited children are what climbing every time would find."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from loom.tree.events import BranchClosed, BranchOpened, ModeChosen, NodeSelected
from loom.tree.graph import Tree

from .test_graph import added, tree_of

parents = st.lists(st.integers(0, 10**6), min_size=1, max_size=40)


def of_parents(numbers: list[int]) -> Tree:
    """Node i hangs below one before it, or is a root."""
    tree = Tree()
    for at, number in enumerate(numbers):
        parent = number % (at + 1)
        tree.apply(added(f"n{at}", f"n{parent}" if parent < at else None))
    return tree


def climbed(tree: Tree, node_id: str) -> list[str]:
    way = [node_id]
    while (parent_id := tree.node(way[-1]).parent_id) is not None:
        way.append(parent_id)
    return way[::-1]


@given(parents, st.lists(st.integers(0, 10**6), max_size=20), st.integers(0, 10**6))
def test_walking_finds_the_same_paths_and_children(
    numbers: list[int], steps: list[int], forgotten_at: int
) -> None:
    tree, visited = of_parents(numbers), dict[str, str]()
    for number, step in enumerate(steps):
        here, there = f"n{step % len(numbers)}", f"n{(step // 7) % len(numbers)}"
        tree.apply(NodeSelected(0.0, here))
        way = climbed(tree, here)
        visited.update(itertools.pairwise(way))
        if number == forgotten_at % 20:
            tree.apply(ModeChosen(0.0, "plain"))
        for node_id in (here, there):
            assert [node.id for node in tree.path(node_id)] == climbed(tree, node_id)
            assert tree.last_visited_child(node_id) == visited.get(
                node_id, next(iter(tree.child_ids(node_id)), None)
            )


def test_a_node_on_the_way_that_changes_is_the_new_one_on_every_path() -> None:
    tree = tree_of(
        added("r"),
        BranchOpened(1.0, "a", "r", "q", 0, "text", "m"),
        NodeSelected(1.0, "a"),
        BranchClosed(2.0, "a", "eos"),
        added("b", "a"),
    )
    assert tree.path("b")[1] is tree.node("a")
    assert tree.path("a")[-1].finish == "eos"


def test_a_path_is_the_caller_s_own() -> None:
    tree = tree_of(added("r"), added("a", "r"), NodeSelected(1.0, "a"))
    tree.path("a").clear()
    assert [node.id for node in tree.path("a")] == ["r", "a"]

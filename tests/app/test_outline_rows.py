"""The rows of a tree: the same as if all were drawn, whichever part is asked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from loom.app.outline_rows import OutlineRows
from loom.tree.events import NodeAdded
from loom.tree.graph import Tree
from loom.tree.node import HUMAN

parents = st.lists(st.integers(-1, 30), min_size=1, max_size=30)
"""For each new node the number of its parent, -1 for none."""


def add(tree: Tree, number: int, parent: int) -> str:
    parent_id = None if parent < 0 or number == 0 else f"n{parent % number}"
    tree.apply(NodeAdded(0.0, f"n{number}", parent_id, "text", HUMAN, b"text"))
    return f"n{number}"


def drawn_whole(tree: Tree) -> list[tuple[str, str]]:
    """All rows by plain recursion: what the widget does without."""
    rows: list[tuple[str, str]] = []

    def draw(node_ids: tuple[str, ...], guides: str) -> None:
        for node_id in node_ids:
            last = node_id == node_ids[-1]
            fork = "" if len(node_ids) == 1 else "└ " if last else "├ "
            below = "" if len(node_ids) == 1 else "  " if last else "│ "
            rows.append((node_id, guides + fork))
            draw(tree.child_ids(node_id), guides + below)

    draw(tree.root_ids, "")
    return rows


@given(parents, st.integers(0, 30), st.integers(0, 12))
def test_any_window_is_a_part_of_the_whole(forest: list[int], start: int, n: int) -> None:
    tree = Tree()
    for number, parent in enumerate(forest):
        add(tree, number, parent)
    rows = OutlineRows(tree)
    whole = drawn_whole(tree)

    assert len(rows) == len(whole)
    window = [(row.node_id, row.guides) for row in rows.rows(start, start + n)]
    assert window == whole[start : start + n]
    assert [rows.row_of(node_id) for node_id, _ in whole] == list(range(len(whole)))


@given(parents, parents)
def test_a_node_that_comes_later_gets_its_row(before: list[int], later: list[int]) -> None:
    tree = Tree()
    for number, parent in enumerate(before):
        add(tree, number, parent)
    rows = OutlineRows(tree)
    for number, parent in enumerate(later, start=len(before)):
        rows.add(add(tree, number, parent))

    assert [(row.node_id, row.guides) for row in rows.rows(0, 99)] == drawn_whole(tree)


def test_a_chain_of_ten_thousand_is_not_indented_and_does_not_recurse() -> None:
    tree = Tree()
    for number in range(10_000):
        add(tree, number, number - 1)
    rows = OutlineRows(tree)

    assert rows.row_of("n9999") == 9_999
    assert [(row.node_id, row.guides) for row in rows.rows(9_998, 10_010)] == [
        ("n9998", ""),
        ("n9999", ""),
    ]

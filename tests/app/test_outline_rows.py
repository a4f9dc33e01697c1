"""The rows of a tree: the same as if all were drawn, whichever part is asked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from loom.app.layout import Layout
from loom.app.outline_rows import MOST_GUIDES, OutlineRows, Row
from loom.app.outline_shape import PAGE, OutlineShape
from loom.tree.events import NodeAdded
from loom.tree.graph import Tree
from loom.tree.node import HUMAN

parents = st.lists(st.integers(-1, 30), min_size=1, max_size=40)
"""For each new node the number of its parent, -1 for none."""

wide = st.lists(st.integers(-1, 3), min_size=1, max_size=60)
"""The same with families that do not fit on a page."""

Change = tuple[str, int]
changes = st.lists(
    st.tuples(st.sampled_from(["fold", "others", "unfold", "hoist", "keep", "all", "turn"]),
              st.integers(0, 60)),
    max_size=8,
)  # fmt: skip


def add(tree: Tree, number: int, parent: int) -> str:
    parent_id = None if parent < 0 or number == 0 else f"n{parent % number}"
    tree.apply(NodeAdded(0.0, f"n{number}", parent_id, "text", HUMAN, b"text"))
    return f"n{number}"


def grown(forest: list[int]) -> Tree:
    tree = Tree()
    for number, parent in enumerate(forest):
        add(tree, number, parent)
    return tree


def drawn_whole(shape: OutlineShape) -> list[Row]:
    """All rows by plain recursion: what the widget does without."""
    rows: list[Row] = []

    def draw(parent_id: str | None, guides: str) -> None:
        family, more = shape.family(parent_id), shape.has_pager(parent_id)
        for item in family:
            last = item == family[-1] and not more
            alone = shape.n_ways(parent_id) == 1
            fork = "" if alone else "└ " if last else "├ "
            below = "" if alone else "  " if last else "│ "
            rows.append(Row(item, (guides + fork)[-MOST_GUIDES:]))
            draw(item, guides + below)
        if more:
            rows.append(Row(parent_id, (guides + "└ ")[-MOST_GUIDES:], pager=True))

    draw(None, "")
    return rows


def change(tree: Tree, shape: OutlineShape, what: Change) -> None:
    kind, number = what
    node = f"n{number % len(tree)}"
    match kind:
        case "fold":
            shape.turn_fold(node)
        case "others":
            shape.fold_all_but([one.id for one in tree.path(node)])
        case "unfold":
            shape.unfold_all()
        case "hoist":
            shape.hoist(node if number % 2 else None)
        case "keep":
            shape.keep_only([node, "n0"])
        case "all":
            shape.keep_only(None)
        case "turn":
            shape.turn_to(node)


@given(parents | wide, changes, st.integers(0, 30), st.integers(0, 12))
def test_any_window_is_a_part_of_the_whole(
    forest: list[int], folds: list[Change], start: int, n: int
) -> None:
    tree = grown(forest)
    shape = OutlineShape(Layout(tree))
    rows = OutlineRows(shape)
    for one in folds:
        change(tree, shape, one)
        rows.changed()
    whole = drawn_whole(shape)

    assert len(rows) == len(whole)
    assert rows.rows(start, start + n) == whole[start : start + n]
    for number, row in enumerate(whole):
        if row.item is not None and not row.pager:
            assert rows.row_of(row.item) == number
            assert rows.rows(number, number + 2) == whole[number : number + 2]
    drawn = {row.item for row in whole if not row.pager}
    left_out = [node.id for node in tree if node.id not in drawn]
    assert all(rows.row_of(node_id) is None for node_id in left_out)


@given(parents | wide, parents, changes)
def test_a_node_that_comes_later_gets_its_row(
    before: list[int], later: list[int], folds: list[Change]
) -> None:
    tree = grown(before)
    shape = OutlineShape(Layout(tree))
    rows = OutlineRows(shape)
    for one in folds:
        change(tree, shape, one)
    for number, parent in enumerate(later, start=len(before)):
        shape.add(add(tree, number, parent))
    rows.changed()

    assert rows.rows(0, 999) == drawn_whole(shape)
    assert len(rows) == len(drawn_whole(shape))


def test_of_many_siblings_ten_are_drawn_and_the_rest_is_said() -> None:
    tree = grown([-1, *[0] * 58])
    shape = OutlineShape(Layout(tree))
    rows = OutlineRows(shape)
    assert [row.item for row in rows.rows(1, 11)] == [f"n{n}" for n in range(1, PAGE + 1)]
    assert rows.rows(11, 99) == [Row("n0", "└ ", pager=True)]
    assert shape.page("n0") == (1, 10, 58)

    assert shape.turn_to("n58")
    rows.changed()
    assert shape.page("n0") == (51, 58, 58)
    assert rows.row_of("n58") == 8


def test_a_chain_of_ten_thousand_is_not_indented_and_does_not_recurse() -> None:
    tree = grown(list(range(-1, 9_999)))
    rows = OutlineRows(OutlineShape(Layout(tree)))

    assert rows.row_of("n9999") == 9_999
    assert rows.rows(9_998, 10_010) == [Row("n9998", ""), Row("n9999", "")]

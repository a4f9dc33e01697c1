"""The tree as it is drawn when roads are folded: nothing is lost, nothing stands twice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from loom.app.layout import Layout, Stretch, item_of
from loom.app.outline_rows import OutlineRows
from loom.app.outline_shape import OutlineShape
from loom.session.judging.roads import OneRoad, WayIn

from .test_outline_rows import Change, change, changes, drawn_whole, grown, parents

ways = st.builds(
    lambda n, n_bytes: WayIn(f"n{n}", n_bytes, n_bytes), st.integers(0, 39), st.integers(1, 4)
)
roads = st.lists(st.lists(ways, min_size=2, max_size=5), max_size=5)


def folded(forest: list[int], ways_in: list[list[WayIn]]) -> Layout:
    """A layout with as many of these roads as can be drawn."""
    tree = grown(forest)
    layout = Layout(tree)
    layout.fold(
        OneRoad(str(number), "A", tuple(way for way in ways if way.node in tree))
        for number, ways in enumerate(ways_in)
    )
    return layout


def all_items(layout: Layout) -> list[str]:
    found = list(layout.root_ids)
    for item in found:
        found.extend(layout.child_ids(item))
    return found


@given(parents, roads)
def test_all_text_is_drawn_once(forest: list[int], ways_in: list[list[WayIn]]) -> None:
    tree, layout = grown(forest), folded(forest, ways_in)
    items = all_items(layout)
    assert len(items) == len(set(items))
    assert [item_of(road) for road in layout.roads if item_of(road) not in items] == []
    for node in tree:
        pieces = [layout.stretch(item) for item in layout.items_of(node.id)]
        assert b"".join(node.text[one.start : one.end] for one in pieces) == node.text
        assert set(layout.items_of(node.id)) <= set(items)
    n_texts = sum(len(layout.items_of(node.id)) for node in tree)
    assert len(items) == n_texts + len(layout.roads)


@given(parents, roads)
def test_each_item_hangs_under_its_parent(forest: list[int], ways_in: list[list[WayIn]]) -> None:
    layout = folded(forest, ways_in)
    assert all(layout.parent(item) is None for item in layout.root_ids)
    for item in all_items(layout):
        assert item in layout
        assert layout.n_children(item) == len(layout.child_ids(item))
        assert all(layout.parent(child) == item for child in layout.child_ids(item))
        assert layout.way_to(item)[-1] == item


@given(parents, roads)
def test_a_road_hangs_under_what_leads_into_it_whichever_way_one_comes(
    forest: list[int], ways_in: list[list[WayIn]]
) -> None:
    layout = folded(forest, ways_in)
    for road in layout.roads:
        above = [set(layout.way_to(item)[:-1]) for item in layout.way_items(road)]
        shared = set.intersection(*above)
        assert set(layout.way_to(item_of(road))[:-1]) == shared
        assert all(layout.leads_into(item) == item_of(road) for item in layout.way_items(road))
        assert len(road.ways_in) > 1


@given(parents, roads)
def test_what_stands_before_a_text_is_what_is_stored_before_it(
    forest: list[int], ways_in: list[list[WayIn]]
) -> None:
    tree, layout = grown(forest), folded(forest, ways_in)
    for node in tree:
        way, at = b"", layout.items_of(node.id)[-1]
        while at is not None:
            stretch = layout.stretch(at)
            way = tree.node(stretch.node_id).text[stretch.start : stretch.end] + way
            at = layout.before(at)
        assert way == tree.path_text(node.id)


@given(parents, roads, changes)
def test_rows_of_folded_roads_are_those_of_the_whole(
    forest: list[int], ways_in: list[list[WayIn]], folds: list[Change]
) -> None:
    layout = folded(forest, ways_in)
    shape = OutlineShape(layout)
    rows = OutlineRows(shape)
    for one in folds:
        change(grown(forest), shape, one)
        rows.changed()
    assert rows.rows(0, 999) == drawn_whole(shape)
    assert all(
        rows.row_of(r.item) == n for n, r in enumerate(drawn_whole(shape)) if r.item and not r.pager
    )


def test_three_branches_are_one_road() -> None:
    layout = folded(
        [-1, 0, 0, 0, 0, 1, 2, 4], [[WayIn("n1", 2, 2), WayIn("n2", 4, 4), WayIn("n4", 3, 3)]]
    )
    (road,) = layout.roads
    assert layout.child_ids("n0") == ("n1", "n2", "n3", "n4", item_of(road))
    # The rest of the first, what follows the whole second, and the rest of the last.
    assert layout.child_ids(item_of(road)) == ["n1\x001", "n6", "n4\x001"]
    assert layout.child_ids("n1") == layout.child_ids("n4") == ()
    assert layout.child_ids("n4\x001") == ("n7",)
    assert layout.stretch("n4\x001") == Stretch("n4", 3)


def test_of_roads_in_a_circle_the_last_stays_apart() -> None:
    one, other = [WayIn("n1", 1, 1), WayIn("n2", 3, 3)], [WayIn("n1", 3, 3), WayIn("n2", 1, 1)]
    layout = folded([-1, 0, 0], [one, other])
    assert [road.id for road in layout.roads] == ["0"]


def test_a_way_that_is_hidden_is_not_drawn() -> None:
    layout = folded([-1, 0, 0, 0], [[WayIn("n1", 1, 1), WayIn("n2", 1, 1)]])
    assert layout.roads
    layout.fold([OneRoad("x", "A", (WayIn("n1", 1, 1),))])
    assert not layout.roads
    assert all_items(layout) == ["n0", "n1", "n2", "n3"]

"""Walking where roads are folded: through them, across them, and back the way one came."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from loom.app.layout import Layout
from loom.app.road_walking import Walker
from loom.app.walking import Step, step
from loom.session.judging.roads import OneRoad, WayIn

from .test_layout import all_items, folded, roads
from .test_outline_rows import grown, parents

STEPS: tuple[Step, ...] = ("parent", "child", "previous", "next", "root", "leaf")
steps = st.lists(st.sampled_from(STEPS), max_size=12)


@given(parents, steps)
def test_without_roads_it_is_the_walk_on_the_tree(forest: list[int], walk: list[Step]) -> None:
    tree = grown(forest)
    walker, at = Walker(tree, Layout(tree)), "n0"
    for where in walk:
        there = walker.step(at, where)
        assert there == step(tree, at, where)
        at = there or at


@given(parents, roads, steps)
def test_one_stands_on_texts_and_comes_back_the_way_one_went(
    forest: list[int], ways_in: list[list[WayIn]], walk: list[Step]
) -> None:
    layout = folded(forest, ways_in)
    walker, at = Walker(grown(forest), layout), "n0"
    for where in walk:
        there = walker.step(at, where)
        if there is not None:
            assert layout.road(there) is None
            assert there in layout
            if where == "child":
                assert walker.step(there, "parent") == at
            at = there


@given(parents, roads)
def test_what_stands_side_by_side_on_a_road_is_walked_past(
    forest: list[int], ways_in: list[list[WayIn]]
) -> None:
    layout = folded(forest, ways_in)
    walker = Walker(grown(forest), layout)
    for item in all_items(layout):
        if layout.road(item) is None and (there := walker.step(item, "next")) is not None:
            assert layout.parent(there) == layout.parent(item)
            assert walker.step(there, "previous") == item


def test_a_way_that_ends_where_branches_meet_goes_on_in_another() -> None:
    tree = grown([-1, 0, 0, 1])
    layout = Layout(tree)
    layout.fold([OneRoad("x", "A", (WayIn("n1", 4, 4), WayIn("n2", 4, 4)))])
    walker = Walker(tree, layout)
    assert walker.step("n2", "child") == "n3"
    assert walker.via("n3") == "n2"
    assert walker.step("n3", "parent") == "n2"
    assert walker.step("n1", "child") == "n3"
    assert walker.step("n3", "parent") == "n1"

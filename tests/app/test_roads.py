"""Where branches meet: drawn, crossed over, and folded into one road, in outline and map."""

from __future__ import annotations

from collections.abc import Callable

from textual.pilot import Pilot

from loom.app.layout import item_of
from loom.app.screens.map import MapScreen
from loom.tree.changes import NodeHidden

from .conftest import NARROW, WIDE, app_on, main_screen, opened, screen_text, until
from .fake_roads import meeting
from .fake_session import FakeSession, toast
from .test_snapshots import HUGE, Snap, three_sizes


def here(pilot: Pilot[None]) -> str:
    found = main_screen(pilot).space.here
    assert found is not None
    return found


def rail(pilot: Pilot[None]) -> list[str]:
    """What stands at the right end of the outline's rows, from the fork's first branch on."""
    rows = (row[: 42 - 1].rstrip() for row in screen_text(pilot).splitlines()[2:])
    ends = [row[-2:].strip() if len(row) > 36 else "" for row in rows]
    return ends[4:]


async def ready(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: main_screen(pilot).space.meetings.joins)


class TestCrossing:
    async def test_n_goes_to_each_branch_that_meets_here_and_round(self) -> None:
        session = meeting()
        one, two, four = session.found[0].nodes
        async with opened(session, WIDE) as pilot:
            await ready(pilot)
            await pilot.press("m")
            assert here(pilot) == one
            assert "A way in 1 of 3" in screen_text(pilot)
            for node_id, number in ((two, 2), (four, 3), (one, 1)):
                await pilot.press("n")
                assert here(pilot) == node_id
                assert f"A way in {number} of 3" in screen_text(pilot)
            await pilot.press("N")
            assert here(pilot) == four

    async def test_one_crosses_from_further_down_and_comes_back(self) -> None:
        session = meeting()
        _, two, four = session.found[0].nodes
        session.select(session.tree.child_ids(two)[1])
        async with opened(session, WIDE) as pilot:
            await ready(pilot)
            await until(pilot, lambda: "A you came by way 2 of 3" in screen_text(pilot))
            await pilot.press("n")
            assert here(pilot) == four
            await pilot.press("N")
            assert here(pilot) == two

    async def test_m_goes_from_meeting_to_meeting_and_round(self) -> None:
        session = meeting()
        async with opened(session, WIDE) as pilot:
            await ready(pilot)
            for mark in ("A way in", "a branch", "? branch", "A way in"):
                await pilot.press("m")
                assert f"{mark} 1 of" in screen_text(pilot)
            await pilot.press("M")
            assert "? branch 1 of" in screen_text(pilot)

    async def test_a_look_alike_is_crossed_as_well(self) -> None:
        session = meeting()
        async with opened(session, WIDE) as pilot:
            await ready(pilot)
            await pilot.press("m", "m", "n")
            assert here(pilot) == session.found[1].nodes[1]
            assert "a branch 2 of 2" in screen_text(pilot)

    async def test_where_nothing_meets_the_keys_say_so(self) -> None:
        async with opened(toast(), WIDE) as pilot:
            await pilot.press("n")
            await until(pilot, lambda: "No branches meet yet." in screen_text(pilot))
        session = meeting()
        session.select(session.tree.root_ids[0])
        async with opened(session, WIDE) as pilot:
            await ready(pilot)
            await pilot.press("n")
            await until(pilot, lambda: "No branches meet on this way." in screen_text(pilot))
            await pilot.press("s")
            await until(pilot, lambda: "No join is on this way." in screen_text(pilot))


class TestRail:
    async def test_the_rail_joins_the_ways_in(self) -> None:
        session = meeting()
        async with opened(session, WIDE) as pilot:
            await ready(pilot)
            await pilot.press("m")
            assert rail(pilot)[:6] == ["╮A", "┤A", "│", "│", "│?", "╯A"]

    async def test_what_only_looks_alike_has_a_broken_one(self) -> None:
        async with opened(meeting(), WIDE) as pilot:
            await ready(pilot)
            await pilot.press("m", "m")
            assert rail(pilot)[:8] == ["┄a", "┊A", "┊", "┊", "┊?", "┊A", "┊", "┄a"]

    async def test_a_way_that_is_folded_away_is_where_it_is_folded(self) -> None:
        session = meeting()
        (twist, other, _) = session.tree.child_ids(session.tree.root_ids[0])
        async with opened(session, WIDE) as pilot:
            await ready(pilot)
            await pilot.press("m")
            outline = main_screen(pilot).space.outline
            rows = outline._rail_at(4)
            assert rows == "╮"
            # All ways in are behind one row, so that there is nothing to join.
            main_screen(pilot)._stand_at(other)
            outline._shape.turn_fold(twist)
            outline._reshaped()
            outline.show_rail(session.found[0])
            assert outline._rail_at(1) == " "


class TestOneRoad:
    async def test_a_join_folds_into_one_road_and_apart_again(self) -> None:
        session = meeting()
        before = [node.id for node in session.tree]
        async with opened(session, WIDE) as pilot:
            await ready(pilot)
            await pilot.press("m", "s")
            assert "▾A one road, 3 ways in" in screen_text(pilot)
            assert "A is one road" in screen_text(pilot)
            assert rail(pilot)[:9] == ["╮A", "┤A", "│?", "┤A", "│a", "│?", "2│", "│", "─╯"]
            assert "…once too often" in screen_text(pilot)
            await pilot.press("s")
            assert "one road, 3 ways in" not in screen_text(pilot)
        assert [node.id for node in session.tree] == before

    async def test_one_walks_on_the_road_and_back_the_way_one_came(self) -> None:
        session = meeting()
        one, two, four = session.found[0].nodes
        async with opened(session, WIDE) as pilot:
            await ready(pilot)
            await pilot.press("m", "n", "s", "right")
            space = main_screen(pilot).space
            assert space.item == space.roads.layout.items_of(two)[1]
            assert "A one road, you came by way 2 of 3" in screen_text(pilot)
            # The rest of the branches stand side by side, and back leads to where one entered.
            await pilot.press("down")
            assert here(pilot) == four
            assert "you came by way 2 of 3" in screen_text(pilot)
            await pilot.press("left")
            assert here(pilot) == two
            assert "→ onto the road" in screen_text(pilot)
            await pilot.press("right", "right")
            assert here(pilot) in session.tree.child_ids(two)
            await pilot.press("left", "up")
            assert here(pilot) == one

    async def test_the_road_itself_folds(self) -> None:
        async with opened(meeting(), WIDE) as pilot:
            await ready(pilot)
            await pilot.press("m", "s", "f")
            assert "▸A one road, 3 ways in" in screen_text(pilot)
            assert "…once too" not in screen_text(pilot)
            await pilot.press("right")
            assert "▾A one road, 3 ways in" in screen_text(pilot)

    async def test_a_click_on_the_road_folds_it_and_on_a_text_goes_there(self) -> None:
        session = meeting()
        async with opened(session, WIDE) as pilot:
            await ready(pilot)
            await pilot.press("m", "s")
            rows = screen_text(pilot).splitlines()
            y = next(at for at, row in enumerate(rows) if "▾A" in row)
            tail = next(at for at, row in enumerate(rows) if "…once too" in row)
            await pilot.click(offset=(10, tail))
            assert here(pilot) == session.found[0].nodes[1]
            assert "A one road, you came by way 2 of 3" in screen_text(pilot)
            await pilot.press("left")
            await pilot.click(offset=(10, y))
            await until(pilot, lambda: "▸A one road" in screen_text(pilot))

    async def test_all_joins_fold_and_unfold(self) -> None:
        async with opened(meeting(), WIDE) as pilot:
            await ready(pilot)
            await pilot.press("S")
            await until(pilot, lambda: "1 join drawn as one road each." in screen_text(pilot))
            assert "▾A one road, 3 ways in" in screen_text(pilot)
            await pilot.press("S")
            assert "one road, 3 ways in" not in screen_text(pilot)

    async def test_what_grows_meanwhile_is_drawn_where_it_belongs(self) -> None:
        session = meeting()
        four = session.found[0].nodes[2]
        async with opened(session, WIDE) as pilot:
            await ready(pilot)
            await pilot.press("m", "s", "n", "n", "right")
            assert here(pilot) == four
            session.say(four, " Then the band played.")
            session._wake()
            await until(pilot, lambda: "Then the band" in screen_text(pilot))
            layout = main_screen(pilot).space.roads.layout
            new = session.tree.child_ids(four)[-1]
            assert layout.parent(new) == layout.items_of(four)[1]

    async def test_a_way_that_is_hidden_leaves_the_road(self) -> None:
        session = meeting()
        four = session.found[0].nodes[2]
        async with opened(session, WIDE) as pilot:
            await ready(pilot)
            await pilot.press("m", "s")
            session._do([NodeHidden(0.0, four)])
            session._wake()
            await until(pilot, lambda: "one road, 2 ways in" in screen_text(pilot))


class TestMap:
    async def test_a_line_joins_the_ways_and_the_road(self) -> None:
        session = meeting()
        async with opened(session, HUGE) as pilot:
            await ready(pilot)
            await pilot.press("m", "O")
            await until(pilot, lambda: "words ──" in screen_text(pilot))
            assert all(joint in screen_text(pilot) for joint in ("╮A", "┤A", "╯A"))
            assert "A way in 1 of 3" in screen_text(pilot)
            await pilot.press("s")
            assert "▾ one road, 3 ways" in screen_text(pilot)
            assert "map · A is one road" in screen_text(pilot)

    async def test_one_crosses_and_walks_the_road_on_the_map(self) -> None:
        session = meeting()
        _, two, _ = session.found[0].nodes
        async with opened(session, HUGE) as pilot:
            await ready(pilot)
            before = here(pilot)
            await pilot.press("O")
            await until(pilot, lambda: "words ──" in screen_text(pilot))
            await pilot.press("m", "n", "s", "right")
            assert isinstance(pilot.app.screen, MapScreen)
            assert "A one road, you came by way 2 of 3" in screen_text(pilot)
            assert here(pilot) == before
            await pilot.press("enter")
            assert here(pilot) == two
            space = main_screen(pilot).space
            assert space.item == space.roads.layout.items_of(two)[1]
            # What was folded on the map is folded in the outline.
            assert "▾A one road, 3 ways in" in screen_text(pilot)

    async def test_the_road_is_no_place_to_stand(self) -> None:
        session = meeting()
        async with opened(session, HUGE) as pilot:
            await ready(pilot)
            await pilot.press("m", "O")
            await until(pilot, lambda: "words ──" in screen_text(pilot))
            await pilot.press("s")
            rows = screen_text(pilot).splitlines()
            y = next(at for at, row in enumerate(rows) if "▾ one road" in row)
            await pilot.click(offset=(rows[y].index("▾ one road"), y))
            screen = pilot.app.screen
            assert isinstance(screen, MapScreen)
            layout = main_screen(pilot).space.roads.layout
            assert screen._item != item_of(layout.roads[0])


def drive(*keys: str, shows: str) -> Callable[[Pilot[None]], object]:
    async def run(pilot: Pilot[None]) -> None:
        await ready(pilot)
        for key in keys:
            await pilot.press(key)
        await until(pilot, lambda: shows in screen_text(pilot))

    return run


def shot(
    snap_compare: Snap, session: FakeSession, size: tuple[int, int], *keys: str, shows: str
) -> bool:
    return snap_compare(app_on(session), run_before=drive(*keys, shows=shows), terminal_size=size)


@three_sizes
def test_a_join_in_the_outline(snap_compare: Snap, size: tuple[int, int]) -> None:
    keys = ("o", "m", "n") if size == NARROW else ("m", "n")
    assert shot(snap_compare, meeting(), size, *keys, shows="A way in 2 of 3")


@three_sizes
def test_one_road_in_the_outline(snap_compare: Snap, size: tuple[int, int]) -> None:
    keys = ("o", "m", "n", "s", "right") if size == NARROW else ("m", "n", "s", "right")
    assert shot(snap_compare, meeting(), size, *keys, shows="you came by way 2 of 3")


@three_sizes
def test_a_join_on_the_map(snap_compare: Snap, size: tuple[int, int]) -> None:
    assert shot(snap_compare, meeting(), size, "m", "n", "O", shows="A way in 2 of 3")


@three_sizes
def test_one_road_on_the_map(snap_compare: Snap, size: tuple[int, int]) -> None:
    assert shot(snap_compare, meeting(), size, "m", "n", "O", "s", shows="is one road")

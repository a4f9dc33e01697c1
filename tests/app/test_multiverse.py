"""The multiverse on the screen: rows are mass, zoom by choosing, growing from a way."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot

from loom.app.multiverse_layout import Column, Placed, lay_out, step_from, unknown
from loom.app.screens.multiverse import MultiverseScreen
from loom.engine.client import Listener
from loom.engine.local import LocalEngine
from loom.engine.request import LoadSpec
from loom.errors import LoomError
from loom.session.multiverse import Ids, Multiverse
from loom.session.session import Beginning, Session
from tests.session.test_multiverse import Odds, Told, whole

from .conftest import NARROW, WIDE, app_on, main_screen, opened, screen_text, until
from .fake_session import FakeSession, toast
from .test_snapshots import Snap, chat, three_sizes

weights = st.lists(st.floats(0.01, 1), min_size=1, max_size=4)


@given(st.lists(weights, min_size=1, max_size=4), st.integers(1, 40))
def test_blocks_share_out_the_rows_by_their_mass(shares: list[list[float]], n_rows: int) -> None:
    odds: Odds = {}
    places: list[Ids] = [()]
    for level in shares:
        falling = sorted(level, reverse=True)
        for ids in places:
            odds[ids] = [(n + 1, weight / sum(falling)) for n, weight in enumerate(falling)]
        places = [(*ids, one) for ids in places for one, _ in odds[ids]]
    multiverse = whole(Told(odds), len(shares))
    columns = lay_out(multiverse, len(shares), n_rows)
    above: list[Placed] | None = None
    for column in columns:
        rows = [column.at(row) for row in range(n_rows)]
        assert all(one is not None for one in rows), "no row is left out"
        for one in column.blocks:
            assert abs((one.end - one.top) - one.block.mass * n_rows) <= 1 + 1e-6
            assert [r for r, at in enumerate(rows) if at is one] == list(range(one.top, one.end))
            if above is not None:
                holders = [p for p in above if p.block.ids == one.block.ids[:-1]]
                assert [p.top <= one.top and one.end <= p.end for p in holders] == [True]
        above = list(column.blocks)


def deep() -> Multiverse:
    told = Told(
        {
            (): [(1, 0.6), (2, 0.4)],
            (1,): [(3, 0.5), (4, 0.5)],
            (2,): [(5, 1.0)],
        }
    )
    return whole(told, 2)


def test_what_is_not_known_is_asked_for_by_its_mass() -> None:
    columns = lay_out(deep(), 3, 10)
    assert unknown(columns) == [(2, 5), (1, 3), (1, 4)]
    fresh = Multiverse(Told({}), "n")
    assert unknown(lay_out(fresh, 3, 10)) == [()]


def test_strands_are_told_apart_from_the_first_fork_on() -> None:
    multiverse = whole(Told({(): [(1, 1.0)], (1,): [(2, 0.5), (3, 0.5)], (1, 2): [(4, 1.0)]}), 3)
    columns = lay_out(multiverse, 3, 8)
    assert [[one.strand for one in column.blocks] for column in columns] == [[None], [0, 1], [0]]


@pytest.mark.parametrize(
    ("chosen", "step", "expected"),
    [
        ((1,), (0, 1), (2,)),
        ((2,), (0, 1), (2,)),
        ((1,), (1, 0), (1, 3)),
        ((1, 3), (0, 1), (1, 4)),
        ((1, 4), (0, 1), (2, 5)),
        ((2, 5), (-1, 0), (2,)),
        ((1,), (-1, 0), (1,)),
        ((2, 5), (1, 0), (2, 5)),
    ],
)
def test_steps_go_along_and_across(chosen: Ids, step: tuple[int, int], expected: Ids) -> None:
    assert step_from(lay_out(deep(), 2, 10), (), chosen, *step) == expected


def test_a_column_where_a_text_has_ended_is_empty_there() -> None:
    column = Column((), ())
    assert column.at(3) is None


def screen_of(pilot: Pilot[None]) -> MultiverseScreen:
    assert isinstance(pilot.app.screen, MultiverseScreen)
    return pilot.app.screen


def looked_at(pilot: Pilot[None]) -> bool:
    """Nothing more is to be asked."""
    return not screen_of(pilot)._page.unknown


async def opened_multiverse(pilot: Pilot[None]) -> MultiverseScreen:
    await pilot.press("W")
    screen = screen_of(pilot)
    for _ in range(200):
        screen.look()
        await pilot.pause()
        if looked_at(pilot):
            break
    return screen


async def test_it_is_walked_zoomed_and_left() -> None:
    session = toast()
    before = session.tree.selected_id
    async with opened(session, WIDE) as pilot:
        screen = await opened_multiverse(pilot)
        assert "what could come next · 1 token" in screen_text(pilot)
        assert "seen" in screen_text(pilot)
        first = screen._page.chosen
        await pilot.press("down", "right")
        assert len(screen._page.chosen) == 2
        assert screen._page.chosen[0] != first[0]
        way = screen._page.chosen
        await pilot.press("enter")
        assert screen._multiverse.root == way
        assert "looking on from 2" in screen_text(pilot)
        await pilot.press("left")
        assert screen._multiverse.root == way[:1]
        await pilot.press("minus", "plus", "g")
        assert screen._multiverse.root == ()
        await pilot.press("escape")
        assert pilot.app.screen is main_screen(pilot)
        assert session.tree.selected_id == before


async def test_space_grows_from_the_chosen_way() -> None:
    session = toast()
    here = session.tree.selected_id or ""
    async with opened(session, WIDE) as pilot:
        screen = await opened_multiverse(pilot)
        await pilot.press("right")
        way = screen._page.chosen
        assert len(way) == 2
        await pilot.press("space")
        (child,) = session.tree.child_ids(here)
        node = session.tree.node(child)
        assert node.token_ids == way
        assert node.written
        assert session.tree.selected_id == child
        assert session.tree.n_children(child) == session.settings.n_branches


async def test_in_a_chat_the_way_belongs_to_whose_turn_it_is() -> None:
    session = chat()
    asked = session.tree.child_ids(session.tree.root_ids[0])[0]
    session.select(asked)
    async with opened(session, WIDE) as pilot:
        await opened_multiverse(pilot)
        await pilot.press("space")
        new = session.tree.node(session.tree.child_ids(asked)[-1])
        assert (new.role, new.parent_id) == ("assistant", asked)


async def test_what_was_grown_already_is_marked() -> None:
    session = toast()
    async with opened(session, WIDE) as pilot:
        await opened_multiverse(pilot)
        assert "●" not in screen_text(pilot)
        await pilot.press("space", "left", "W")
        screen = screen_of(pilot)
        screen.look()
        await pilot.pause()
        assert "●" in screen_text(pilot)


async def test_a_model_that_cannot_be_asked_says_why_once() -> None:
    session = toast()
    session.laws.failure = LoomError("There is no model.", "Choose one with @.")
    async with opened(session, NARROW) as pilot:
        await pilot.press("W")
        await pilot.pause()
        screen_of(pilot).look()
        await pilot.pause()
        assert screen_text(pilot).count("There is no model.") == 1
        await pilot.press("space", "right", "enter", "left")
        await pilot.press("escape")


async def test_before_any_text_there_is_nothing_to_come() -> None:
    async with opened(FakeSession(), WIDE) as pilot:
        await pilot.press("W")
        assert "There is no text yet." in screen_text(pilot)


async def test_a_click_chooses_and_a_second_one_zooms() -> None:
    session = toast()
    async with opened(session, WIDE) as pilot:
        screen = await opened_multiverse(pilot)
        second = screen._page._columns[0].blocks[1]
        at = (3, screen._page.region.y + second.top)
        await pilot.click(offset=at)
        assert screen._page.chosen == second.block.ids
        await pilot.click(offset=at)
        assert screen._multiverse.root == second.block.ids


async def test_on_a_world_it_is_known_while_one_looks(tmp_path: Path) -> None:
    def nobody(spec: LoadSpec, listener: Listener) -> LocalEngine:
        raise AssertionError("a world needs no process")

    beginning = Beginning("t", "golden-mean", prompt="1011")
    with closing(Session.create(tmp_path / "t.loom", beginning, nobody)) as session:
        async with opened(session, NARROW) as pilot:
            await pilot.press("W")
            await until(pilot, lambda: looked_at(pilot) and screen_of(pilot)._page._seen)
            lines = screen_text(pilot).splitlines()
            assert any("seen 99.9 %" in line or "seen 100 %" in line for line in lines)
            await pilot.press("space")
            await until(pilot, lambda: pilot.app.screen is main_screen(pilot))
            node = session.tree.node(session.tree.selected_id or "")
            assert node.text in (b"1", b"0")


@three_sizes
def test_the_multiverse(snap_compare: Snap, size: tuple[int, int]) -> None:
    async def drive(pilot: Pilot[None]) -> None:
        await opened_multiverse(pilot)
        await pilot.press("right", "down")

    assert snap_compare(app_on(toast()), run_before=drive, terminal_size=size)

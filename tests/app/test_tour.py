"""The tour in the app: each step says what to press, and pressing it shows what was said."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.command import CommandPalette
from textual.pilot import Pilot

from loom.app.app import LoomApp
from loom.app.screens.main import MainScreen
from loom.app.screens.touring import TourScreen
from loom.app.tour_app import TourApp
from loom.errors import LoomError
from loom.session.tour.tour import Tour

from .conftest import WIDE, screen_text, until
from .fake_session import toast
from .test_snapshots import Snap, three_sizes


def no_model(*_: object) -> object:
    raise LoomError("A model was asked for.", "")


@pytest.fixture
def tour() -> Iterator[Tour]:
    begun = Tour.begin(no_model)  # type: ignore[arg-type]
    yield begun
    begun.close()


def on_tour(tour: Tour) -> TourApp:
    app = TourApp(tour)
    app.animation_level = "none"
    return app


async def at_step(pilot: Pilot[None], number: int) -> None:
    await until(pilot, lambda: f"{number} of 8" in screen_text(pilot))


async def test_each_step_shows_what_it_says(tour: Tour) -> None:
    async with on_tour(tour).run_test(size=WIDE) as pilot:
        await at_step(pilot, 1)
        assert "Three machines" in screen_text(pilot)
        await pilot.press("tab", "m")
        await at_step(pilot, 2)
        mark = tour.sessions[0].joins()[0].mark
        assert f"{mark} way in 1 of 2" in screen_text(pilot)
        await pilot.press("tab", "n")
        assert f"{mark} way in 2 of 2" in screen_text(pilot)
        await pilot.press("tab", "s", "right", "down", "left")
        assert f"▾{mark} one road, 2 ways in" in screen_text(pilot)
        await pilot.press("s", "tab")
        await at_step(pilot, 5)
        assert "Even" in screen_text(pilot)
        await pilot.press("m", "n")
        await until(pilot, lambda: "way in 2 of 2" in screen_text(pilot))
        await pilot.press("tab")
        await at_step(pilot, 6)
        await pilot.press("m", "n", "n")
        await until(pilot, lambda: "way in 3 of 4" in screen_text(pilot))
        await pilot.press("tab", "g", "right", "t", "right")
        await until(pilot, lambda: screen_text(pilot).count("50 %  █") == 2)
        await pilot.press("escape", "tab")
        await at_step(pilot, 8)
        await pilot.press("tab")
        await at_step(pilot, 8)


async def test_one_goes_back_across_chapters(tour: Tour) -> None:
    async with on_tour(tour).run_test(size=WIDE) as pilot:
        await pilot.press("tab", "tab", "tab", "tab")
        await at_step(pilot, 5)
        await pilot.press("shift+tab")
        await at_step(pilot, 4)
        assert "Golden mean: one road" in screen_text(pilot)


async def test_q_ends_the_tour(tour: Tour) -> None:
    app = on_tour(tour)
    async with app.run_test(size=WIDE) as pilot:
        await at_step(pilot, 1)
        await pilot.press("q")
    assert app.return_code == 0


async def test_it_begins_among_the_commands_and_ends_where_one_was() -> None:
    session = toast()
    begun: list[Tour] = []

    def begin() -> Tour:
        begun.append(Tour.begin(no_model))  # type: ignore[arg-type]
        return begun[0]

    app = LoomApp(session, begin_tour=begin)  # type: ignore[arg-type]
    async with app.run_test(size=WIDE) as pilot:
        await pilot.pause()
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))
        await pilot.press(*"Tour")
        await until(pilot, lambda: "where branches meet" in screen_text(pilot))
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, TourScreen))
        await at_step(pilot, 1)
        await pilot.press("q")
        await until(pilot, lambda: type(app.screen) is MainScreen)
        assert not begun[0].sessions[0].path.exists()
        assert "wedding-toast" in screen_text(pilot)


@three_sizes
def test_the_first_step(snap_compare: Snap, tour: Tour, size: tuple[int, int]) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await at_step(pilot, 1)
        await until(pilot, lambda: size[0] < WIDE[0] or "┬" in screen_text(pilot))

    assert snap_compare(on_tour(tour), run_before=run, terminal_size=size)


@three_sizes
def test_a_step_on_two_coins(snap_compare: Snap, tour: Tour, size: tuple[int, int]) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await pilot.press(*["tab"] * 5)
        await at_step(pilot, 6)
        await pilot.press("m", "n")
        await until(pilot, lambda: "way in 2 of 4" in screen_text(pilot))

    assert snap_compare(on_tour(tour), run_before=run, terminal_size=size)

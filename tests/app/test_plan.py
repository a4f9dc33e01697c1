"""Asking for more than one fork at once: the questions, the answer, and how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from loom.app.screens.plan import PlanScreen
from loom.engine.local import LocalEngine
from loom.engine.request import LoadSpec
from loom.engine.scripted import ScriptedBackend
from loom.errors import LoomError
from loom.records import Ending
from loom.session.plans import Progress
from loom.session.planter import MOST_IN_FLIGHT
from loom.session.session import Beginning, Session
from loom.session.settings import GrowSettings

from .conftest import NARROW, WIDE, app_on, main_screen, opened, screen_text, until
from .fake_session import FakeSession, toast

Snap = Callable[..., bool]


def sized(n_branches: int = 5, max_tokens: int = 64, **more: object) -> FakeSession:
    session = toast(**more)
    session.settings = replace(session.settings, n_branches=n_branches, max_tokens=max_tokens)
    return session


async def typed(pilot: Pilot[None], *values: str) -> None:
    """Numbers into one field after another; an empty one leaves it as it is."""
    for at, value in enumerate(values):
        if at:
            await pilot.press("down")
        if value:
            await pilot.press("end", *["backspace"] * 9, *value)


class TestAsking:
    async def test_what_it_comes_to_follows_what_is_typed(self) -> None:
        session = sized(rate=100.0)
        async with opened(session) as pilot:
            await pilot.press("d")
            await until(pilot, lambda: "Up to 30 branches and 1,920 tokens" in screen_text(pilot))
            assert "5 → 25" in screen_text(pilot)
            assert "about 19 s" in screen_text(pilot)
            await typed(pilot, "3", "2", "10")
            await until(pilot, lambda: "Up to 14 branches and 140 tokens" in screen_text(pilot))
            assert "2 → 4 → 8" in screen_text(pilot)
            await typed(pilot, "", "50")
            await until(pilot, lambda: "Up to 5 branches and 50 tokens" in screen_text(pilot))

    async def test_what_is_no_number_from_one_on_cannot_be_taken(self) -> None:
        session = sized()
        async with opened(session) as pilot:
            await pilot.press("d")
            await typed(pilot, "0")
            await until(pilot, lambda: "numbers from 1 on" in screen_text(pilot))
            await pilot.press("enter")
            assert isinstance(pilot.app.screen, PlanScreen)
            await pilot.press("escape")
            assert not session.planted

    async def test_enter_takes_the_plan_as_it_was_typed(self) -> None:
        session = sized()
        async with opened(session) as pilot:
            here = main_screen(pilot).space.here
            await pilot.press("d")
            await typed(pilot, "4", "3", "20", "900")
            await pilot.press("enter")
            await until(pilot, lambda: session.planted)
            (plan,) = session.planted
            assert (plan.node_ids, plan.depth, plan.budget) == ((here,), 4, 900)
            assert plan.settings == replace(session.settings, n_branches=3, max_tokens=20)
            assert session.settings == GrowSettings(5, 64)

    async def test_every_end_is_asked_for_with_one_key(self) -> None:
        session = sized()
        leaves = session.leaves()
        async with opened(session) as pilot:
            await pilot.press("D")
            await until(pilot, lambda: "Grow at 3 ends" in screen_text(pilot))
            assert "Up to 15 branches" in screen_text(pilot)
            await pilot.press("enter")
            await until(pilot, lambda: session.planted)
            assert session.planted[0].node_ids == leaves

    async def test_what_cannot_be_grown_is_said(self) -> None:
        session = sized()
        session.failure = LoomError("This branch is still growing.", "Wait for it.")
        async with opened(session) as pilot:
            await pilot.press("d", "enter")
            await until(pilot, lambda: any("still growing" in n.message for n in notes(pilot)))


def notes(pilot: Pilot[None]) -> list[object]:
    return list(pilot.app._notifications)


class TestOneBranchMore:
    async def test_c_goes_on_with_one_branch_as_it_was_drawn(self) -> None:
        session = sized()
        cold = replace(session.settings.sampling, temperature=0.5)
        ending = Ending(until="sentence")
        here = session.tree.selected_id
        assert here is not None
        session.grow(here, GrowSettings(3, 9, cold, ending=ending))
        session.release()
        async with opened(session) as pilot:
            await pilot.press("2", "c")
            branch = main_screen(pilot).space.here
            assert branch is not None
            await until(pilot, lambda: session.tree.n_children(branch) == 1)
            request = list(session.tree.requests.values())[-1]
            assert (request.max_tokens, request.sampling, request.ending) == (9, cold, ending)

    async def test_r_grows_siblings_as_this_one_was_grown(self) -> None:
        session = sized()
        here = session.tree.selected_id
        assert here is not None
        session.grow(here, GrowSettings(3, 9))
        session.release()
        async with opened(session) as pilot:
            await pilot.press("1", "r")
            await until(pilot, lambda: session.tree.n_children(here) == 6)


class TestOnItsWay:
    async def test_the_foot_tells_how_far_it_is(self) -> None:
        session = sized()
        async with opened(session, WIDE) as pilot:
            session.progress = Progress(14, 300, 1_204, 19_200, is_planned=True)
            await pilot.press("plus")
            assert "14 of 300 branches · 1,204 of 19,200 tokens" in screen_text(pilot)

    async def test_one_escape_stops_what_has_not_even_begun(self) -> None:
        session = sized()
        session.progress = Progress(0, 300, 0, 19_200, is_planned=True)
        async with opened(session) as pilot:
            await pilot.press("escape")
            assert session.n_stops == 1

    async def test_levels_grow_on_a_real_session_until_escape(self, tmp_path: Path) -> None:
        def connect(spec: LoadSpec, listener: Callable[..., None]) -> LocalEngine:
            return LocalEngine(lambda: ScriptedBackend(("word " * 400,)), listener)

        beginning = Beginning("t", "story-base", prompt="Friends,")
        session = Session.create(tmp_path / "t.loom", beginning, connect)
        try:
            async with opened(session, WIDE) as pilot:
                await pilot.press("d")
                await typed(pilot, "9", "3", "4")
                await pilot.press("enter")
                await until(pilot, lambda: len(session.tree) > 40)
                assert "tokens" in screen_text(pilot)
                await pilot.press("escape")
                await until(pilot, lambda: not main_screen(pilot).is_growing)
                n_nodes = len(session.tree)
                # What the engine had begun before it heard of it still arrives, and nothing else.
                await until(pilot, lambda: all(node.state != "growing" for node in session.tree))
                assert len(session.tree) <= n_nodes + MOST_IN_FLIGHT
                assert all(node.text for node in session.tree)
        finally:
            session.close()


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "130x40"])
def test_how_deep_and_how_wide(snap_compare: Snap, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(sized(rate=318.0)), press=["d"], terminal_size=size)


def test_more_than_most_people_mean(snap_compare: Snap) -> None:
    keys = ["d", "backspace", *"12", "down", "down", "down"]
    assert snap_compare(app_on(sized()), press=keys, terminal_size=NARROW)


def test_how_far_a_plan_is(snap_compare: Snap) -> None:
    session = sized(n_branches=20)
    session.progress = Progress(14, 300, 1_204, 19_200, is_planned=True)
    assert snap_compare(app_on(session), terminal_size=NARROW)

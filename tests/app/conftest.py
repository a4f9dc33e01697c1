"""Apps that hold still: nothing blinks, nothing glides, and tests wait for what they mean."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from loom.app.app import LoomApp
from loom.app.screens.main import MainScreen
from loom.session import Session

from .fake_session import FakeSession

NARROW, WIDE = (80, 24), (130, 40)


@pytest.fixture(autouse=True)
def nothing_blinks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TextArea.cursor_blink, "_default", False)
    monkeypatch.setattr(Input.cursor_blink, "_default", False)
    monkeypatch.delenv("NO_COLOR", raising=False)


def app_on(session: FakeSession | Session) -> LoomApp:
    """The app on a session of either kind."""
    app = LoomApp(cast(Session, session))
    app.animation_level = "none"
    return app


@asynccontextmanager
async def opened(
    session: FakeSession | Session, size: tuple[int, int] = NARROW
) -> AsyncIterator[Pilot[None]]:
    """The app, open and drawn."""
    async with app_on(session).run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        yield pilot


def main_screen(pilot: Pilot[None]) -> MainScreen:
    """The main screen, whatever lies on top."""
    return cast(MainScreen, pilot.app.screen_stack[0])


async def until(pilot: Pilot[None], predicate: Callable[[], object]) -> None:
    """Let the app go on until something holds; the test's own time limit is the only clock."""
    for _ in range(2_000):
        await pilot.pause(0.005)
        if predicate():
            return
    raise AssertionError("it never came to hold")


def screen_text(pilot: Pilot[None]) -> str:
    """What is on the screen, as text."""
    return "\n".join(
        "".join(segment.text for segment in strip)
        for strip in pilot.app.screen._compositor.render_strips()
    )

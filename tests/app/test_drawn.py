"""A key has one frame, and who is hidden has none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from textual.pilot import Pilot

from loom.app.screens.map import MapScreen

from .conftest import WIDE, main_screen, opened, until
from .test_snapshots import grown


@contextmanager
def frames(pilot: Pilot[None], monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """The frames that reach the terminal meanwhile."""
    drawn: list[object] = []
    with monkeypatch.context() as patch:
        patch.setattr(pilot.app, "_display", lambda _screen, frame: drawn.append(frame))
        yield drawn


@pytest.mark.parametrize("keys", ["t", "tt", "ttt", "m", "mm", "o", "oo", "right", "f"])
async def test_a_key_has_one_frame(monkeypatch: pytest.MonkeyPatch, keys: str) -> None:
    *before, key = [keys] if keys == "right" else list(keys)
    async with opened(grown(), WIDE) as pilot:
        await pilot.press(*before)
        await pilot.pause()
        with frames(pilot, monkeypatch) as drawn:
            await pilot.press(key)
            await pilot.pause()
        assert len(drawn) == 1


async def test_what_the_map_hides_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(grown(), WIDE) as pilot:
        await pilot.press("O")
        await until(pilot, lambda: isinstance(pilot.app.screen, MapScreen))
        await pilot.pause()
        with frames(pilot, monkeypatch) as drawn:
            main_screen(pilot).space.outline.refresh()
            await pilot.pause()
        assert not drawn
        assert not main_screen(pilot).is_current


async def test_what_a_window_leaves_in_sight_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(grown(), WIDE) as pilot:
        await pilot.press("question_mark")
        await pilot.pause()
        with frames(pilot, monkeypatch) as drawn:
            main_screen(pilot).space.outline.refresh()
            await until(pilot, lambda: drawn)
        assert main_screen(pilot).is_current

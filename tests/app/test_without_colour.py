"""With NO_COLOR the terminal's own two colours are all that is drawn, and nothing is lost."""

from __future__ import annotations

import pytest
from rich.segment import Segment
from textual.pilot import Pilot

from .conftest import WIDE, opened
from .test_evidence import judged_toast


def drawn(pilot: Pilot[None]) -> list[Segment]:
    return [part for strip in pilot.app.screen._compositor.render_strips() for part in strip]


@pytest.mark.parametrize("keys", [["m"], ["m", "enter"], ["comma"], ["question_mark"], ["ctrl+p"]])
@pytest.mark.parametrize("theme", ["loom-dark", "loom-light", "loom-contrast", "gruvbox"])
async def test_no_screen_has_a_colour(
    keys: list[str], theme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened(judged_toast(), WIDE) as pilot:
        pilot.app.theme = theme
        await pilot.press(*keys)
        await pilot.pause()
        styles = [part.style for part in drawn(pilot) if part.style is not None]
        assert styles
        assert not [style for style in styles if style.color or style.bgcolor]


async def test_what_stood_out_by_colour_stands_out_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened(judged_toast(), WIDE) as pilot:
        await pilot.press("m")
        await pilot.pause()
        parts = [(part.text, part.style) for part in drawn(pilot) if part.style is not None]
        assert any("Then Marco laughed" in text for text, style in parts if style.reverse)
        assert any("old joke" in text for text, style in parts if style.underline)
        assert any("write here" in text for text, style in parts if style.dim)
        assert not any(style.dim for text, style in parts if "Friends, raise" in text)

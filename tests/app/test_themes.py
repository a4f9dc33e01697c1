"""Loom's colours come out of any theme."""

from __future__ import annotations

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from loom.app.themes import CONTRAST, DARK, LIGHT, threads

from .conftest import opened, screen_text
from .fake_session import toast

THEMES = {theme.name: theme for theme in (DARK, LIGHT, CONTRAST, *BUILTIN_THEMES.values())}


@pytest.mark.parametrize("name", THEMES)
def test_every_theme_gives_every_thread_a_colour(name: str) -> None:
    found = threads(THEMES[name])
    assert found.keys() == threads(DARK).keys()
    assert all(Color.parse(colour).a == 1 for colour in found.values() if "ansi" not in colour)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_what_is_read_stands_out_from_the_paper(theme: Theme) -> None:
    paper = Color.parse(theme.to_color_system().generate()["background"])
    for name, ratio in (("ink", 10), ("ink-past", 4.5), ("typed", 4.5), ("faint", 3)):
        colour = Color.parse(threads(theme)[name])
        assert _contrast(colour, paper) >= ratio, name


def test_in_the_theme_of_high_contrast_all_words_stand_out() -> None:
    black = Color.parse("#000000")
    for name in ("ink", "ink-past", "typed", "typed-past", "faint"):
        assert _contrast(Color.parse(threads(CONTRAST)[name]), black) >= 7, name


async def test_the_terminals_own_colours_will_do() -> None:
    async with opened(toast()) as pilot:
        pilot.app.theme = next(name for name, theme in BUILTIN_THEMES.items() if theme.ansi)
        await pilot.press("left")
        assert "Friends, raise your glasses." in screen_text(pilot)


def _contrast(one: Color, other: Color) -> float:
    """WCAG 2.1 contrast ratio."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: Color) -> float:
    parts = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.normalized)
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), parts, strict=True))

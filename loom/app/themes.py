"""Loom's colours: three themes of its own, and what it needs beyond any theme of Textual's.

Threads of a loom: what a person wrote is warm, what a model wrote has the colour of the page's
ink, where branches meet the cloth is green. Every theme of Textual works; the names below are
mixed from its colours.
"""

from __future__ import annotations

from textual.color import Color
from textual.theme import Theme

DARK = Theme(
    name="loom-dark",
    primary="#7aa2d8",
    secondary="#b39ddb",
    accent="#e9b872",
    foreground="#d8dae0",
    background="#15171c",
    surface="#191c22",
    panel="#20242c",
    success="#6fb58f",
    warning="#e2b55f",
    error="#e27d7d",
    dark=True,
    variables={"footer-background": "#15171c"},
)

LIGHT = Theme(
    name="loom-light",
    primary="#2c5d9b",
    secondary="#6a4fa3",
    accent="#9a5a0b",
    foreground="#2a2c31",
    background="#faf8f4",
    surface="#f4f1ea",
    panel="#eae6dc",
    success="#2f7d55",
    warning="#946200",
    error="#b03a3a",
    dark=False,
)


CONTRAST = Theme(
    name="loom-contrast",
    primary="#66b2ff",
    secondary="#d0a8ff",
    accent="#ffd75f",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#1c1c1c",
    success="#5fff87",
    warning="#ffd75f",
    error="#ff8787",
    dark=True,
)

_FADING = {CONTRAST.name: 0.45}
"""How much of the usual fading of what is less important a theme keeps."""


def threads(theme: Theme) -> dict[str, str]:
    """Names for style sheets: each a colour without transparency, mixed from a theme's own.

    `ink` is read now, `ink-past` was read before, `faint` is furniture with words, `line` without;
    `typed` is a person's text; `met` and `met-here` lie behind words that meet,
    `met-alike` behind those that only seem to, `met-undecided` behind those of which nothing is
    known yet; `joined`, `alike` and `undecided` are their marks. `here` is the row where the
    person stands; `bar` draws shares;
    `shade-1` to `shade-4` lie behind tokens, the more surprising the stronger.
    """
    if theme.ansi:
        return _ANSI_THREADS
    palette = theme.to_color_system().generate()
    paper = Color.parse(palette["background"])
    ink = Color.parse(palette["foreground"])
    warm = Color.parse(palette["accent"])
    green = Color.parse(palette["success"])
    cool = Color.parse(palette["primary"])
    violet = Color.parse(palette["secondary"])
    hot = Color.parse(palette["error"])
    fading = _FADING.get(theme.name, 1.0)
    return {
        "ink": ink.hex,
        "ink-past": ink.blend(paper, 0.32 * fading).hex,
        "faint": ink.blend(paper, 0.46 * fading).hex,
        "line": ink.blend(paper, 0.74 * fading).hex,
        "typed": warm.hex,
        "typed-past": warm.blend(paper, 0.3 * fading).hex,
        "met": paper.blend(green, 0.24).hex,
        "met-here": paper.blend(green, 0.5).hex,
        "joined": green.hex,
        "alike": violet.hex,
        "met-alike": paper.blend(violet, 0.22).hex,
        "met-alike-here": paper.blend(violet, 0.44).hex,
        "undecided": cool.hex,
        "met-undecided": paper.blend(cool, 0.2).hex,
        "met-undecided-here": paper.blend(cool, 0.42).hex,
        "here": paper.blend(cool, 0.2).hex,
        "bar": cool.blend(paper, 0.25).hex,
        **{f"shade-{n}": paper.blend(hot, 0.1 + 0.12 * n).hex for n in range(1, 5)},
    }


_ANSI_THREADS = {
    "ink": "ansi_default",
    "ink-past": "ansi_default",
    "faint": "ansi_bright_black",
    "line": "ansi_bright_black",
    "typed": "ansi_yellow",
    "typed-past": "ansi_yellow",
    "met": "ansi_green",
    "met-here": "ansi_cyan",
    "joined": "ansi_green",
    "alike": "ansi_magenta",
    "met-alike": "ansi_default",
    "met-alike-here": "ansi_magenta",
    "undecided": "ansi_blue",
    "met-undecided": "ansi_default",
    "met-undecided-here": "ansi_blue",
    "here": "ansi_blue",
    "bar": "ansi_blue",
    "shade-1": "ansi_default",
    "shade-2": "ansi_default",
    "shade-3": "ansi_magenta",
    "shade-4": "ansi_red",
}

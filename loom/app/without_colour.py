"""A screen in the terminal's own two colours, for a person who sets NO_COLOR."""

from __future__ import annotations

from functools import lru_cache

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.color import Color as Mixed
from textual.filter import LineFilter

_FAINT = 0.6
"""What stands out from its ground by less than this share of what ink does from paper is dim."""

_MARKED = 0.12
"""A ground that is so far from the paper (of the whole scale) means something."""

_DIM, _REVERSE = Style(dim=True), Style(reverse=True)


class WithoutColour(LineFilter):
    """Leaves bold, dim, italic, underlined and reversed; `ink` and `paper` are those of the theme.

    What was fainter is dim. Where only a coloured ground says something, it is reversed; words
    that are underlined or slanted too say it already.
    """

    def __init__(self, ink: Mixed, paper: Mixed) -> None:
        super().__init__()
        self._ink, self._paper = ink.rich_color, paper.rich_color

    def apply(self, segments: list[Segment], background: Mixed) -> list[Segment]:  # noqa: ARG002
        """The same words in two colours."""
        return [
            segment
            if segment.style is None
            else Segment(
                segment.text, _plain(segment.style, self._ink, self._paper), segment.control
            )
            for segment in segments
        ]


@lru_cache(maxsize=4_000)
def _plain(style: Style, ink: Color, paper: Color) -> Style:
    ground = style.bgcolor or paper
    plain = style.without_color
    if _distance(ground, paper) >= _MARKED:
        said = style.underline or style.italic or style.reverse
        return plain if said else plain + _REVERSE
    is_faint = _distance(style.color or ink, ground) < _FAINT * _distance(ink, paper)
    return plain + _DIM if is_faint else plain


def _distance(one: Color, other: Color) -> float:
    """How far apart two colours are, from 0 to 1: in the channel where they differ most.

    A terminal's own sixteen are what the terminal makes of them: far from everything, but that
    what it shows where nothing is said is both ink and paper.
    """
    if one.is_default or other.is_default or one == other:
        return 0.0
    if one.triplet is None or other.triplet is None:
        return 1.0
    return max(abs(a - b) for a, b in zip(one.triplet, other.triplet, strict=True)) / 255

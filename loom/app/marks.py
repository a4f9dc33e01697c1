"""How each finding looks on every screen: a mark, a name for its style, and a word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from loom.records import Join

MarkStyle = Literal["joined", "alike", "undecided", "words"]

MARK_STYLES: tuple[MarkStyle, ...] = ("joined", "alike", "undecided", "words")

MARK_CLASSES = frozenset(f"mark--{style}" for style in MARK_STYLES)
"""Component classes of a widget that draws marks."""

MET_CLASSES = frozenset(f"met--{style}{at}" for style in MARK_STYLES for at in ("", "-here"))
"""Component classes of a widget that tints the words of findings; -here: of the one asked for."""

WORDS_MARK = "≈"
"""Shared words, nothing more: no future was compared."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a finding looks like.

    `mark` is its letter, ? or ≈. On a rail it stands before `joint`, the stroke that runs through
    from one line to the next. `word` says it in a word or two.
    """

    mark: str
    style: MarkStyle
    joint: str
    word: str

    @property
    def mark_class(self) -> str:
        """The component class that draws the mark."""
        return f"mark--{self.style}"

    def met_class(self, *, asked: bool) -> str:
        """The component class behind its words."""
        return f"met--{self.style}{'-here' if asked else ''}"


def look_of(join: Join) -> Look:
    """The look of a finding; colour only helps, the mark says it all."""
    if join.denied:
        return Look(f"-{join.mark}", "words", "│", f"{_look(join).word}, but none to you")
    return _look(join)


def is_road(join: Join) -> bool:
    """Whether its branches are drawn as one road: the model says so, and nobody denies it."""
    return join.verdict == "joined" and not join.denied


def _look(join: Join) -> Look:
    match join.verdict:
        case "joined":
            return Look(join.mark, "joined", "┤", "join")
        case "apart":
            return Look(join.mark, "alike", "┊", "look-alike")
        case "undecided":
            return Look(join.mark, "undecided", "┊", "undecided")
        case "not_judged":
            return Look(join.mark, "words", "│", "shared words")

"""A drawing as a list of strokes, dots and words, the same for every kind of picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Colour = str
"""Hexadecimal, as #rrggbb."""

Weight = Literal["regular", "bold"]
Point = tuple[float, float]

INK = "#23211d"
SOFT = "#6c675e"
LINE = "#a9a396"
PAPER = "#ffffff"
PERSON = "#2f5d50"
MARKS = ("#0072b2", "#c2500a", "#007a5a", "#a8467f", "#8a6a00", "#3f6f93")
"""Told apart by people with every common kind of colour blindness; each also has its letter."""


@dataclass(frozen=True, slots=True)
class Words:
    """Text whose baseline begins at (x, y), in points; `size` is the font's."""

    x: float
    y: float
    text: str
    size: float
    colour: Colour = INK
    weight: Weight = "regular"


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through points; with four of them and `curved` a cubic Bezier curve."""

    points: tuple[Point, ...]
    colour: Colour = LINE
    width: float = 0.6
    curved: bool = False
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """A disc, or a ring where it is not filled."""

    x: float
    y: float
    radius: float
    colour: Colour = INK
    filled: bool = True


Shape = Words | Stroke | Dot


@dataclass(frozen=True, slots=True)
class Scene:
    """A whole drawing in points (1/72 inch), y downwards; `told` is what it shows, in words."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    title: str
    told: str

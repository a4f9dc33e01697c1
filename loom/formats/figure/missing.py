"""A character that no font has: a box with its number in hexadecimal, drawn in strokes."""

from __future__ import annotations

from collections.abc import Iterator

from loom.formats.figure.scene import Colour, Stroke

_SEGMENTS = {
    "0": "abcdef",
    "1": "bc",
    "2": "abged",
    "3": "abgcd",
    "4": "fgbc",
    "5": "afgcd",
    "6": "afgedc",
    "7": "abc",
    "8": "abcdefg",
    "9": "abcdfg",
    "A": "efabcg",
    "B": "fgecd",
    "C": "afed",
    "D": "bcdeg",
    "E": "afged",
    "F": "afge",
}
"""Which of seven strokes make a digit, as on a pocket calculator."""

_ENDS = {
    "a": ((0, 0), (1, 0)),
    "b": ((1, 0), (1, 1)),
    "c": ((1, 1), (1, 2)),
    "d": ((0, 2), (1, 2)),
    "e": ((0, 1), (0, 2)),
    "f": ((0, 0), (0, 1)),
    "g": ((0, 1), (1, 1)),
}


def box_of(character: str, x: float, y: float, size: float, colour: Colour) -> Iterator[Stroke]:
    """The strokes for one character whose baseline begins at (x, y)."""
    left, right, top, bottom = x + 0.04 * size, x + 0.58 * size, y - 0.76 * size, y + 0.1 * size
    corners = ((left, top), (right, top), (right, bottom), (left, bottom), (left, top))
    yield Stroke(corners, colour, 0.05 * size)
    digits = f"{ord(character):04X}"
    half = (len(digits) + 1) // 2
    for row, part in enumerate((digits[:half], digits[half:])):
        across = (right - left - 0.1 * size) / half
        for column, digit in enumerate(part):
            at_x = left + 0.075 * size + column * across
            at_y = top + 0.1 * size + row * 0.38 * size
            yield from _digit(digit, at_x, at_y, across * 0.6, 0.14 * size, colour, size)


def _digit(
    digit: str, x: float, y: float, width: float, height: float, colour: Colour, size: float
) -> Iterator[Stroke]:
    for segment in _SEGMENTS[digit]:
        points = tuple((x + a * width, y + b * height) for a, b in _ENDS[segment])
        yield Stroke(points, colour, 0.035 * size)

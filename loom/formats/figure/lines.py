"""The text of an entry broken into lines of a width, and cut down to a few that tell most."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from loom.formats.figure.fonts import Fonts
from loom.formats.figure.scene import Weight
from loom.formats.writeup.marks import Mark
from loom.formats.writeup.stretches import Stretch

_WORD = re.compile(r"\s*\S+|\s+$")
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Bit:
    """Characters of one look in a line, from `x` on, `width` wide."""

    x: float
    text: str
    width: float
    marks: tuple[Mark, ...] = ()
    begins: tuple[Mark, ...] = ()


Line = tuple[Bit, ...]


class Typesetter:
    """Breaks stretches into lines; a sign stands before the words of a join."""

    def __init__(self, fonts: Fonts, size: float, sign_size: float) -> None:
        self._fonts = fonts
        self._size = size
        self._sign_size = sign_size

    def width(self, text: str, weight: Weight = "regular") -> float:
        """How wide a text is."""
        return self._fonts.width(text, self._size, weight)

    def sign_width(self, bit: Bit) -> float:
        """How much room the signs before a bit take."""
        signs = "".join(mark.sign for mark in bit.begins)
        return self._fonts.width(signs, self._sign_size, "bold") + 1.2 * bool(signs)

    def lines(self, whole: Sequence[Stretch], width: float, indent: float) -> list[Line]:
        """All lines; the first begins `indent` further right."""
        lines: list[list[Bit]] = [[]]
        x = indent
        for stretch in whole:
            begins = stretch.begins
            for word in _WORD.findall(stretch.text):
                for part in self._parts(word, width):
                    bit = Bit(x, part, self.width(part), stretch.marks, begins)
                    need = bit.width + self.sign_width(bit)
                    if lines[-1] and x + need > width:
                        lines.append([])
                        x, text = 0.0, part.lstrip()
                        bit = Bit(x, text, self.width(text), stretch.marks, begins)
                        need = bit.width + self.sign_width(bit)
                    lines[-1].append(bit)
                    begins = ()
                    x += need
        return [tuple(line) for line in lines]

    def _parts(self, word: str, width: float) -> list[str]:
        """A word that no line can hold, in parts that lines can."""
        if self.width(word) <= width:
            return [word]
        n = max(1, int(len(word) * width / self.width(word)) - 1)
        return [word[i : i + n] for i in range(0, len(word), n)]


def fewer(lines: Sequence[Line], most: int) -> list[Line]:
    """At most so many lines: the first, those where joins begin, the last; gaps are shown."""
    if len(lines) <= most:
        return list(lines)
    begins = [i for i, line in enumerate(lines) if any(bit.begins for bit in line)]
    order = dict.fromkeys([0, *begins, len(lines) - 1, *range(1, len(lines))])
    kept = sorted(list(order)[:most])
    shown: list[Line] = []
    for i in kept:
        line = lines[i]
        gap_follows = i + 1 < len(lines) and i + 1 not in kept
        shown.append((*line, _ellipsis_after(line)) if gap_follows else line)
    return shown


def _ellipsis_after(line: Line) -> Bit:
    x = line[-1].x + line[-1].width if line else 0.0
    return Bit(x, f" {ELLIPSIS}", 0.0)

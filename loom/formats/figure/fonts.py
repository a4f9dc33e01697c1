"""Fonts of a figure: how wide words are, and what their characters look like.

Figures bring their own fonts, so that they look the same everywhere. Nothing is shaped: scripts
that join or reorder their letters need a font and a program that can.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont, TTLibError

from loom.errors import UsageError
from loom.formats.figure.scene import Weight
from loom.paths import bundled_file

_FOLDER = "fonts"
_FALLBACKS = ("NotoSansMath-Regular", "NotoSansSymbols2-Regular", "NotoSansSymbols-Regular")
_WEIGHTS: dict[Weight, str] = {"regular": "NotoSans-Regular", "bold": "NotoSans-Bold"}
_UNSEEN = {"\u200d", "\ufe0e", "\ufe0f"}
_BOX = 0.62
"""The width of the box with a number that stands for a character no font has, in ems."""


class Face:
    """One font file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._font = TTFont(path, lazy=True)
            self._glyphs = self._font.getBestCmap()
            self._advances = self._font["hmtx"]
            self._per_em = float(self._font["head"].unitsPerEm)
        except (OSError, TTLibError, KeyError) as error:
            raise UsageError(
                f"{path} is not a font that can be read ({error}).", "Name a TrueType file."
            ) from error

    def __contains__(self, character: object) -> bool:
        return isinstance(character, str) and ord(character) in self._glyphs

    def advance(self, character: str) -> float:
        """How far a character moves the pen, in ems."""
        return float(self._advances[self._glyphs[ord(character)]][0]) / self._per_em

    def outline(self, character: str) -> str:
        """The character as a path of SVG, one unit to the em, y downwards."""
        glyphs = self._font.getGlyphSet()
        pen = SVGPathPen(glyphs, ntos=lambda value: f"{value:.4f}".rstrip("0").rstrip("."))
        scale = 1 / self._per_em
        glyphs[self._glyphs[ord(character)]].draw(TransformPen(pen, (scale, 0, 0, -scale, 0, 0)))
        return str(pen.getCommands())


@dataclass(frozen=True, slots=True)
class Run:
    """Characters that one face draws from x on, or one that none has (`face` is None)."""

    text: str
    x: float
    face: Face | None


class Fonts:
    """The faces of a figure: the person's own before loom's."""

    def __init__(self, own: Sequence[str] = ()) -> None:
        self._own = [Face(Path(name)) for name in own]

    @cached_property
    def _faces(self) -> dict[Weight, list[Face]]:
        rest = [Face(bundled_file(f"{_FOLDER}/{name}.ttf")) for name in _FALLBACKS]
        first = {
            weight: Face(bundled_file(f"{_FOLDER}/{name}.ttf")) for weight, name in _WEIGHTS.items()
        }
        regular = first["regular"]
        return {
            weight: [*self._own, *dict.fromkeys((face, regular)), *rest]
            for weight, face in first.items()
        }

    def face_of(self, character: str, weight: Weight) -> Face | None:
        """The first face that has a character."""
        return next((face for face in self._faces[weight] if character in face), None)

    def advance(self, character: str, weight: Weight) -> float:
        """How far a character moves the pen, in ems."""
        if character in _UNSEEN:
            return 0.0
        face = self.face_of(character, weight)
        return _BOX if face is None else face.advance(character)

    def width(self, text: str, size: float, weight: Weight = "regular") -> float:
        """How wide a text is at a size."""
        return size * sum(self.advance(character, weight) for character in text)

    def runs(self, text: str, x: float, size: float, weight: Weight) -> Iterator[Run]:
        """The text in pieces that one face can draw; a character that none has stands alone."""
        seen = [character for character in text if character not in _UNSEEN]
        for face, characters in groupby(seen, key=lambda one: self.face_of(one, weight)):
            written = "".join(characters)
            for run in [written] if face is not None else written:
                yield Run(run, x, face)
                x += self.width(run, size, weight)

"""A figure as SVG: every letter is an outline, so that it looks the same where no font is."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from loom.formats.figure.drawing import scene
from loom.formats.figure.fonts import Face, Fonts
from loom.formats.figure.missing import box_of
from loom.formats.figure.scene import PAPER, Dot, Scene, Stroke, Words
from loom.formats.material import Material

SCREEN = 2.6
"""How much larger than in a column a figure is shown on a screen."""


def svg(material: Material) -> str:
    """The chosen part of a tree as SVG."""
    return drawn(scene(material), Fonts(material.wording.fonts))


def drawn(drawing: Scene, fonts: Fonts) -> str:
    """A scene as SVG."""
    outlines = _Outlines(fonts)
    body = [shape for one in drawing.shapes for shape in _shape(one, outlines)]
    width, height = drawing.width, drawing.height
    size = f'width="{width * SCREEN:.0f}" height="{height * SCREEN:.0f}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} '
            f'viewBox="0 0 {width:.0f} {height:.1f}" role="img" aria-labelledby="title told">',
            f'<title id="title">{escape(drawing.title)}</title>',
            f'<desc id="told">{escape(drawing.told)}</desc>',
            f'<rect width="{width:.0f}" height="{height:.1f}" fill="{PAPER}"/>',
            "<defs>",
            *outlines.definitions,
            "</defs>",
            *body,
            "</svg>",
            "",
        ]
    )


class _Outlines:
    """Each character of each face once; where it stands again it is only named."""

    def __init__(self, fonts: Fonts) -> None:
        self.fonts = fonts
        self.definitions: list[str] = []
        self._names: dict[tuple[Face, str], str] = {}

    def name(self, face: Face, character: str) -> str:
        key = (face, character)
        if key not in self._names:
            self._names[key] = name = f"g{len(self._names)}"
            self.definitions.append(f'<path id="{name}" d="{face.outline(character)}"/>')
        return self._names[key]


def _shape(shape: Words | Stroke | Dot, outlines: _Outlines) -> Iterator[str]:
    match shape:
        case Words():
            yield from _words(shape, outlines)
        case Stroke():
            yield _stroke(shape)
        case Dot(x, y, radius, colour, filled):
            look = f'fill="{colour}"' if filled else f'fill="{PAPER}" stroke="{colour}"'
            if not filled and radius > 4:
                look = f'fill="none" stroke="{colour}"'
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" {look} stroke-width=".8"/>'


def _stroke(shape: Stroke) -> str:
    (x, y), *rest = shape.points
    letter = "C" if shape.curved else "L"
    path = f"M{x:.1f} {y:.1f}{letter}" + " ".join(f"{a:.1f} {b:.1f}" for a, b in rest)
    dashes = ' stroke-dasharray=".8 1.6"' if shape.dashed else ""
    look = f'fill="none" stroke="{shape.colour}" stroke-width="{shape.width}"{dashes}'
    return f'<path d="{path}" {look}/>'


def _words(shape: Words, outlines: _Outlines) -> Iterator[str]:
    fonts, size = outlines.fonts, shape.size
    uses: list[str] = []
    for run in fonts.runs(shape.text, shape.x, size, shape.weight):
        if run.face is None:
            for stroke in box_of(run.text, run.x, shape.y, size, shape.colour):
                yield _stroke(stroke)
            continue
        x = (run.x - shape.x) / size
        for character in run.text:
            if not character.isspace():
                name = outlines.name(run.face, character)
                uses.append(f'<use href="#{name}" x="{x:.3f}"/>' if x else f'<use href="#{name}"/>')
            x += run.face.advance(character)
    if uses:
        place = f"translate({shape.x:.2f} {shape.y:.2f}) scale({size})"
        yield f'<g fill="{shape.colour}" transform="{place}">{"".join(uses)}</g>'

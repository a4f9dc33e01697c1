"""A figure as PDF, one page as large as the figure, its fonts embedded and its words selectable."""

from __future__ import annotations

from datetime import UTC, datetime

from fpdf import FPDF
from fpdf.enums import PathPaintRule

from loom.formats.figure.drawing import scene
from loom.formats.figure.fonts import Face, Fonts
from loom.formats.figure.missing import box_of
from loom.formats.figure.scene import PAPER, Dot, Scene, Stroke, Words
from loom.formats.material import Material


def pdf(material: Material) -> bytes:
    """The chosen part of a tree as PDF."""
    tree = material.excerpt.tree
    last_s = max((tree.node(node).created_at for node in material.excerpt.children), default=0.0)
    # The same tree gives the same bytes: no time of export is in them.
    made = datetime.fromtimestamp(max(0.0, last_s), UTC)
    return drawn(scene(material), Fonts(material.wording.fonts), made)


def drawn(drawing: Scene, fonts: Fonts, made: datetime) -> bytes:
    """A scene as PDF; `made` is the time it says it was made at."""
    page = _Page(drawing, fonts, made)
    for shape in drawing.shapes:
        match shape:
            case Words():
                page.words(shape)
            case Stroke():
                page.stroke(shape)
            case Dot():
                page.dot(shape)
    return bytes(page.pdf.output())


class _Page:
    def __init__(self, drawing: Scene, fonts: Fonts, made: datetime) -> None:
        self._fonts = fonts
        self._families: dict[Face, str] = {}
        self.pdf = pdf = FPDF(unit="pt", format=(drawing.width, drawing.height))
        pdf.set_creation_date(made)
        pdf.set_title(drawing.title)
        pdf.set_subject(drawing.told[:2000])
        pdf.set_creator("loom")
        pdf.set_margin(0)
        pdf.set_auto_page_break(False)
        pdf.add_page()

    def words(self, shape: Words) -> None:
        self.pdf.set_text_color(shape.colour)
        for run in self._fonts.runs(shape.text, shape.x, shape.size, shape.weight):
            if run.face is None:
                for stroke in box_of(run.text, run.x, shape.y, shape.size, shape.colour):
                    self.stroke(stroke)
            else:
                self.pdf.set_font(self._family(run.face), size=shape.size)
                self.pdf.text(run.x, shape.y, run.text)

    def stroke(self, shape: Stroke) -> None:
        with self.pdf.new_path() as path:
            path.style.fill_color = None
            path.style.paint_rule = PathPaintRule.STROKE
            path.style.stroke_color = shape.colour
            path.style.stroke_width = shape.width
            path.style.stroke_dash_pattern = [0.8, 1.6] if shape.dashed else None
            (x, y), *rest = shape.points
            path.move_to(x, y)
            if shape.curved:
                (a, b, c) = rest
                path.curve_to(*a, *b, *c)
            else:
                for point in rest:
                    path.line_to(*point)

    def dot(self, shape: Dot) -> None:
        self.pdf.set_draw_color(shape.colour)
        self.pdf.set_fill_color(shape.colour if shape.filled else PAPER)
        self.pdf.set_line_width(0.8)
        style = "DF" if shape.filled or shape.radius <= 4 else "D"
        self.pdf.circle(shape.x, shape.y, shape.radius, style=style)

    def _family(self, face: Face) -> str:
        if face not in self._families:
            self._families[face] = name = f"face{len(self._families)}"
            self.pdf.add_font(name, fname=face.path)
        return self._families[face]

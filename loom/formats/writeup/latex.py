"""A tree as LaTeX: the figure, then the branches in two columns, then how it was made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined

from loom.formats.figure.scene import MARKS
from loom.formats.material import Material
from loom.formats.writeup import heading, telling
from loom.formats.writeup.appendix import appendix
from loom.formats.writeup.marks import Marks, marks_of
from loom.formats.writeup.passages import Passage, Section, ending, left_out, sections
from loom.formats.writeup.stretches import Stretch, stretches
from loom.formats.writeup.tex_words import Tex, paragraphs, tex

DEEPEST = 30
INDENT_MM = 2.5
MOST_INDENTED = 8


@dataclass(frozen=True, slots=True)
class Row:
    """One passage as the template sets it."""

    section: str
    indent: Tex
    number: str
    role: str
    text: Tex
    person: bool
    ending: str
    more: str


def latex(material: Material) -> str:
    """The write-up as LaTeX, for pdflatex and lualatex alike."""
    marks = marks_of(material.joins, material.excerpt)
    found = appendix(material)
    return (
        _environment()
        .get_template("page.tex")
        .render(
            title=heading.title(material),
            about=heading.about(material),
            meetings=heading.meetings(marks),
            left_out=heading.left_out(material),
            rows=_rows(sections(material.excerpt, DEEPEST), marks),
            marks=marks.all,
            colours=[Tex(colour) for colour in MARKS],
            n_colours=len(MARKS),
            appendix=None if found is None else telling.told(found),
            appendix_heading=telling.HEADING,
        )
    )


def _environment() -> Environment:
    """Templates of LaTeX; everything put into them is escaped, unless it is of the type Tex."""
    return Environment(
        loader=PackageLoader("loom.formats.writeup", "templates"),
        block_start_string=r"\BLOCK{ ",
        block_end_string=" }",
        variable_start_string=r"\VAR{ ",
        variable_end_string=" }",
        comment_start_string=r"\COMMENT{ ",
        comment_end_string=" }",
        undefined=StrictUndefined,
        finalize=tex,
        # There is no HTML in here: what escapes is `finalize`, for every value.
        autoescape=False,
        trim_blocks=True,
        keep_trailing_newline=True,
    )


def _rows(parts: list[Section], marks: Marks) -> Iterator[Row]:
    for section in parts:
        for i, passage in enumerate(section.passages):
            begins = section.index > 0 and i == 0
            yield _row(passage, marks, section.goes_on_from if begins else "")


def _row(passage: Passage, marks: Marks, section: str) -> Row:
    role = passage.nodes[0].role
    return Row(
        section=section,
        indent=Tex(f"{INDENT_MM * min(passage.depth, MOST_INDENTED):g}"),
        number=passage.number if passage.begins_branch else "",
        role="" if role == "text" else role,
        text=_text(passage, marks),
        person=not passage.is_generated,
        ending=ending(passage),
        more=left_out(passage),
    )


def _text(passage: Passage, marks: Marks) -> Tex:
    parts = "".join(map(_stretch, stretches(passage, marks)))
    return Tex(parts.strip()) if passage.text.strip() else Tex("(empty)")


def _stretch(stretch: Stretch) -> str:
    signs = "".join(
        rf"\loomsign{{{mark.index % len(MARKS)}}}{{{tex(mark.sign)}}}" for mark in stretch.begins
    )
    words = paragraphs(stretch.text)
    if not stretch.marks:
        return signs + words
    colour = stretch.marks[0].index % len(MARKS)
    # A space right after the command that sets a colour would be taken for its end.
    return rf"{signs}{{\color{{loomj{colour}}}{{}}{words}}}"

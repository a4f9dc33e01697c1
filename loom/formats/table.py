"""The table of formats: what each is called, how its files end, and who writes it.

A write-up is made by a pure function from the material to text or bytes, whose module is loaded
when it is asked for: nobody who wants plain text should wait for a PDF library. Data is made of
the session's file, in pieces, by whoever has it open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from loom.errors import UsageError
from loom.formats.material import Material

Exporter = Callable[[Material], str | bytes]


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a tree out."""

    name: str
    suffix: str
    about: str
    aliases: tuple[str, ...] = ()
    is_binary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteUp(Format):
    """One that people read, and not programs.

    `beside` are files that belong to it and lie beside it, by what their names end in.
    """

    write: Exporter
    beside: tuple[tuple[str, Exporter], ...] = ()


def _markdown(material: Material) -> str:
    from loom.formats.writeup.markdown import markdown

    return markdown(material)


def _latex(material: Material) -> str:
    from loom.formats.writeup.latex import latex

    return latex(material)


def _text(material: Material) -> str:
    from loom.formats.writeup.text import text

    return text(material)


def _html(material: Material) -> str:
    from loom.formats.writeup.html import html

    return html(material)


def _svg(material: Material) -> str:
    from loom.formats.figure.svg import svg

    return svg(material)


def _png(material: Material) -> bytes:
    from loom.formats.figure.png import png

    return png(material)


def _pdf(material: Material) -> bytes:
    from loom.formats.figure.pdf import pdf

    return pdf(material)


def _cast(material: Material) -> str:
    from loom.formats.recording.cast import cast

    return cast(material)


WRITE_UPS: tuple[WriteUp, ...] = (
    WriteUp(
        "markdown", ".md", "A write-up to read on a page or in notes", ("md",), write=_markdown
    ),
    WriteUp("html", ".html", "One page that unfolds in any browser", write=_html),
    WriteUp(
        "latex",
        ".tex",
        "A write-up for pdflatex and lualatex, its figure beside it",
        ("tex",),
        write=_latex,
        beside=(("-tree.pdf", _pdf),),
    ),
    WriteUp("text", ".txt", "Plain text in lines of 78 cells", ("txt",), write=_text),
    WriteUp("svg", ".svg", "A figure, its letters as outlines", write=_svg),
    WriteUp("png", ".png", "The figure in pixels", write=_png, is_binary=True),
    WriteUp(
        "pdf", ".pdf", "The figure for a paper, its fonts embedded", write=_pdf, is_binary=True
    ),
    WriteUp("cast", ".cast", "How it grew, for asciinema", write=_cast),
)

# An ending that ends in another comes before it.
DATA_FORMATS: tuple[Format, ...] = (
    Format("loom", ".loom", "A safe copy of the session", is_binary=True),
    Format("pyloom", ".pyloom.json", "The original Loom's JSON"),
    Format("loomsidian", ".loomsidian.json", "Obsidian loom's JSON"),
    Format("json", ".json", "Everything, without a loss; of a part its nodes"),
    Format("jsonl", ".jsonl", "One node a line"),
    Format("csv-tokens", ".tokens.csv", "One row a token"),
    Format("csv", ".csv", "One row a node"),
    Format("graphml-roads", ".roads.graphml", "The roads as a graph"),
    Format("graphml", ".graphml", "The tree as a graph"),
    Format("dot-roads", ".roads.dot", "The roads for Graphviz"),
    Format("dot", ".dot", "The tree for Graphviz", ("gv",)),
)

FORMATS: tuple[Format, ...] = (*WRITE_UPS, *DATA_FORMATS)


def format_named(name: str) -> Format:
    """The format of that name or alias; UsageError names those there are."""
    for row in FORMATS:
        if name == row.name or name in row.aliases:
            return row
    names = ", ".join(row.name for row in FORMATS)
    raise UsageError(f"There is no format {name!r}.", f"There are: {names}.")


def format_of_file(file_name: str) -> Format | None:
    """The format that files with such a name are in, None if the name does not say."""
    for row in FORMATS:
        if file_name.lower().endswith(row.suffix):
            return row
    return None

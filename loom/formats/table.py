"""The table of formats: what each is called, how its files end, and who writes it.

Every exporter is a pure function from the material to text or bytes. Its module is loaded when
it is asked for: nobody who wants plain text should wait for a PDF library.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from loom.errors import UsageError
from loom.formats.data import writers
from loom.formats.material import Material

Exporter = Callable[[Material], str | bytes]


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a tree out.

    `beside` are files that belong to it and lie beside it, by what their names end in.
    """

    name: str
    suffix: str
    about: str
    write: Exporter
    aliases: tuple[str, ...] = ()
    beside: tuple[tuple[str, Exporter], ...] = ()
    is_binary: bool = False


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


# An ending that ends in another comes before it.
DATA_FORMATS: tuple[Format, ...] = (
    Format("loom", ".loom", "A safe copy of the session", writers.write_session, is_binary=True),
    Format("pyloom", ".pyloom.json", "The original Loom's JSON", writers.write_pyloom),
    Format("loomsidian", ".loomsidian.json", "Obsidian loom's JSON", writers.write_loomsidian),
    Format("json", ".json", "Everything, without a loss; of a part its nodes", writers.write_json),
    Format("jsonl", ".jsonl", "One node a line", writers.write_json_lines),
    Format("csv-tokens", ".tokens.csv", "One row a token", writers.write_tokens_csv),
    Format("csv", ".csv", "One row a node", writers.write_nodes_csv),
    Format("graphml-roads", ".roads.graphml", "The roads as a graph", writers.write_graphml_roads),
    Format("graphml", ".graphml", "The tree as a graph", writers.write_graphml),
    Format("dot-roads", ".roads.dot", "The roads for Graphviz", writers.write_dot_roads),
    Format("dot", ".dot", "The tree for Graphviz", writers.write_dot, ("gv",)),
)

FORMATS: tuple[Format, ...] = (
    Format("markdown", ".md", "A write-up to read on a page or in notes", _markdown, ("md",)),
    Format("html", ".html", "One page that unfolds in any browser", _html),
    Format(
        "latex",
        ".tex",
        "A write-up for pdflatex and lualatex, its figure beside it",
        _latex,
        ("tex",),
        beside=(("-tree.pdf", _pdf),),
    ),
    Format("text", ".txt", "Plain text in lines of 78 cells", _text, ("txt",)),
    Format("svg", ".svg", "A figure, its letters as outlines", _svg),
    Format("png", ".png", "The figure in pixels", _png, is_binary=True),
    Format("pdf", ".pdf", "The figure for a paper, its fonts embedded", _pdf, is_binary=True),
    Format("cast", ".cast", "How it grew, for asciinema", _cast),
    *DATA_FORMATS,
)


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

"""A tree as plain text: numbered paragraphs, indented as they branch, in lines of 78 cells."""

from __future__ import annotations

from collections.abc import Iterator

from wcwidth import wcswidth

from loom.formats.material import Material
from loom.formats.writeup import heading, telling
from loom.formats.writeup.appendix import appendix
from loom.formats.writeup.marks import Marks, marks_of
from loom.formats.writeup.passages import Passage, ending, left_out, more_nodes, sections
from loom.formats.writeup.stretches import stretches
from loom.tree.visible import visible

N_CELLS = 78
DEEPEST = 12
_INDENT = "  "


def text(material: Material) -> str:
    """The write-up as plain text."""
    return "\n".join(_lines(material)).rstrip() + "\n"


def _lines(material: Material) -> Iterator[str]:
    marks = marks_of(material.joins, material.excerpt)
    title = visible(heading.title(material))
    yield from (title, "=" * max(1, _cells(title)))
    yield from wrapped(visible(heading.about(material)), "")
    for sentence in (heading.meetings(marks), heading.left_out(material)):
        yield from wrapped(sentence, "") if sentence else ()
    yield ""
    for section in sections(material.excerpt, DEEPEST):
        if section.index:
            yield from (f"({section.index}) after {section.goes_on_from}", "")
        for passage in section.passages:
            yield from _passage(passage, marks)
    if n := material.excerpt.n_more_at_top:
        yield from (more_nodes(n), "")
    yield from _notes(material, marks)


def _passage(passage: Passage, marks: Marks) -> Iterator[str]:
    indent = _INDENT * passage.depth
    label = f"{passage.number}  " if passage.begins_branch else ""
    speaker = "" if passage.nodes[0].role == "text" else f"{passage.nodes[0].role.upper()}: "
    told = f" ({word})" if (word := ending(passage)) else ""
    whole = label + speaker + (_marked(passage, marks).strip() or "(empty)") + told
    for paragraph in whole.split("\n"):
        yield from wrapped(paragraph, indent)
    if more := left_out(passage):
        yield indent + more
    if passage.goes_on_in is not None:
        yield f"{indent}goes on at ({passage.goes_on_in})"
    yield ""


def _marked(passage: Passage, marks: Marks) -> str:
    """The text with the sign of each join in front of its words."""
    parts: list[str] = []
    for stretch in stretches(passage, marks):
        signs = "".join(f"[{mark.sign}] " for mark in stretch.begins)
        parts.append(signs + visible(stretch.text))
    return "".join(parts)


def _notes(material: Material, marks: Marks) -> Iterator[str]:
    if marks.all:
        yield from ("Where branches meet", "-------------------")
        for mark in marks.all:
            yield from wrapped(f"[{mark.sign}] {visible(mark.sentence)}", "", "     ")
        yield ""
    if (found := appendix(material)) is not None:
        yield from (telling.HEADING, "-" * len(telling.HEADING))
        for sentence in telling.told(found):
            yield from wrapped(visible(sentence), "", _INDENT)


def wrapped(paragraph: str, indent: str, hanging: str = "") -> Iterator[str]:
    """A paragraph in lines; a word longer than a line stays whole."""
    line, room = "", max(24, N_CELLS - len(indent))
    for word in paragraph.split(" "):
        if line and _cells(line) + 1 + _cells(word) > room:
            yield indent + line
            line = hanging + word
        else:
            line = f"{line} {word}" if line else word
    yield (indent + line).rstrip()


def _cells(line: str) -> int:
    return max(0, wcswidth(line))

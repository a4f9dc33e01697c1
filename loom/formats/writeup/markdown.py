"""A tree as Markdown for GitHub or Obsidian: nested lists, or a chapter for each branch."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from loom.formats.material import Material
from loom.formats.writeup import heading, telling
from loom.formats.writeup.appendix import appendix
from loom.formats.writeup.markdown_words import Dialect
from loom.formats.writeup.marks import marks_of
from loom.formats.writeup.passages import (
    Passage,
    Section,
    count,
    ending,
    left_out,
    more_nodes,
    sections,
)
from loom.formats.writeup.stretches import Stretch, stretches

DEEPEST = 8
"""Lists nested deeper than that are read by nobody, and by few programs."""

DEEPEST_CHAPTER = 40

_INDENT = "  "
"""The columns of "- ": what belongs to an item stands below its text."""


def markdown(material: Material) -> str:
    """The write-up as Markdown, in the flavour and arrangement that were asked for."""
    return "\n".join(_Writer(material).lines()).rstrip() + "\n"


class _Writer:
    def __init__(self, material: Material) -> None:
        self._material = material
        self._dialect = Dialect(material.wording.flavour)
        self._marks = marks_of(material.joins, material.excerpt)
        self._noted: set[int] = set()

    def lines(self) -> Iterator[str]:
        """The whole write-up."""
        yield from self._heading()
        if self._material.wording.arrangement == "chapters":
            parts = sections(self._material.excerpt, DEEPEST_CHAPTER)
            for section in parts:
                yield from self._chapters(section, parts)
        else:
            for section in sections(self._material.excerpt, DEEPEST):
                yield from self._nested(section)
        if n := self._material.excerpt.n_more_at_top:
            yield from (f"*{more_nodes(n)}*", "")
        yield from self._notes()

    def _heading(self) -> Iterator[str]:
        escape = self._dialect.escape
        yield from (f"# {escape(heading.title(self._material))}", "")
        yield from (f"*{escape(heading.about(self._material))}*", "")
        for told in (heading.meetings(self._marks), heading.left_out(self._material)):
            yield from (f"*{escape(told)}*", "") if told else ()

    def _nested(self, section: Section) -> Iterator[str]:
        if section.index:
            yield from (f"## After {section.goes_on_from}", "")
        for passage in section.passages:
            inside = _INDENT * passage.depth
            first = inside
            if passage.begins_branch:
                # The number is written out: a list of Markdown would count from 1 again.
                first = f"{_INDENT * (passage.depth - 1)}- **{passage.number}** "
            yield from _indented(self._paragraphs(section, passage), first, inside)
            if more := left_out(passage):
                yield from (f"{inside}*{more}*", "")
            if passage.goes_on_in is not None:
                n = count(passage.n_branches, "branch", "branches")
                yield from (f"{inside}*{n}, under “After {passage.number}” below*", "")

    def _chapters(self, section: Section, parts: Sequence[Section]) -> Iterator[str]:
        for passage in section.passages:
            if passage.begins_branch:
                name = _name(section, passage)
                level = "#" * min(6, 1 + passage.depth)
                yield from (f"{level} {self._dialect.anchor(name)}{name}", "")
                of_all = f"*{passage.ordinal} of {passage.n_siblings} branches*"
                yield from (of_all, "")
            yield from _indented(self._paragraphs(section, passage), "", "")
            if more := left_out(passage):
                yield from (f"*{more}*", "")
            goes_on_in = section if passage.goes_on_in is None else parts[passage.goes_on_in]
            yield from self._ways_on(goes_on_in, passage)

    def _ways_on(self, goes_on_in: Section, passage: Passage) -> Iterator[str]:
        below = [
            _name(goes_on_in, one)
            for one in goes_on_in.passages
            if one.parent == passage.index and one.begins_branch
        ]
        if below:
            yield from (f"→ {' · '.join(map(self._dialect.link, below))}", "")

    def _paragraphs(self, section: Section, passage: Passage) -> list[str]:
        role = passage.nodes[0].role
        speaker = "" if role == "text" else f"**{role}:** "
        words = "".join(map(self._stretch, stretches(passage, self._marks))).strip()
        told = f" *({word})*" if (word := ending(passage)) else ""
        block = self._dialect.block(_name(section, passage) if passage.begins_branch else "")
        return re.split(r"\n\s*\n", f"{speaker}{words or '*(empty)*'}{told}{block}")

    def _stretch(self, stretch: Stretch) -> str:
        words = self._dialect.escape(stretch.text)
        if stretch.at and words[:1] in (".", ")"):
            # Behind a number that ends the stretch before, it would make an item of a list.
            words = f"\\{words}"
        if stretch.marks:
            # A mark that goes over the end of a paragraph would not be one.
            words = "\n\n".join(self._dialect.marked(part) for part in words.split("\n\n"))
        notes = "".join(f"[^{mark.index + 1}]" for mark in stretch.begins)
        self._noted.update(mark.index for mark in stretch.begins)
        return words + notes

    def _notes(self) -> Iterator[str]:
        escape = self._dialect.escape
        for mark in self._marks.all:
            if mark.index in self._noted:
                yield f"[^{mark.index + 1}]: {escape(f'{mark.sign} {mark.sentence}')}"
        if self._noted:
            yield ""
        if (found := appendix(self._material)) is not None:
            summary, *rows = telling.told(found)
            told = [escape(summary), "", *(f"- {escape(row)}" for row in rows)]
            yield from self._dialect.folded(telling.HEADING, told)


def _name(section: Section, passage: Passage) -> str:
    """The number of a branch, with its section's before it: each section counts from 1."""
    return f"{section.index}:{passage.number}" if section.index else passage.number


def _indented(paragraphs: Sequence[str], first: str, inside: str) -> Iterator[str]:
    """Paragraphs one below the other; the lines of one stay lines."""
    for i, paragraph in enumerate(paragraphs):
        before = first if i == 0 else inside
        yield from (before + paragraph.strip().replace("\n", f"  \n{inside}"), "")

"""Stretches of rendered text, and how they are broken into lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from loom.app.wrapping import wrap

Style = Literal[
    "heading",
    "title",
    "strong",
    "emphasis",
    "struck",
    "link",
    "code",
    "quote",
    "furniture",
    "keyword",
    "string",
    "number",
    "comment",
    "name",
]
"""What a stretch is; how it looks is for the style sheet to say."""


class Run(NamedTuple):
    """Text of one style; `start` is where its first character stands in the source, if it does."""

    text: str
    start: int | None = None
    styles: tuple[Style, ...] = ()

    def moved(self, by: int) -> Run:
        """The same, where the source stands in a longer text."""
        return self if self.start is None else self._replace(start=self.start + by)

    def cut(self, first: int, until: int) -> Run:
        """Its characters [first, until)."""
        start = None if self.start is None else self.start + first
        return Run(self.text[first:until], start, self.styles)


class SourceLine(NamedTuple):
    """A rendered line, which stands for characters [start, end) of the source."""

    start: int
    end: int
    runs: tuple[Run, ...]

    @property
    def plain(self) -> str:
        """Its text."""
        return "".join(run.text for run in self.runs)


@dataclass(slots=True)
class Cursor:
    """Walks through the source behind the words that are rendered, and says where they stand."""

    source: str
    at: int = 0
    limit: int = 0

    def between(self, start: int, limit: int) -> None:
        """What comes stands in characters [start, limit), behind what came."""
        self.at, self.limit = max(self.at, start), limit

    def find(self, text: str) -> int:
        """Where a text stands; near there where it is written otherwise, as entities are."""
        found = self.source.find(text, self.at, self.limit)
        if found < 0:
            return self.at
        self.at = found + len(text)
        return found


def wrapped(runs: Sequence[Run], width: int) -> Iterator[list[Run]]:
    """Lines of at most `width` cells; a newline in a run ends one, blanks at an end are dropped."""
    text = "".join(run.text for run in runs)
    start = 0
    for part in text.split("\n"):
        for first, until in wrap(text, start, start + len(part), width):
            yield list(_cut(runs, first, first + len(text[first:until].rstrip())))
        start += len(part) + 1


def _cut(runs: Sequence[Run], first: int, until: int) -> Iterator[Run]:
    """The characters [first, until) of what runs say together."""
    begins = 0
    for run in runs:
        ends = begins + len(run.text)
        if ends > first and begins < until:
            yield run.cut(max(0, first - begins), min(len(run.text), until - begins))
        begins = ends


def in_source(lines: Sequence[Sequence[Run]], source: str) -> list[SourceLine]:
    """Which part of the source each line stands for: together they cover it, in order."""
    starts, seen = [0], 0
    for line in lines:
        placed = [run for run in line if run.start is not None and run.text.strip()]
        if line is not lines[0]:
            first = placed[0].start if placed else None
            starts.append(max(starts[-1], _where_written(source, seen, first)))
        if placed and (last := placed[-1].start) is not None:
            seen = max(seen, min(last + len(placed[-1].text), len(source)))
    ends = [*starts[1:], len(source)]
    return [
        SourceLine(start, end, tuple(line))
        for start, end, line in zip(starts, ends, lines, strict=True)
    ]


def _where_written(source: str, seen: int, first: int | None) -> int:
    """Where the signs before a line's first word begin: behind those that end the line before."""
    at = seen
    limit = len(source) if first is None else first
    while at < limit and not source[at].isspace():
        at += 1
    while at < limit and source[at].isspace():
        at += 1
    return at if first is None or at <= first else first

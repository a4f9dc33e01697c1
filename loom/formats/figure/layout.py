"""The tree laid out for one column of a page: lines of descent on the left, meetings on the right.

Sizes are points: the figure is as wide as a column and its letters are read at that size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from loom.formats.figure.folding import Entry
from loom.formats.figure.fonts import Fonts
from loom.formats.figure.lines import ELLIPSIS, Bit, Line, Typesetter, fewer
from loom.formats.writeup.marks import Mark
from loom.formats.writeup.passages import more

SIZE = 7.2
SMALL = 6.0
SIGN = 5.4
LEADING = 9.4
GAP = 4.2
MARGIN = 7.0
INDENT = 10.0
TEXT_AFTER_DOT = 7.0
LEAST_TEXT = 96.0
MOST_ROWS = 240
N_LINES = 4
N_LINES_AT_TOP = 5


@dataclass(frozen=True, slots=True)
class Row:
    """An entry in its place: its dot at (x, y), lines below one another from `text_x` on.

    `before` is the number in front of its first line, `after` what stands behind its last.
    """

    entry: Entry
    x: float
    y: float
    parent: int | None
    text_x: float
    before: str
    after: str
    lines: tuple[Line, ...]

    def baseline(self, n: int) -> float:
        """Where line n stands."""
        return self.y + SIZE * 0.36 + n * LEADING

    @property
    def bottom(self) -> float:
        """Where the next row may begin."""
        return self.y + len(self.lines) * LEADING


@dataclass(slots=True)
class Page:
    """All rows from the top, how far down they reach, and how many nodes found no row."""

    rows: list[Row] = field(default_factory=list)
    bottom: float = 0.0
    n_dropped: int = 0


@dataclass(frozen=True, slots=True)
class _Waiting:
    entry: Entry
    parent: int | None
    depth: int


def laid_out(tops: Sequence[Entry], fonts: Fonts, right: float, top: float) -> Page:
    """The entries as rows whose text ends before `right`."""
    setter = Typesetter(fonts, SIZE, SIGN)
    page = Page(bottom=top)
    stack = [_Waiting(entry, None, 0) for entry in reversed(tops)]
    while stack:
        waiting = stack.pop()
        if len(page.rows) == MOST_ROWS:
            page.n_dropped = _n_nodes([waiting.entry, *(one.entry for one in stack)])
            break
        row = _row(waiting, page.bottom, right, setter)
        page.rows.append(row)
        page.bottom = row.bottom + GAP
        below = waiting.entry.below
        depth = waiting.depth + (len(below) > 1 or waiting.entry.k > 1)
        here = len(page.rows) - 1
        stack += [_Waiting(entry, here, depth) for entry in reversed(below)]
    return page


def _n_nodes(tops: Sequence[Entry]) -> int:
    """Nodes of entries and of all below them, those that a limit left out before as well."""
    n, stack = 0, list(tops)
    while stack:
        entry = stack.pop()
        n += entry.n_nodes + entry.n_more
        stack += entry.below
    return n


def _row(waiting: _Waiting, top: float, right: float, setter: Typesetter) -> Row:
    entry = waiting.entry
    x = min(MARGIN + 2 + waiting.depth * INDENT, right - LEAST_TEXT)
    text_x = x + TEXT_AFTER_DOT
    before = _before(entry)
    indent = setter.width(before) * SMALL / SIZE + 3.0 if before else 0.0
    gap = setter.width(f" {ELLIPSIS}")
    whole = setter.lines(entry.stretches, right - text_x - gap, indent)
    most = N_LINES_AT_TOP if waiting.parent is None else N_LINES
    lines = fewer(whole, most, gap)
    after = _after(entry)
    if after and lines and _end(lines[-1]) + setter.width(after) > right - text_x:
        lines.append(())
    return Row(entry, x, top + LEADING / 2, waiting.parent, text_x, before, after, tuple(lines))


def _before(entry: Entry) -> str:
    share = f"{entry.k} of {entry.n}" if entry.k > 1 else ""
    usual = ("text", "user") if entry.written else ("text", "assistant")
    role = "" if entry.role in usual else entry.role
    return "  ".join(filter(None, (entry.number, share, role)))


def _after(entry: Entry) -> str:
    left_out = more(entry.n_more_characters, entry.n_more)
    return " · ".join(filter(None, (entry.ending, left_out)))


def _end(line: Line) -> float:
    return line[-1].x + line[-1].width if line else 0.0


def end_of_line(row: Row, n: int) -> float:
    """Where the words of a line end, what stands behind the last of them left out."""
    return row.text_x + _end(row.lines[n])


def places(rows: Sequence[Row]) -> dict[Mark, list[tuple[int, int]]]:
    """Where the words of each join begin: rows and lines."""
    found: dict[int, tuple[Mark, list[tuple[int, int]]]] = {}
    for i, row in enumerate(rows):
        for n, line in enumerate(row.lines):
            for mark in _begins(line):
                found.setdefault(mark.index, (mark, []))[1].append((i, n))
    return dict(found.values())


def _begins(line: Sequence[Bit]) -> list[Mark]:
    return [mark for bit in line for mark in bit.begins]

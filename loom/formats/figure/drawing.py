"""The figure of a tree: descent drawn on the left, and where branches meet, lines that meet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from loom.formats.figure.folding import entries
from loom.formats.figure.fonts import Fonts
from loom.formats.figure.layout import (
    GAP,
    LEADING,
    MARGIN,
    SIGN,
    SIZE,
    SMALL,
    Page,
    Row,
    end_of_line,
    laid_out,
    places,
)
from loom.formats.figure.lines import SIGN_GAP, Typesetter
from loom.formats.figure.picking import picked
from loom.formats.figure.scene import (
    INK,
    LINE,
    MARKS,
    PAPER,
    PERSON,
    SOFT,
    Dot,
    Scene,
    Shape,
    Stroke,
    Words,
)
from loom.formats.material import Material
from loom.formats.writeup import heading
from loom.formats.writeup.marks import Mark, marks_of
from loom.formats.writeup.passages import more_nodes, sections
from loom.formats.writeup.stretches import Stretch
from loom.tree.visible import visible_line

WIDTH = 252.0
"""A column of a paper: 3.5 inches."""

MOST_MEETINGS = 6
LANE = 8.0
DOT = 2.1
_NO_SECTIONS = 1_000_000


@dataclass(frozen=True, slots=True)
class Meeting:
    """A join with the rows and lines from which lines run to the point where they meet."""

    mark: Mark
    places: tuple[tuple[int, int], ...]
    lane: int


def scene(material: Material) -> Scene:
    """The chosen part of a tree as a figure one column wide."""
    fonts = Fonts(material.wording.fonts)
    marks = marks_of(material.joins, material.excerpt)
    part = picked(material.excerpt, marks, material.wording.n_branches)
    (section,) = sections(part, _NO_SECTIONS)
    tops = entries(section.passages, marks)
    n_lanes = min(MOST_MEETINGS, len(marks.all))
    right = WIDTH - MARGIN - n_lanes * LANE - 4
    shapes = list(_heading(material, fonts))
    page = laid_out(tops, fonts, right, MARGIN + 24)
    met = _meetings(page.rows)
    shapes += _descent(page.rows)
    shapes += [shape for row in page.rows for shape in _text(row, fonts)]
    shapes += [shape for meeting in met for shape in _meeting(meeting, page.rows, right, fonts)]
    n_more = part.n_more_at_top + page.n_dropped
    bottom = page.bottom
    if n_more:
        shapes.append(Words(MARGIN, bottom + SIZE, more_nodes(n_more), SMALL, SOFT))
        bottom += LEADING
    legend, bottom = _legend(met, fonts, bottom)
    shapes += legend
    return Scene(
        width=WIDTH,
        height=bottom + MARGIN,
        shapes=tuple(shapes),
        title=visible_line(heading.title(material)),
        told=_told(material, page),
    )


def _heading(material: Material, fonts: Fonts) -> Iterator[Shape]:
    room = WIDTH - 2 * MARGIN
    title = visible_line(heading.title(material))
    yield Words(MARGIN, MARGIN + 7, _cut(title, fonts, 8.6, room), 8.6, INK, "bold")
    about = f"{visible_line(heading.about(material))} · ○ typed, ● model"
    yield Words(MARGIN, MARGIN + 16, _cut(about, fonts, SMALL, room), SMALL, SOFT)


def _cut(text: str, fonts: Fonts, size: float, room: float) -> str:
    if fonts.width(text, size, "bold") <= room:
        return text
    while text and fonts.width(f"{text}…", size, "bold") > room:
        text = text[:-1]
    return f"{text}…"


def _descent(rows: Sequence[Row]) -> Iterator[Shape]:
    for row in rows:
        if row.parent is not None:
            above = rows[row.parent]
            if above.x == row.x:
                yield Stroke(((above.x, above.y + DOT), (row.x, row.y - DOT)))
            else:
                bend = min(5.0, row.y - above.y)
                yield Stroke(((above.x, above.y + DOT), (above.x, row.y - bend)))
                turn = ((above.x, row.y - bend), (above.x, row.y))
                yield Stroke((*turn, (above.x, row.y), (row.x - DOT, row.y)), curved=True)
    for row in rows:
        colour = PERSON if row.entry.written else INK
        yield Dot(row.x, row.y, DOT, colour, filled=not row.entry.written)


def _text(row: Row, fonts: Fonts) -> Iterator[Shape]:
    if row.before:
        yield Words(row.text_x, row.baseline(0), row.before, SMALL, SOFT)
    for n, line in enumerate(row.lines):
        y = row.baseline(n)
        for bit in line:
            x = row.text_x + bit.x
            signs = "".join(mark.sign for mark in bit.begins)
            sign_x = x - SIGN_GAP - fonts.width(signs, SIGN, "bold")
            for mark in bit.begins:
                yield Words(sign_x, y - 2.2, mark.sign, SIGN, _colour(mark), "bold")
                sign_x += fonts.width(mark.sign, SIGN, "bold")
            for i, mark in enumerate(bit.marks[:2]):
                under = y + 1.5 + 1.2 * i
                yield Stroke(((x, under), (x + bit.width, under)), _colour(mark), 0.8)
            yield Words(x, y, bit.text, SIZE, PERSON if row.entry.written else INK)
    if row.after:
        n = len(row.lines) - 1
        x = end_of_line(row, n) + (4.0 if row.lines[n] else 0.0)
        yield Words(x, row.baseline(n), row.after, SMALL, SOFT)


def _colour(mark: Mark) -> str:
    return MARKS[mark.index % len(MARKS)]


def _meetings(rows: Sequence[Row]) -> list[Meeting]:
    """The joins that stand in two rows or more, short ones in the lanes nearest to the text."""
    standing = [
        (mark, tuple(where))
        for mark, where in places(rows).items()
        if len({i for i, _ in where}) > 1
    ]
    chosen = sorted(standing, key=lambda pair: pair[0].index)[:MOST_MEETINGS]
    lanes: list[list[tuple[float, float]]] = []
    found: list[Meeting] = []
    for mark, where in sorted(chosen, key=lambda pair: _reach(rows, pair[1])):
        low, high = _ends(rows, where)
        lane = _free(lanes, low - LEADING, high + LEADING)
        lanes[lane].append((low, high))
        found.append(Meeting(mark, where, lane))
    return sorted(found, key=lambda meeting: meeting.mark.index)


def _free(lanes: list[list[tuple[float, float]]], low: float, high: float) -> int:
    """The first lane in which nothing stands between two heights; a new one if there is none."""
    for lane, taken in enumerate(lanes):
        if all(end < low or high < begin for begin, end in taken):
            return lane
    lanes.append([])
    return len(lanes) - 1


def _ends(rows: Sequence[Row], where: Sequence[tuple[int, int]]) -> tuple[float, float]:
    ys = [rows[i].baseline(n) for i, n in where]
    return min(ys), max(ys)


def _reach(rows: Sequence[Row], where: Sequence[tuple[int, int]]) -> float:
    low, high = _ends(rows, where)
    return high - low


def _middle(rows: Sequence[Row], where: Sequence[tuple[int, int]]) -> float:
    low, high = _ends(rows, where)
    return (low + high) / 2 - SIZE * 0.3


def _meeting(meeting: Meeting, rows: Sequence[Row], right: float, fonts: Fonts) -> Iterator[Shape]:
    colour = _colour(meeting.mark)
    at = (right + 10 + meeting.lane * LANE, _middle(rows, meeting.places))
    for i, n in meeting.places:
        y = rows[i].baseline(n) - SIZE * 0.3
        begin = min(end_of_line(rows[i], n) + 3, right)
        if n == len(rows[i].lines) - 1 and rows[i].after:
            begin = right
        if right - begin > 1:
            yield Stroke(((begin, y), (right, y)), LINE, 0.3, dashed=True)
        bend = (at[0], y)
        yield Stroke(((right, y), bend, (at[0], (y + at[1]) / 2), at), colour, 0.9, curved=True)
    yield Dot(*at, 4.3, PAPER)
    yield Dot(*at, 4.3, colour, filled=False)
    width = fonts.width(meeting.mark.sign, SIGN, "bold")
    yield Words(at[0] - width / 2, at[1] + SIGN * 0.36, meeting.mark.sign, SIGN, colour, "bold")


def _legend(met: Sequence[Meeting], fonts: Fonts, top: float) -> tuple[list[Shape], float]:
    """One sentence for each meeting, and where they end."""
    shapes: list[Shape] = []
    if not met:
        return shapes, top
    setter = Typesetter(fonts, SMALL, SIGN)
    y = top + GAP
    shapes.append(Stroke(((MARGIN, y), (WIDTH - MARGIN, y)), LINE, 0.4))
    y += LEADING - 1
    for meeting in met:
        sign = meeting.mark.sign
        shapes.append(Words(MARGIN, y, sign, SMALL, _colour(meeting.mark), "bold"))
        told = (Stretch(visible_line(meeting.mark.sentence), 0),)
        for line in setter.lines(told, WIDTH - 2 * MARGIN - 14, 0.0):
            shapes += [Words(MARGIN + 14 + b.x, y, b.text, SMALL, SOFT) for b in line]
            y += 7.8
        y += 1.2
    return shapes, y - LEADING / 2


def _told(material: Material, page: Page) -> str:
    lines = [heading.about(material)]
    lines += [" ".join(filter(None, (row.before, row.entry.text, row.after))) for row in page.rows]
    return "\n".join(map(visible_line, lines))

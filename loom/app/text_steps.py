"""Steps through the text of a path: characters as they are drawn, lines, words."""

from __future__ import annotations

import re
from typing import Literal

from loom.app.display import n_characters
from loom.app.manuscript import Manuscript

Unit = Literal["character", "word", "line"]

_MOST_MARKS = 32
"""Code points that are taken for one drawn character at most: marks pile up without end."""

_WORD = re.compile(r"\S+")


def behind(page: Manuscript, offset: int) -> int:
    """The first code point behind the drawn character that begins at `offset`."""
    ahead = page.text[offset : offset + _MOST_MARKS]
    widths = (n_characters(ahead, n_cells) for n_cells in (1, 2))
    return offset + next((n for n in widths if n), 1)


def step(page: Manuscript, offset: int, unit: Unit, by: Literal[-1, 1]) -> int:
    """Where the drawn character begins that is a step away; at an end the last one there is."""
    last = _beginning(page, len(page.text) - 1)
    match unit:
        case "character":
            there = behind(page, offset) if by > 0 else _beginning(page, offset - 1)
        case "word":
            there = _word_end(page, offset) if by > 0 else _word_start(page, offset)
        case "line":
            there = _same_column(page, offset, by)
    return min(max(0, there), last)


def _beginning(page: Manuscript, offset: int) -> int:
    """Where the drawn character begins to which the code point at `offset` belongs."""
    if offset <= 0:
        return 0
    at = page.lines[page.line_at(offset)].start
    while (after := behind(page, at)) <= offset:
        at = after
    return at


def _word_end(page: Manuscript, offset: int) -> int:
    found = _WORD.search(page.text, behind(page, offset))
    return offset if found is None else _beginning(page, found.end() - 1)


def _word_start(page: Manuscript, offset: int) -> int:
    before = page.text[:offset].rstrip()
    return _beginning(page, max(before.rfind(" "), before.rfind("\n")) + 1)


def _same_column(page: Manuscript, offset: int, by: Literal[-1, 1]) -> int:
    line = page.line_at(offset)
    if not 0 <= line + by < len(page.lines):
        return offset
    here, there = page.lines[line], page.lines[line + by]
    return _beginning(page, min(there.start + offset - here.start, max(there.start, there.end - 1)))

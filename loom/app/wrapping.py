"""Breaking text into lines by words, measured in cells."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len, split_graphemes

_WIDE = "\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60"
_PLAIN = re.compile("[ -~\u00a1-\u00ac\u00ae-\u024f\u2010-\u2027\u2030-\u205e]*")
"""Characters of one cell each, with the blank as the only white space."""

_WORD = re.compile(rf"[{_WIDE}]\s*|[^\s{_WIDE}]+\s*|\s+")


def wrap(text: str, start: int, end: int, width: int) -> Iterator[tuple[int, int]]:
    """The lines of text[start:end], which holds no newline, as half-open ranges that cover it.

    Greedy: where a line starts is decided by what stands before it, so a text that only became
    longer can be wrapped again from any line start. White space at the end of a line hangs over.
    """
    width = max(width, 1)
    plain = _PLAIN.match(text, start, end)
    if plain is not None and plain.end() == end:
        yield from _wrap_plain(text, start, end, width)
        return
    line_start, used = start, 0
    for word in _WORD.finditer(text, start, end):
        letters = word.group().rstrip()
        n_cells = cell_len(letters)
        if used and used + n_cells > width:
            yield line_start, word.start()
            line_start, used = word.start(), 0
        if n_cells > width:
            stop = word.start() + len(letters)
            *full, (line_start, _) = _chop(text, word.start(), stop, width)
            yield from full
            used = cell_len(text[line_start : word.end()])
        else:
            used += cell_len(word.group())
    yield line_start, end


def _wrap_plain(text: str, start: int, end: int, width: int) -> Iterator[tuple[int, int]]:
    """The same where a cell is a character: each line is found at once, and not word by word."""
    while end - start > width:
        stop = start + width
        if text[stop] == " ":
            # A word ends with the line: the blanks after it hang over.
            while stop < end and text[stop] == " ":
                stop += 1
            if stop == end:
                break
        else:
            stop = (text.rfind(" ", start, stop) + 1) or stop
        yield start, stop
        start = stop
    yield start, end


def _chop(text: str, start: int, end: int, width: int) -> list[tuple[int, int]]:
    """A word that is longer than a line, in lines."""
    lines, line_start, used = [], start, 0
    for first, _, n_cells in split_graphemes(text[start:end])[0]:
        if used and used + n_cells > width:
            lines.append((line_start, start + first))
            line_start, used = start + first, 0
        used += n_cells
    return [*lines, (line_start, end)]

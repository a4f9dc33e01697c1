"""Tables, in columns that fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Literal, NamedTuple

from rich.cells import cell_len

from loom.app.markdown.runs import Run, wrapped

Side = Literal["left", "center", "right"]

_LEAST = 3
"""Cells of the narrowest column."""


class Cell(NamedTuple):
    """What stands in a row under one heading."""

    runs: tuple[Run, ...]
    side: Side


def rows_of(rows: Sequence[Sequence[Cell]], width: int) -> Iterator[list[Run]]:
    """The lines of a table whose first row names its columns."""
    widths = _widths(rows, width)
    for number, row in enumerate(rows):
        cells = [list(wrapped(cell.runs, n)) for cell, n in zip(row, widths, strict=True)]
        for parts in zip_longest(*cells, fillvalue=[]):
            line: list[Run] = []
            for part, cell, n_cells in zip(parts, row, widths, strict=True):
                line.extend([Run(" │ ", None, ("furniture",))] if line else [])
                line.extend(_put(part, cell.side, n_cells))
            yield line
        if number == 0:
            yield [Run("─┼─".join("─" * n_cells for n_cells in widths), None, ("furniture",))]


def _widths(rows: Sequence[Sequence[Cell]], width: int) -> list[int]:
    """As wide as the longest cell; where there is no room, the widest columns give way."""
    widths = [
        max(_LEAST, *(_cells(part) for cell in column for part in wrapped(cell.runs, width)))
        for column in zip(*rows, strict=True)
    ]
    room = max(width - 3 * (len(widths) - 1), _LEAST * len(widths))
    # Columns are narrowed a cell at a time: no table has more of them than a screen has cells.
    while sum(widths) > room:
        widest = widths.index(max(widths))
        widths[widest] -= 1
    return widths


def _put(part: Sequence[Run], side: Side, n_cells: int) -> Iterator[Run]:
    left = max(0, n_cells - _cells(part))
    before = {"left": 0, "center": left // 2, "right": left}[side]
    yield Run(" " * before)
    yield from part
    yield Run(" " * (left - before))


def _cells(part: Sequence[Run]) -> int:
    return sum(cell_len(run.text) for run in part)

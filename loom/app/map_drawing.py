"""A window of a map as characters: words, marks or lines where there is room, else blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Literal

import numpy as np
from rich.cells import cell_len, split_graphemes

from loom.app.map_shape import MapShape, Spot, Window

Ink = Literal[
    "line", "road", "typed", "model", "here", "words", "words-road", "rail", "mark", "alike"
]

Mark = tuple[str, Ink]
"""A letter, and how it is drawn."""


@dataclass(frozen=True, slots=True)
class Zoom:
    """How far one looks: cells of a level, or (below 1 cell) levels and rows of a cell."""

    cells: int = 1
    levels: int = 1
    rows: int = 1

    @property
    def is_overview(self) -> bool:
        """Whether several nodes share a cell."""
        return self.levels > 1 or self.rows > 1

    def window(self, left: int, top: int, width: int, height: int) -> Window:
        """What a screen shows from a level and a row on."""
        n_levels = -(-width // self.cells) * self.levels
        return Window(left, left + n_levels, top, top + height * self.rows)


def zooms(shape: MapShape, width: int, height: int) -> list[Zoom]:
    """From the nearest to the one that shows all: words, marks, lines, then twice as much each."""
    found = [Zoom(24), Zoom(4), Zoom(1)]
    while True:
        last = found[-1]
        wide = shape.n_levels > width * last.levels
        tall = shape.n_rows > height * last.rows
        if not (wide or tall):
            return found
        found.append(Zoom(1, last.levels * (1 + wide), last.rows * (1 + tall)))


@dataclass(frozen=True, slots=True)
class Looks:
    """What a drawing asks about items.

    `mark` is where an item meets others, `one_road` whether it is a road into which several ways
    lead. `rail` are the items that one join joins; `rail_is_whole` says that it really does.
    """

    path: Set[str]
    here: str | None
    is_typed: Callable[[str], bool]
    words: Callable[[str], str]
    mark: Callable[[str], Mark | None] = lambda _: None
    one_road: Callable[[str], bool] = lambda _: False
    rail: Sequence[str] = ()
    rail_is_whole: bool = True


class Canvas:
    """Cells of (character, ink), row by row; a cell that is drawn last is seen."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.cells: list[dict[int, tuple[str, Ink]]] = [{} for _ in range(height)]

    def put(self, x: int, y: int, char: str, ink: Ink) -> None:
        """One cell, if it is on the screen."""
        if 0 <= x < self.width and 0 <= y < self.height:
            self.cells[y][x] = (char, ink)

    def put_words(self, x: int, y: int, words: str, ink: Ink) -> int:
        """Words from a cell on; a wide character takes two. Returns the cell behind them."""
        for start, end, n_cells in split_graphemes(words)[0]:
            is_whole = x + n_cells <= self.width
            for cell in range(x, x + n_cells):
                written = words[start:end] if cell == x else ""
                self.put(cell, y, written if is_whole else " ", ink)
            x += n_cells
        return x

    def runs(self, y: int) -> list[tuple[str, Ink]]:
        """A row as stretches of one ink, blanks between them."""
        row, runs = self.cells[y], list[tuple[str, Ink]]()
        end = 0
        for x in sorted(row):
            char, ink = row[x]
            if not (char and char.isascii()) and not self._is_whole(x, y):
                char = " "
            if x > end:
                runs.append((" " * (x - end), "line"))
            if runs and x == end and runs[-1][1] == ink:
                runs[-1] = (runs[-1][0] + char, ink)
            else:
                runs.append((char, ink))
            end = x + 1
        return runs

    def _is_whole(self, x: int, y: int) -> bool:
        """Whether nothing was drawn over the other half of a wide character."""
        row, nothing = self.cells[y], (" ", "words")
        if row[x][0]:
            return cell_len(row[x][0]) < 2 or not row.get(x + 1, nothing)[0]
        return cell_len(row.get(x - 1, nothing)[0]) > 1


def draw(
    shape: MapShape, zoom: Zoom, window: Window, size: tuple[int, int], looks: Looks
) -> Canvas:
    """The window on a canvas of that size."""
    canvas = Canvas(*size)
    if zoom.is_overview:
        _draw_blocks(canvas, shape, zoom, window, looks)
    else:
        _draw_roads(canvas, shape, zoom, window, looks)
        draw_rail(canvas, shape, zoom, window, looks)
    return canvas


_SHADES = "░▒▓█"


def _draw_blocks(canvas: Canvas, shape: MapShape, zoom: Zoom, window: Window, looks: Looks) -> None:
    """Each cell as dark as it is full; cells of the path are lit."""
    x = (shape.depths - window.left) // zoom.levels
    y = (shape.rows - window.top) // zoom.rows
    inside = (x >= 0) & (x < canvas.width) & (y >= 0) & (y < canvas.height)
    counts = np.zeros((canvas.height, canvas.width), np.int64)
    np.add.at(counts, (y[inside], x[inside]), 1)
    full = max(1, zoom.levels * zoom.rows)
    for row, column in zip(*np.nonzero(counts), strict=True):
        shade = min(3, int(4 * np.log1p(counts[row, column]) / np.log1p(full)))
        canvas.put(int(column), int(row), _SHADES[shade], "model")
    path = shape.of_path(looks.path)
    for column, row in {*zip(x[path].tolist(), y[path].tolist(), strict=True)}:
        canvas.put(column, row, "█", "road")
    if looks.here is not None and looks.here in shape:
        here = shape.of_path([looks.here])
        canvas.put(int(x[here[0]]), int(y[here[0]]), "◆", "here")
    for item in looks.rail:
        mark = looks.mark(item)
        if mark is not None and item in shape and item != looks.here:
            level, row = shape.place(item)
            column, y_at = (level - window.left) // zoom.levels, (row - window.top) // zoom.rows
            _put_mark(canvas, column + 1, y_at, mark, 1)


def _draw_roads(canvas: Canvas, shape: MapShape, zoom: Zoom, window: Window, looks: Looks) -> None:
    """Every node with the line that leads to it, and the lines down to its other ways."""
    spots = shape.spots(shape.nodes_in(window))
    for spot in spots:
        if spot.last_row > spot.row:
            x = (spot.depth + 1 - window.left) * zoom.cells
            _draw_down(canvas, x, spot.row - window.top, spot.last_row - window.top, "line")
    way = _way_through(shape, window, looks)
    for (level, row), row_after in way.items():
        if row_after > row:
            x = (level + 1 - window.left) * zoom.cells
            _draw_down(canvas, x, row - window.top, row_after - window.top, "road")
    for spot in spots:
        if spot.row >= window.top:
            _draw_spot(canvas, spot, zoom, window, looks, way)


_Way = Mapping[tuple[int, int], int]
"""The lit path: by level and row of a node on it, the row of the next one."""


def _way_through(shape: MapShape, window: Window, looks: Looks) -> _Way:
    """The path as far as its levels are in the window."""
    path = shape.of_path(looks.path)
    levels = shape.depths[path]
    seen = path[(levels >= window.left) & (levels <= window.right)]
    found = shape.spots(seen)
    return {(spot.depth - 1, spot.parent_row): spot.row for spot in found if spot.parent_row >= 0}


def _draw_down(canvas: Canvas, x: int, top: int, bottom: int, ink: Ink) -> None:
    """The line down from a fork; a way that leaves last turns its corner."""
    for y in range(max(0, top + 1), min(canvas.height, bottom)):
        canvas.put(x, y, "┃" if ink == "road" else "│", ink)
    canvas.put(x, bottom, "┗" if ink == "road" else "╰", ink)


def _draw_spot(
    canvas: Canvas, spot: Spot, zoom: Zoom, window: Window, looks: Looks, way: _Way
) -> None:
    y, x = spot.row - window.top, (spot.depth - window.left) * zoom.cells
    on_path, is_here = spot.item in looks.path, spot.item == looks.here
    line: Ink = "road" if on_path else "line"
    fork, is_lit = _branching(spot, on_path, way)
    mark = looks.mark(spot.item)
    if zoom.cells == 1:
        if is_here:
            canvas.put(x, y, "◆", "here")
        elif mark is None:
            canvas.put(x, y, fork, "road" if is_lit else "line")
        else:
            _put_mark(canvas, x + 1, y, mark, 1)
        return
    if spot.parent_row >= 0:
        canvas.put(x, y, fork, "road" if is_lit else "line")
        canvas.put(x + 1, y, "━" if on_path else "─", line)
    canvas.put(x + 2, y, *_glyph(spot, looks))
    end = x + 3
    if zoom.cells > 8:
        ink: Ink = "words-road" if on_path else "words"
        end = canvas.put_words(x + 4, y, looks.words(spot.item), ink) + 1
    if spot.has_children:
        goes_on = (spot.depth, spot.row) in way
        for beyond in range(end, x + zoom.cells):
            canvas.put(beyond, y, "━" if goes_on else "─", "road" if goes_on else "line")
    if mark is not None and not (looks.one_road(spot.item) and zoom.cells <= 8):
        _put_mark(canvas, x + zoom.cells, y, mark, 2 if zoom.cells > 8 else 1)


def _put_mark(canvas: Canvas, end: int, y: int, mark: Mark, room: int) -> None:
    """A letter in the last cells of a level; where two have no room a star says that there are."""
    letters = mark[0] if len(mark[0]) <= room else "*"
    for x, char in enumerate(letters, end - room):
        canvas.put(x, y, char, mark[1])


def _glyph(spot: Spot, looks: Looks) -> tuple[str, Ink]:
    """Who wrote it, or that it is a road."""
    if spot.item == looks.here:
        return "◆", "here"
    if looks.one_road(spot.item):
        return "▾" if spot.has_children else "▸", "mark"
    is_typed = looks.is_typed(spot.item)
    ink: Ink = "road" if spot.item in looks.path else "typed" if is_typed else "model"
    return "○" if is_typed else "●", ink


def _branching(spot: Spot, on_path: bool, way: _Way) -> tuple[str, bool]:
    """How the line to a node leaves the one down from its parent, and whether the path is in it."""
    if spot.parent_row < 0:
        return ("━" if on_path else "─"), on_path
    is_first, is_last = spot.row == spot.parent_row, spot.row == spot.parent_last_row
    passes = spot.row < way.get((spot.depth - 1, spot.parent_row), -1)
    chars = {
        (True, True): "─━━",
        (True, False): "┬┯┱",
        (False, True): "╰┗┗",
        (False, False): "├┡┠",
    }[is_first, is_last]
    return chars[1 if on_path else 2 if passes else 0], on_path or passes


RAIL_ROOM = 3
"""Cells at the end of a level in which a rail and a letter or two stand."""


def draw_rail(canvas: Canvas, shape: MapShape, zoom: Zoom, window: Window, looks: Looks) -> None:
    """The line that joins the ways into one road; it runs behind words, and crosses lines."""
    stops = [shape.place(item) for item in looks.rail if item in shape]
    if len(stops) < 2 or zoom.cells < 2:
        return
    has_words = zoom.cells > 8
    at = max(level for level, _ in stops) + 1 - window.left
    x = at * zoom.cells - (RAIL_ROOM if has_words else 1)
    rows = sorted(row - window.top for _, row in stops)
    for y in range(max(0, rows[0] + 1), min(canvas.height, rows[-1])):
        _put_behind(canvas, x, y, "│" if looks.rail_is_whole else "┊", _rail_ink(looks))
    for level, row in stops:
        y = row - window.top
        end = (level + 1 - window.left) * zoom.cells - 1
        for beyond in range(end + 1 if end < x else _end_of_words(canvas, x, y), x):
            _put_behind(canvas, beyond, y, "─" if looks.rail_is_whole else "┄", _rail_ink(looks))
        if has_words or end < x:
            canvas.put(x, y, _corner(y, rows, looks), _rail_ink(looks))


def _rail_ink(looks: Looks) -> Ink:
    return "rail" if looks.rail_is_whole else "alike"


def _corner(y: int, rows: Sequence[int], looks: Looks) -> str:
    if not looks.rail_is_whole:
        return "┄"
    return "╮" if y == rows[0] else "╯" if y == rows[-1] else "┤"


def _end_of_words(canvas: Canvas, x: int, y: int) -> int:
    """Where a line to a rail begins: one cell after what stands before it."""
    if not 0 <= y < canvas.height:
        return x
    return max((before + 2 for before in canvas.cells[y] if before < x), default=x)


def _put_behind(canvas: Canvas, x: int, y: int, char: str, ink: Ink) -> None:
    """One cell of a rail, unless something stands there; lines are crossed."""
    if not 0 <= y < canvas.height:
        return
    there = canvas.cells[y].get(x)
    if there is None:
        canvas.put(x, y, char, ink)
    elif char in "│┊" and there[0] in "─━":
        canvas.put(x, y, "┼" if there[0] == "─" else "┿", ink)

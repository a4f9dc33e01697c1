"""A layout in two dimensions: how deep an item is, and on which row its road runs.

A leaf has a row of its own, in the order of the outline; any other item lies on the row of its
first child, so that a road runs straight on and its other ways leave it downwards. Nothing here
recurses, and what is asked for one screen is found in arrays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from loom.app.layout import Layout

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Window:
    """Levels [left, right) and rows [top, bottom) of a map."""

    left: int
    right: int
    top: int
    bottom: int


class Spot(NamedTuple):
    """An item on the map; its parent's rows are -1 if it has none."""

    item: str
    depth: int
    row: int
    last_row: int
    parent_row: int
    parent_last_row: int
    has_children: bool


class MapShape:
    """Items in the order of their levels: `ids[i]` is `depths[i]` deep, on row `rows[i]`.

    `last_rows[i]` is the row of its last child (its own if it has none), `parents[i]` the index of
    its parent (-1 for a root). Arrays have shape (n,).
    """

    def __init__(self, layout: Layout) -> None:
        self.ids: list[str] = list(layout.root_ids)
        parents: list[int] = [-1] * len(self.ids)
        for at, item in enumerate(self.ids):
            children = layout.child_ids(item)
            self.ids.extend(children)
            parents.extend([at] * len(children))
        self._index = {item: at for at, item in enumerate(self.ids)}
        depths, rows, last_rows = _placed(parents, len(layout.root_ids))
        self.parents: Ints = np.array(parents, np.int64)
        self.depths: Ints = np.array(depths, np.int64)
        self.rows: Ints = np.array(rows, np.int64)
        self.last_rows: Ints = np.array(last_rows, np.int64)
        self._has_children = np.zeros(len(parents), np.bool_)
        self._has_children[self.parents[self.parents >= 0]] = True

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def n_levels(self) -> int:
        """How deep the tree is, at least 1."""
        return int(self.depths[-1]) + 1 if self.ids else 1

    @property
    def n_rows(self) -> int:
        """How many leaves it has, at least 1."""
        return int(self.rows.max()) + 1 if self.ids else 1

    def place(self, item: str) -> tuple[int, int]:
        """Level and row of an item; KeyError if it came after the map was made."""
        at = self._index[item]
        return int(self.depths[at]), int(self.rows[at])

    def __contains__(self, item: object) -> bool:
        return item in self._index

    def nodes_in(self, window: Window) -> Ints:
        """The indices of the items inside, and of those whose other ways pass through."""
        return np.flatnonzero(
            (self.depths >= window.left)
            & (self.depths < window.right)
            & (self.rows < window.bottom)
            & (self.last_rows >= window.top)
        )

    def spots(self, found: Ints) -> list[Spot]:
        """These items with all that is needed to draw them."""
        parents = self.parents[found]
        above = np.maximum(parents, 0)
        columns = (
            self.depths[found],
            self.rows[found],
            self.last_rows[found],
            np.where(parents < 0, -1, self.rows[above]),
            np.where(parents < 0, -1, self.last_rows[above]),
            self._has_children[found],
        )
        ids = map(self.ids.__getitem__, found.tolist())
        return list(map(Spot, ids, *(column.tolist() for column in columns)))

    def of_path(self, items: Iterable[str]) -> Ints:
        """The indices of these items, as far as they were there when the map was made."""
        found = (self._index.get(item) for item in items)
        return np.array([at for at in found if at is not None], np.int64)

    def nearest(self, level: float, row: float) -> str | None:
        """The item nearest to a place, where a row counts twice as much as a level."""
        if not self.ids:
            return None
        far = np.abs(self.depths - level) + 2 * np.abs(self.rows - row)
        return self.ids[int(np.argmin(far))]


def _placed(parents: list[int], n_roots: int) -> tuple[list[int], list[int], list[int]]:
    """Depth, row and row of the last child of each item; parents come before their children."""
    n = len(parents)
    depths, n_leaves = [0] * n, [0] * n
    for at in range(n_roots, n):
        depths[at] = depths[parents[at]] + 1
    for at in range(n - 1, -1, -1):
        n_leaves[at] = n_leaves[at] or 1
        if parents[at] >= 0:
            n_leaves[parents[at]] += n_leaves[at]
    rows, free_row, last_rows = [0] * n, [0] * n, [0] * n
    next_root = 0
    for at in range(n):
        parent = parents[at]
        if parent < 0:
            rows[at] = next_root
            next_root += n_leaves[at]
        else:
            rows[at] = free_row[parent]
            free_row[parent] += n_leaves[at]
            last_rows[parent] = rows[at]
        free_row[at] = last_rows[at] = rows[at]
    return depths, rows, last_rows

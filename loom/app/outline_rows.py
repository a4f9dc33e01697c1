"""The tree as rows from top to bottom, of which only those on the screen are ever computed.

Rows are in preorder. A child without siblings stands straight under its parent; where a text
forks, each way is one level to the right:

    ○ Friends, raise your glasses…       the root
    ○ You are a murderer, Marco.         its only child: same level
    ├ ● Then Marco laughed               two ways on
    │ ● and the toast went on            an only child again
    └ ● Nobody moved.

The row of a node is found by climbing to one whose row is known, the node of a row by stepping
from one that is near, or else by descending past whole subtrees. Nothing recurses.
"""

from __future__ import annotations

from dataclasses import dataclass

from loom.app.outline_shape import OutlineShape

_LEVEL, _LAST_LEVEL = "│ ", "  "
_FORK, _LAST_FORK = "├ ", "└ "

MOST_GUIDES = 16
"""Cells of guides; deeper rows lose their leftmost guides, so that words keep their room."""

_NEAR = 200
"""Rows that are stepped over rather than found from the root."""


@dataclass(frozen=True, slots=True)
class Row:
    """An item on its row; `guides` are the lines that lead to it, two cells a level.

    With `pager` it is the row below ten of that item's many children (None: of the roots), which
    says so.
    """

    item: str | None
    guides: str
    pager: bool = False


@dataclass(frozen=True, slots=True)
class _At:
    item: str | None
    pager: bool = False


class OutlineRows:
    """The rows of a shape; `changed` is to be called when the shape has changed."""

    def __init__(self, shape: OutlineShape) -> None:
        self._shape = shape
        self._known: dict[str, int] = {}
        self._guides: dict[str | None, str] = {None: ""}
        self._near: tuple[int, _At] | None = None
        self._past: dict[str, _At | None] = {}
        self._ends: dict[str, _At] = {}

    def __len__(self) -> int:
        return self._shape.n_rows

    def changed(self) -> None:
        """Forget where rows were."""
        self._known.clear()
        self._guides = {None: ""}
        self._near = None
        self._past.clear()
        self._ends.clear()

    def row_of(self, item: str) -> int | None:
        """On which row a node stands, from 0; None if it is folded away or left out."""
        runs: list[list[str]] = []
        at: str | None = item
        while at is not None and at not in self._known:
            runs.append(self._shape.run_up(at, self._known))
            top = runs[-1][-1]
            at = top if top in self._known else self._shape.parent(top)
        row = -1 if at is None else self._known[at]
        while runs:
            run = runs.pop()
            if run[-1] != at:
                before = self._rows_before(at, run[-1])
                if before is None:
                    return None
                row += 1 + before
            if not self._shape.are_unfolded(run[1:]):
                return None
            self._known.update(zip(reversed(run), range(row, row + len(run)), strict=True))
            row, at = row + len(run) - 1, run[0]
        self._near = row, _At(item)
        return row

    def rows(self, start: int, stop: int) -> list[Row]:
        """Rows [start, stop), as far as there are any."""
        stop = min(stop, len(self))
        if start >= stop:
            return []
        at: _At | None = self._find(start)
        found: list[Row] = []
        while at is not None and len(found) < stop - start:
            found.append(Row(at.item, self._guides_of(at), at.pager))
            at = self._after(at)
        return found

    def _rows_before(self, parent_id: str | None, child: str) -> int | None:
        """Rows of the siblings that are drawn above a child; None if it is not drawn itself."""
        n_rows = 0
        for sibling in self._shape.family(parent_id):
            if sibling == child:
                return n_rows
            n_rows += self._shape.size(sibling)
        return None

    def _find(self, row: int) -> _At:
        near = self._near
        if near is None or abs(near[0] - row) > _NEAR:
            at = self._descend(row)
        else:
            here, at = near
            for _ in range(row - here):
                at = self._after(at) or at
            for _ in range(here - row):
                at = self._before(at) or at
        self._near = row, at
        return at

    def _descend(self, row: int) -> _At:
        """The row so many below the first, found from the top."""
        parent_id: str | None = None
        while True:
            for child in self._shape.family(parent_id):
                if row < self._shape.size(child):
                    break
                row -= self._shape.size(child)
            else:
                return _At(parent_id, pager=True)
            if row == 0:
                return _At(child)
            row -= 1
            parent_id = child

    def _after(self, at: _At) -> _At | None:
        """The row below."""
        if at.item is not None and not at.pager:
            below = self._shape.family(at.item)
            if below:
                return _At(below[0])
        return None if at.item is None else self._past_subtree(at.item)

    def _past_subtree(self, item: str) -> _At | None:
        """The row below a node and all that hangs from it.

        At the end of a chain of thousands it is found far up, and is the same for the whole chain.
        """
        way: list[str] = []
        child: str | None = item
        found: _At | None = None
        while child is not None and child not in self._past:
            run = self._shape.run_up(child, self._past)
            way += run
            child = run[-1]
            if child in self._past:
                continue
            parent_id = self._shape.parent(child)
            family = self._shape.family(parent_id)
            index = family.index(child) + 1
            if index < len(family):
                found = _At(family[index])
                break
            if self._shape.has_pager(parent_id):
                found = _At(parent_id, pager=True)
                break
            child = parent_id
        else:
            found = None if child is None else self._past[child]
        self._past.update(dict.fromkeys(way, found))
        return found

    def _before(self, at: _At) -> _At | None:
        """The row above."""
        if at.pager:
            return self._last_below(self._shape.family(at.item)[-1])
        if at.item is None:
            return None
        parent_id = self._shape.parent(at.item)
        family = self._shape.family(parent_id)
        index = family.index(at.item)
        if index:
            end = self._last_below(family[index - 1])
            if end.item is not None:
                # Who looks above looks back down next, and would climb all the way.
                self._past[end.item] = at
            return end
        return None if parent_id is None else _At(parent_id)

    def _last_below(self, item: str) -> _At:
        """The last row of a subtree; the same for all that leads to it."""
        way: list[str] = []
        end: _At | None = None
        while end is None and item not in self._ends:
            run = self._shape.last_down(item, self._ends)
            way += run
            item = run[-1]
            if item in self._ends:
                continue
            family = self._shape.family(item)
            if family and self._shape.has_pager(item):
                end = _At(item, pager=True)
            elif family:
                item = family[-1]
            else:
                end = _At(item)
        end = end or self._ends[item]
        self._ends.update(dict.fromkeys(way, end))
        return end

    def _guides_of(self, at: _At) -> str:
        if at.pager:
            return (self._below(at.item) + _LAST_FORK)[-MOST_GUIDES:]
        if at.item is None:
            return ""
        parent_id = self._shape.parent(at.item)
        above = self._below(parent_id)
        if self._shape.n_ways(parent_id) == 1:
            return above
        last = self._is_last(parent_id, at.item)
        return (above + (_LAST_FORK if last else _FORK))[-MOST_GUIDES:]

    def _below(self, item: str | None) -> str:
        """The guides of a level: what leads past or to everything below a node."""
        alike: list[str] = []
        levels: list[str] = []
        at = item
        # What is further up is cut off.
        while at not in self._guides and len(levels) * len(_LEVEL) < MOST_GUIDES:
            assert at is not None
            run = self._shape.run_up(at, self._guides)
            if not levels:
                alike += run
            at, top = run[-1], run[-1]
            if top not in self._guides:
                at = self._shape.parent(top)
                if self._shape.n_ways(at) > 1:
                    levels.append(_LAST_LEVEL if self._is_last(at, top) else _LEVEL)
        guides = (self._guides.get(at, "") + "".join(reversed(levels)))[-MOST_GUIDES:]
        self._guides.update(dict.fromkeys(alike, guides))
        return guides

    def _is_last(self, parent_id: str | None, child: str) -> bool:
        family = self._shape.family(parent_id)
        return child == family[-1] and not self._shape.has_pager(parent_id)

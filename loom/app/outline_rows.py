"""The tree as rows from top to bottom, of which only those on the screen are ever computed.

Rows are in preorder. A child without siblings stands straight under its parent; where a text
forks, each way is one level to the right:

    ○ Friends, raise your glasses…       the root
    ○ You are a murderer, Marco.         its only child: same level
    ├ ● Then Marco laughed               two ways on
    │ ● and the toast went on            an only child again
    └ ● Nobody moved.

All that is kept is how many rows each subtree has. From these sums the row of a node is found by
climbing, and the node of a row by descending, past whole subtrees at a step. Neither recurses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from loom.tree.graph import Tree

_LEVEL, _LAST_LEVEL = "│ ", "  "
_FORK, _LAST_FORK = "├ ", "└ "


@dataclass(frozen=True, slots=True)
class Row:
    """A node on its row; `guides` are the lines that lead to it, two cells a level."""

    node_id: str
    guides: str


class OutlineRows:
    """The rows of a tree. `add` takes in each new node once; the rest are questions."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._n_rows: dict[str, int] = {}
        nodes = list(tree)
        for node in reversed(nodes):
            self._n_rows[node.id] = self._n_rows.get(node.id, 0) + 1
            if node.parent_id is not None:
                grown = self._n_rows.get(node.parent_id, 0) + self._n_rows[node.id]
                self._n_rows[node.parent_id] = grown

    def __len__(self) -> int:
        return len(self._n_rows)

    def add(self, node_id: str) -> None:
        """A node that is now in the tree, and has no children yet, gets its row."""
        self._n_rows[node_id] = 1
        parent_id = self._tree.node(node_id).parent_id
        while parent_id is not None:
            self._n_rows[parent_id] += 1
            parent_id = self._tree.node(parent_id).parent_id

    def row_of(self, node_id: str) -> int:
        """On which row a node stands, from 0."""
        row = 0
        above: str | None = node_id
        while above is not None:
            for sibling in self._tree.sibling_ids(above):
                if sibling == above:
                    break
                row += self._n_rows[sibling]
            above = self._tree.node(above).parent_id
            row += above is not None
        return row

    def rows(self, start: int, stop: int) -> list[Row]:
        """Rows [start, stop), as far as there are any."""
        found: list[Row] = []
        to_skip = start
        stack = [_Level(self._tree.root_ids, "")]
        while stack and len(found) < stop - start:
            level = stack[-1]
            if (node_id := next(level.rest, None)) is None:
                stack.pop()
                continue
            level.index += 1
            n_rows = self._n_rows.get(node_id, 0)
            if to_skip >= n_rows:
                to_skip -= n_rows
                continue
            if to_skip:
                to_skip -= 1
            else:
                found.append(Row(node_id, level.guides_here()))
            stack.append(_Level(self._tree.child_ids(node_id), level.guides_below()))
        return found


class _Level:
    """One fork on the way down, and how far along its ways the descent is."""

    def __init__(self, node_ids: tuple[str, ...], guides: str) -> None:
        self.rest: Iterator[str] = iter(node_ids)
        self.n_ways = len(node_ids)
        self.guides = guides
        self.index = 0

    def guides_here(self) -> str:
        if self.n_ways == 1:
            return self.guides
        return self.guides + (_LAST_FORK if self.index == self.n_ways else _FORK)

    def guides_below(self) -> str:
        if self.n_ways == 1:
            return self.guides
        return self.guides + (_LAST_LEVEL if self.index == self.n_ways else _LEVEL)

"""All texts of a tree folded into a trie, token by token."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from loom.convergence.subtotals import Subtotals

START = 0
"""The place before the first token of every text."""


class Places:
    """A trie of symbols that only grows; each of its nodes is a *place*, numbered as it came.

    Texts that are the same from the beginning share their places, so they part where they first
    differ. Numbers rise along every path. Nothing recurses, and each place costs O(1).
    """

    def __init__(self) -> None:
        self.symbols = array("q", [0])
        self.parents = array("q", [START])
        self.depths = array("q", [0])
        self.forks: list[int] = []
        """Places after which the text goes on in two ways or more, in the order they became so."""
        self._first_child = array("q", [0])
        self._more_children: dict[int, dict[int, int]] = {}
        # A strand is a line of places: the first child of a place goes on with its strand, every
        # other child begins one. So each strand ends where one path does, and going from strand
        # to strand skips everything between two forks.
        self._strands = array("q", [0])
        self._joints = [START]
        self._ends = [0]
        self._hanging: list[list[int]] = [[]]
        self._n_tokens = Subtotals()
        self._n_paths = Subtotals()

    def __len__(self) -> int:
        """How many places there are, the start included."""
        return len(self.symbols)

    def append(self, place: int, symbols: Sequence[int]) -> int:
        """A line of new places after one that has no such child; returns the last of them."""
        first, n_new, depth = len(self), len(symbols), self.depths[place]
        strand = self._strand_after(place, symbols[0])
        self.symbols.extend(symbols)
        self.parents.append(place)
        self.parents.extend(range(first, first + n_new - 1))
        self.depths.extend(range(depth + 1, depth + n_new + 1))
        self._first_child.extend(range(first + 1, first + n_new))
        self._first_child.append(0)
        self._strands.extend([strand] * n_new)
        self._ends[strand] += n_new
        self._n_tokens.credit(strand, n_new)
        return first + n_new - 1

    def _strand_after(self, place: int, symbol: int) -> int:
        """Make the next new place a child of this one; returns the strand it belongs to."""
        if not self._first_child[place]:
            self._first_child[place] = len(self)
            return self._strands[place]
        if place not in self._more_children:
            self._more_children[place] = {}
            self.forks.append(place)
        self._more_children[place][symbol] = len(self)
        above = self._strands[place]
        strand = self._n_tokens.add(above)
        self._n_paths.add(above)
        self._n_paths.credit(strand, 1)
        self._joints.append(place)
        self._ends.append(self.depths[place])
        self._hanging.append([])
        self._hanging[above].append(strand)
        return strand

    def child(self, place: int, symbol: int) -> int | None:
        """The place one token on, if a text ever went on so."""
        first = self._first_child[place]
        if first and self.symbols[first] == symbol:
            return first
        more = self._more_children.get(place)
        return more.get(symbol) if more else None

    def children(self, place: int) -> list[int]:
        """All places one token on."""
        first = self._first_child[place]
        if not first:
            return []
        more = self._more_children.get(place)
        return [first, *more.values()] if more else [first]

    def is_fork(self, place: int) -> bool:
        """Whether texts part after this place."""
        return place in self._more_children

    def path(self, place: int, n_tokens: int) -> list[int]:
        """The last `n_tokens` places of a path, ending with this one."""
        found = []
        for _ in range(n_tokens):
            found.append(place)
            place = self.parents[place]
        return found[::-1]

    def run(self, place: int, n_tokens: int) -> list[int]:
        """The last `n_tokens` symbols of the path up to a place."""
        return [self.symbols[at] for at in self.path(place, n_tokens)]

    def before(self, place: int, n_tokens: int) -> int:
        """The place so many tokens back."""
        for _ in range(n_tokens):
            place = self.parents[place]
        return place

    def after(self, place: int, n_tokens: int) -> list[int]:
        """All places so many tokens on."""
        level = [place]
        for _ in range(n_tokens):
            level = [child for at in level for child in self.children(at)]
        return level

    def fork_of(self, one: int, other: int) -> int:
        """The last place that two paths have in common: one of them if it is on the other's path.

        The cost is a step for each strand between the two.
        """
        strands, joints, depths = self._strands, self._joints, self.depths
        while strands[one] != strands[other]:
            if strands[one] and depths[joints[strands[one]]] >= depths[joints[strands[other]]]:
                one = joints[strands[one]]
            else:
                other = joints[strands[other]]
        return one if depths[one] <= depths[other] else other

    def below(self, place: int) -> tuple[int, int]:
        """How many places stand below this one, and on how many different paths they end."""
        strand, depth = self._strands[place], self.depths[place]
        joints, depths = self._joints, self.depths
        hanging = [other for other in self._hanging[strand] if depths[joints[other]] >= depth]
        n_tokens = self._ends[strand] - depth + sum(map(self._n_tokens.total, hanging))
        return n_tokens, 1 + sum(map(self._n_paths.total, hanging))

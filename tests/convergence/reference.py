"""The definition of a meeting, worked through pair by pair: slow, and short enough to be believed.

A place of the tree is the tuple of all tokens up to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise
from math import log2

from loom.tree.graph import Tree

Place = tuple[int, ...]


def path_of(tree: Tree, node_id: str) -> Place:
    return tuple(token for node in tree.path(node_id) for token in node.token_ids or ())


class Reference:
    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        ends = {path_of(tree, node.id) for node in tree}
        self.places = {end[:n] for end in ends for n in range(1, len(end) + 1)}
        inner = {place[:-1] for place in self.places}
        self.branches = sorted(self.places - inner)

    def goes_in_circles(self) -> bool:
        """Whether some text repeats a stretch of at most seven tokens more than twice."""
        return any(
            place[-width:] == place[-2 * width : -width] == place[-3 * width : -2 * width]
            for place in self.places
            for width in range(1, min(8, len(place) // 3 + 1))
        )

    def maximal_runs(self) -> set[Place]:
        """Every run that two branches share after they part and that is no longer in both."""
        return {
            run
            for one, other in combinations(self.branches, 2)
            for run in _shared(one, other, _n_common([one, other]))
        }

    def meeting(self, run: Place) -> tuple[set[Place], Place]:
        """Where a run ends on paths that have parted, and the last place they have in common."""
        ends = {place for place in self.places if place[-len(run) :] == run}
        while True:
            ends = {end for end in ends if any(_parted(end, other) for other in ends)}
            if not ends:
                return set(), ()
            fork = next(iter(ends))[: _n_common(list(ends))]
            after = {end for end in ends if len(end) - len(run) >= len(fork)}
            if after == ends:
                return clear(ends, len(run)), fork
            ends = after

    def stands_before(self, run: Place, fork: Place) -> bool:
        return any(fork[:n][-len(run) :] == run for n in range(len(run), len(fork) + 1))

    def expected(self, run: Place, fork: Place) -> float:
        below = [place for place in self.places if place[: len(fork)] == fork and place != fork]
        n_paths = sum(branch[: len(fork)] == fork for branch in self.branches)
        n_pairs = len(below) ** 2 * (n_paths - 1) / (2 * n_paths)
        return float(n_pairs * 2.0 ** -self._bits(run))

    def _bits(self, run: Place) -> float:
        everywhere = clear({p for p in self.places if p[-len(run) :] == run}, len(run))
        symbols = Counter(place[-1] for place in self.places)
        n_symbols = len(symbols)
        pairs = Counter(place[-2:] for place in self.places if len(place) > 1)
        leading = Counter(place[-2] for place in self.places if len(place) > 1)
        for _ in everywhere:
            symbols.subtract(run)
            pairs.subtract(pairwise(run))
            leading.subtract(run[:-1])

        def alone(symbol: int) -> float:
            return (max(0, symbols[symbol]) + 1) / (n_others + n_symbols)

        n_others = max(0, len(self.places) - len(everywhere) * len(run))
        bits = -log2(alone(run[0]))
        for one, other in pairwise(run):
            n_pair = max(0, pairs[one, other])
            bits -= log2((n_pair + 4 * alone(other)) / (max(n_pair, leading[one]) + 4))
        return bits


def clear(ends: set[Place], n_tokens: int) -> set[Place]:
    """Of ends that overlap on one path, the first and every next that is clear of those kept."""
    kept: set[Place] = set()
    for end in sorted(ends, key=len):
        if not any(end[: len(end) - back] in kept for back in range(1, n_tokens)):
            kept.add(end)
    return kept


def _parted(one: Place, other: Place) -> bool:
    return _n_common([one, other]) < min(len(one), len(other))


def _n_common(paths: Sequence[Place]) -> int:
    n_common = 0
    for tokens in zip(*paths, strict=False):
        if len(set(tokens)) > 1:
            break
        n_common += 1
    return n_common


def _shared(one: Place, other: Place, n_common: int) -> Iterator[Place]:
    one, other = one[n_common:], other[n_common:]
    for i in range(len(one)):
        for j in range(len(other)):
            if i and j and one[i - 1] == other[j - 1]:
                continue
            length = _n_common([one[i:], other[j:]])
            if length >= 4:
                yield one[i : i + length]

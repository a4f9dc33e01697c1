"""How often symbols and pairs of them stand in a trie that grows: counted when it is asked for."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter

import numpy as np
import numpy.typing as npt

from loom.convergence.places import START, Places

_SYMBOL_BITS = 32
FEWEST_SORTED = 4096
"""Fewer new ones are counted one by one; more are sorted, which is quicker for many."""

Keys = npt.NDArray[np.uint64]
Symbols = npt.NDArray[np.int64]


class WordCounts:
    """The symbols of a trie, and its pairs of a symbol with the one in front of it.

    A place costs nothing when it comes, and O(1) on average when a count is next asked for: most
    pairs lie in a sorted array, those that came since in a table, which is sorted in when it has
    grown to a quarter of the array.
    """

    def __init__(self, places: Places) -> None:
        """Count these places, as many as there are when a count is asked for."""
        self._places = places
        self._n_read = 1
        self._alone: Counter[int] = Counter()
        self._leading: Counter[int] = Counter()
        self._keys = array("Q")
        self._counts = array("q")
        self._recent: Counter[int] = Counter()

    @property
    def n_symbols(self) -> int:
        """How many different symbols there are."""
        self._catch_up()
        return len(self._alone)

    def alone(self, symbol: int) -> int:
        """At how many places a symbol stands."""
        self._catch_up()
        return self._alone[symbol]

    def leading(self, symbol: int) -> int:
        """In front of how many places a symbol stands."""
        self._catch_up()
        return self._leading[symbol]

    def pair(self, key: int) -> int:
        """How often a pair stands in the trie, by its `pair_key`."""
        self._catch_up()
        at = bisect_left(self._keys, key)
        sorted_in = at < len(self._keys) and self._keys[at] == key
        return (self._counts[at] if sorted_in else 0) + self._recent[key]

    def _catch_up(self) -> None:
        first, n = self._n_read, len(self._places)
        if first == n:
            return
        symbols = np.array(self._places.symbols[first:], np.int64)
        before, follows = self._before(symbols, first)
        _count(self._alone, symbols)
        _count(self._leading, before[follows])
        keys = (before.astype(np.uint64) << np.uint64(_SYMBOL_BITS)) | symbols.astype(np.uint64)
        self._n_read = n
        new = keys[follows]
        if len(new) < FEWEST_SORTED:
            self._recent.update(new.tolist())
            new = new[:0]
        if len(new) or len(self._recent) > max(FEWEST_SORTED, len(self._keys) // 4):
            self._sort_in(new)

    def _before(self, symbols: Symbols, first: int) -> tuple[Symbols, npt.NDArray[np.bool_]]:
        """The symbol in front of each place from the first new one on, and whether there is one."""
        parents = np.array(self._places.parents[first:], np.int64)
        before = symbols[np.maximum(parents - first, 0)]
        for at in np.flatnonzero(parents < first):
            before[at] = self._places.symbols[parents[at]]
        return before, parents != START

    def _sort_in(self, new: Keys) -> None:
        keys, counts = np.unique(new, return_counts=True)
        recent = np.fromiter(self._recent.keys(), np.uint64, len(self._recent))
        n_recent = np.fromiter(self._recent.values(), np.int64, len(self._recent))
        every = np.concatenate([np.array(self._keys, np.uint64), keys, recent])
        n_every = np.concatenate([np.array(self._counts, np.int64), counts, n_recent])
        order = np.argsort(every, kind="stable")
        every, n_every = every[order], n_every[order]
        begins = np.flatnonzero(np.r_[True, every[1:] != every[:-1]][: len(every)])
        self._keys = array("Q", every[begins].tobytes())
        self._counts = array("q", np.add.reduceat(n_every, begins).tobytes())
        self._recent = Counter()


def _count(counts: Counter[int], symbols: Symbols) -> None:
    if len(symbols) < FEWEST_SORTED:
        counts.update(symbols.tolist())
        return
    different, n_each = np.unique(symbols, return_counts=True)
    counts.update(dict(zip(different.tolist(), n_each.tolist(), strict=True)))


def pair_key(one: int, other: int) -> int:
    """The key of two symbols, one after the other."""
    return one << _SYMBOL_BITS | other

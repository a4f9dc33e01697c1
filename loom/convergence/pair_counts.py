"""How often one symbol stands behind another in a trie that grows: counted when it is asked for."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter

import numpy as np
import numpy.typing as npt

from loom.convergence.places import START, Places

_SYMBOL_BITS = 32
FEWEST_SORTED = 4096
"""New pairs below this are counted one by one; more are sorted, which is quicker for many."""

Keys = npt.NDArray[np.uint64]


class PairCounts:
    """The pairs of symbols of a trie, each of its places with the place in front of it.

    A place costs nothing when it comes, and O(1) on average when a count is next asked for: most
    pairs lie in a sorted array, those that came since in a table, which is sorted in when it has
    grown to a quarter of the array.
    """

    def __init__(self, places: Places) -> None:
        """Count the pairs of these places, as many as there are when a count is asked for."""
        self._places = places
        self._n_read = 1
        self._keys = array("Q")
        self._counts = array("q")
        self._recent: Counter[int] = Counter()

    def __getitem__(self, key: int) -> int:
        """How often a pair stands in the trie, by its `pair_key`."""
        if self._n_read < len(self._places):
            self._catch_up()
        at = bisect_left(self._keys, key)
        sorted_in = at < len(self._keys) and self._keys[at] == key
        return (self._counts[at] if sorted_in else 0) + self._recent[key]

    def _catch_up(self) -> None:
        new = self._new_keys()
        self._n_read = len(self._places)
        if len(new) < FEWEST_SORTED:
            self._recent.update(new.tolist())
            new = np.zeros(0, np.uint64)
        if len(new) or len(self._recent) > max(FEWEST_SORTED, len(self._keys) // 4):
            self._sort_in(new)

    def _new_keys(self) -> Keys:
        places, first = self._places, self._n_read
        parents = np.array(places.parents[first:], np.int64)
        symbols = np.array(places.symbols[first:], np.int64)
        before = symbols[np.maximum(parents - first, 0)]
        for at in np.flatnonzero(parents < first):
            before[at] = places.symbols[parents[at]]
        keys = (before.astype(np.uint64) << np.uint64(_SYMBOL_BITS)) | symbols.astype(np.uint64)
        return np.asarray(keys[parents != START])

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


def pair_key(one: int, other: int) -> int:
    """The key of two symbols, one after the other."""
    return one << _SYMBOL_BITS | other

"""Which tokens each sequence of the model's memory holds, and what may be given up.

Bookkeeping over ints: this file touches no model. A *cell* holds one token at one position;
sequences that share a prefix share its cells.

    sequence 0   [ 5 8 2 | 7 7 ]      cells 0 1 2 3 4
    sequence 1   [ 5 8 2 | 9 ]        cells 0 1 2 5      n_used = 6 of n_cells
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


class PrefixCache:
    """Sequences of evaluated tokens: locked while they are written, evictable while held.

    The invariant is `n_free + n_used == n_cells`, where a cell is used as long as any sequence
    refers to it. Whoever evicts or drops a sequence must tell the backend to forget it.
    """

    def __init__(self, n_sequences: int, n_cells: int) -> None:
        self.n_cells = n_cells
        self._free_sequences = list(range(n_sequences - 1, -1, -1))
        self._free_cells = list(range(n_cells - 1, -1, -1))
        self._references = np.zeros(n_cells, np.int32)
        self._tokens: dict[int, list[int]] = {}
        self._cells: dict[int, list[int]] = {}
        self._held: dict[int, None] = {}

    @property
    def n_free(self) -> int:
        """Cells that hold nothing."""
        return len(self._free_cells)

    @property
    def n_used(self) -> int:
        """Cells that some sequence refers to."""
        return self.n_cells - self.n_free

    @property
    def n_free_sequences(self) -> int:
        """Sequence ids that can be opened without evicting."""
        return len(self._free_sequences)

    @property
    def held(self) -> tuple[int, ...]:
        """Evictable sequences, least recently used first."""
        return tuple(self._held)

    def tokens(self, sequence: int) -> Sequence[int]:
        """What a sequence holds."""
        return self._tokens[sequence]

    def match(self, tokens: Sequence[int]) -> tuple[int | None, int]:
        """The sequence that shares the longest prefix with `tokens`, and its length.

        Does not modify the cache, except that a held sequence counts as used just now.
        """
        best, n_best = None, 0
        for sequence, other in self._tokens.items():
            n = _common_prefix(other, tokens)
            if n > n_best:
                best, n_best = sequence, n
        if best in self._held:
            del self._held[best]
            self._held[best] = None
        return best, n_best

    def open(self) -> int:
        """Lock an empty sequence; IndexError if no id is free."""
        sequence = self._free_sequences.pop()
        self._tokens[sequence], self._cells[sequence] = [], []
        return sequence

    def share(self, source: int, target: int, n_positions: int) -> None:
        """Let `target`, which is empty, share the first n positions of `source`."""
        assert not self._tokens[target]
        assert n_positions <= len(self._tokens[source])
        self._tokens[target] = self._tokens[source][:n_positions]
        self._cells[target] = cells = self._cells[source][:n_positions]
        self._references[np.array(cells, np.intp)] += 1

    def push(self, sequence: int, token_id: int) -> None:
        """Record that one more token was evaluated; IndexError if no cell is free."""
        cell = self._free_cells.pop()
        self._references[cell] = 1
        self._tokens[sequence].append(token_id)
        self._cells[sequence].append(cell)

    def hold(self, sequence: int) -> None:
        """Unlock a sequence: it stays until its room is needed."""
        assert sequence in self._tokens
        self._held[sequence] = None

    def drop(self, sequence: int) -> None:
        """Give up a sequence; cells that no other refers to become free."""
        cells = np.array(self._cells.pop(sequence), np.intp)
        del self._tokens[sequence]
        self._held.pop(sequence, None)
        self._references[cells] -= 1
        self._free_cells.extend(cells[self._references[cells] == 0].tolist())
        self._free_sequences.append(sequence)

    def evict(self, n_cells: int, n_sequences: int, keep: int | None = None) -> list[int]:
        """Drop held sequences, oldest first, until so many cells and ids are free or none is left.

        `keep` is spared. Returns what was dropped.
        """
        dropped = []
        for sequence in self.held:
            if self.n_free >= n_cells and self.n_free_sequences >= n_sequences:
                break
            if sequence != keep:
                self.drop(sequence)
                dropped.append(sequence)
        return dropped

    def n_evictable_cells(self) -> int:
        """Cells that evicting every held sequence would free."""
        counts = np.zeros(self.n_cells, np.int32)
        for sequence in self._held:
            counts[np.array(self._cells[sequence], np.intp)] += 1
        return int(np.count_nonzero((counts > 0) & (counts == self._references)))

    def check(self) -> None:
        """AssertionError if the bookkeeping contradicts itself."""
        counts = np.zeros(self.n_cells, np.int32)
        for sequence, cells in self._cells.items():
            assert len(cells) == len(self._tokens[sequence]) == len(set(cells))
            counts[np.array(cells, np.intp)] += 1
        assert np.array_equal(counts, self._references)
        assert sorted(self._free_cells) == np.flatnonzero(counts == 0).tolist()
        assert set(self._held) <= set(self._tokens)
        assert not set(self._free_sequences) & set(self._tokens)


def _common_prefix(a: Sequence[int], b: Sequence[int]) -> int:
    n = min(len(a), len(b))
    if list(a[:n]) == list(b[:n]):
        return n
    low, high = 0, n
    while low < high:
        middle = (low + high + 1) // 2
        if list(a[low:middle]) == list(b[low:middle]):
            low = middle
        else:
            high = middle - 1
    return low

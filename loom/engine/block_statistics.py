"""Statistics of several laws at once, in few and large operations.

Between two operations of numpy a thread holds the interpreter, and whoever else wants it waits: row
by row that happens two hundred times for sixteen branches. Where statistics are computed beside the
model's next batch, those waits cost the batch more than a second passage through memory does.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from loom.engine.statistics import LEAST, Logits, columns_of, finished, statistics_of
from loom.records import TokenStats
from loom.records.tokens import concat_statistics

NUMBERS_AT_ONCE = 400_000
"""Logits that are looked at together: more of them leave a processor's own cache."""


class Block:
    """Computes the statistics of laws at once; its room is kept for the next ones."""

    def __init__(self) -> None:
        self._room = np.empty((3, 0, 0), np.float32)

    def statistics(self, laws: Logits, chosen: Sequence[int], top_k: int) -> TokenStats:
        """What `statistics_of` says of the rows of `laws`, shape (n, V)."""
        n = max(1, NUMBERS_AT_ONCE // laws.shape[1])
        starts = range(0, len(laws), n)
        return concat_statistics(
            [self._at_once(laws[i : i + n], chosen[i : i + n], top_k) for i in starts]
        )

    def _at_once(self, laws: Logits, chosen: Sequence[int], top_k: int) -> TokenStats:
        n_rows, n_vocab = laws.shape
        k = min(top_k, n_vocab)
        if self._room.shape[1] < n_rows or self._room.shape[2] != n_vocab:
            self._room = np.empty((3, n_rows, n_vocab), np.float32)
        x, weights, terms = self._room[:, :n_rows]
        largest = laws.max(axis=1)
        with np.errstate(invalid="ignore"):
            np.subtract(laws, largest[:, None], out=x)
            sums = _sums(x, weights, terms)
        top_ids = _tops(x, k)
        if top_ids is None:
            return statistics_of(list(laws), chosen, top_k)
        rows = np.arange(n_rows)
        drawn, top_logits = laws[rows, chosen], laws[rows[:, None], top_ids]
        return finished(
            sums, largest.astype(np.float64), drawn.astype(np.float64), top_ids, top_logits
        )


def _sums(x: Logits, weights: Logits, terms: Logits) -> npt.NDArray[np.float64]:
    """The sums of w, w x, w x^2 and w^2 of each row, w = exp x; shape (4, n)."""
    np.exp(x, out=weights)
    weighted = _dots(weights, x)
    if np.isnan(weighted).any():
        np.maximum(x, LEAST, out=x)
        weighted = _dots(weights, x)
    np.multiply(weights, x, out=terms)
    total = _dots(weights, np.ones_like(weights[:1]))
    return np.array([total, weighted, _dots(terms, x), _dots(weights, weights)], np.float64)


def _dots(left: Logits, right: Logits) -> Logits:
    """The product of each row with the one beside it."""
    products: Logits = np.matmul(left[:, None, :], right[:, :, None])[:, 0, 0]
    return products


def _tops(x: Logits, k: int) -> npt.NDArray[np.int32] | None:
    """The k largest of each row as `top_of` finds them, shape (n, k); None: row by row, please."""
    n_rows = len(x)
    if not k:
        return np.empty((n_rows, 0), np.int32)
    depth, n_columns = columns_of(x.shape[1], k)
    if k > n_columns:
        return None
    maxima = x[:, : depth * n_columns].reshape(n_rows, depth, n_columns).max(axis=1)
    least = np.partition(maxima, n_columns - k, axis=1)[:, n_columns - k]
    # Looking for what is true in a table is ten times slower than in one long row.
    rows, ids = np.divmod(np.flatnonzero(x >= least[:, None]), x.shape[1])
    n_candidates = np.bincount(rows, minlength=n_rows)
    if n_candidates.min() < k:
        return None
    order = np.lexsort((-x[rows, ids], rows))
    firsts = np.cumsum(n_candidates) - n_candidates
    tops: npt.NDArray[np.int32] = ids[order][firsts[:, None] + np.arange(k)].astype(np.int32)
    return tops

"""Statistics of next-token laws from full logits, row by row so that a row stays in cache."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from loom.records import TokenStats

Logits = npt.NDArray[np.float32]

LOG2_E = math.log2(math.e)
LEAST = np.float32(-1e4)
"""Stands for the logit of a masked token: its weight is 0, and 0 times infinity would be NaN."""

COLUMNS_A_TOKEN = 8
"""Into how many columns the vocabulary is cut for each of the likeliest tokens that are wanted."""


def statistics_of(rows: Sequence[Logits], chosen: Sequence[int], top_k: int) -> TokenStats:
    """Exact statistics of the laws softmax(row), each row of shape (V,), where `chosen` were drawn.

    With x = logit - max and Z = sum exp x: entropy = log Z - E[x]; varentropy = Var[x];
    collision = sum p^2. The terms are float32, as the logits are.
    """
    n_rows, k = len(rows), min(top_k, len(rows[0])) if rows else 0
    sums = np.empty((4, n_rows))
    largest = np.empty(n_rows)
    drawn = np.empty(n_rows)
    top_ids = np.empty((n_rows, k), np.int32)
    top_logits = np.empty((n_rows, k))
    # One scratch for all rows: a fresh array of a large vocabulary costs more than its sums.
    scratch = _Scratch(len(rows[0]) if rows else 0)
    # A masked token's weight times its logit is NaN, which `sums` answers; no warning is due.
    with np.errstate(invalid="ignore"):
        for i, (row, token_id) in enumerate(zip(rows, chosen, strict=True)):
            largest[i] = most = row.max()
            drawn[i] = row[token_id]
            sums[:, i] = scratch.sums(row, most)
            top_ids[i] = top = top_of(scratch.x, k)
            top_logits[i] = row[top]
    return _finished(sums, largest, drawn, top_ids, top_logits)


class _Scratch:
    """Room for one row of a vocabulary of V tokens, used again for every row."""

    def __init__(self, n_vocab: int) -> None:
        self.x, self._weights, self._terms = np.empty((3, n_vocab), np.float32)
        self._ones = np.ones(n_vocab, np.float32)

    def sums(self, row: Logits, largest: np.float32) -> tuple[float, float, float, float]:
        """The sums of w, w x, w x^2 and w^2 with x = logit - max (left in `x`) and w = exp x."""
        x, weights, terms = self.x, self._weights, self._terms
        np.subtract(row, largest, out=x)
        np.exp(x, out=weights)
        # A product of vectors is the quickest sum there is.
        weighted = float(np.dot(weights, x))
        if math.isnan(weighted):
            np.maximum(x, LEAST, out=x)
            weighted = float(np.dot(weights, x))
        np.multiply(weights, x, out=terms)
        return (
            float(np.dot(weights, self._ones)),
            weighted,
            float(np.dot(terms, x)),
            float(np.dot(weights, weights)),
        )


def _finished(
    sums: npt.NDArray[np.float64],
    largest: npt.NDArray[np.float64],
    drawn: npt.NDArray[np.float64],
    top_ids: npt.NDArray[np.int32],
    top_logits: npt.NDArray[np.float64],
) -> TokenStats:
    total, weighted, squared, collision = sums
    log_total = np.log(total)
    log_z = largest + log_total
    mean_x = weighted / total
    top_logprobs = top_logits - log_z[:, None]
    varentropy = squared / total - mean_x**2
    return TokenStats(
        logprob=(drawn - log_z).astype(np.float32),
        top_ids=top_ids,
        top_logprobs=top_logprobs.astype(np.float32),
        residual_mass=np.maximum(0, 1 - np.exp(top_logprobs).sum(axis=1)).astype(np.float32),
        entropy_bits=(np.maximum(0, log_total - mean_x) * LOG2_E).astype(np.float32),
        collision=(collision / total**2).astype(np.float32),
        varentropy_bits2=(np.maximum(0, varentropy) * LOG2_E**2).astype(np.float32),
        p_max=(1 / total).astype(np.float32),
    )


def top_of(x: Logits, k: int) -> npt.NDArray[np.intp]:
    """Indices of the k largest entries of x, shape (V,), in falling order; ties by index.

    Cut into columns, at least k entries are no less than the k-th largest of the columns' maxima,
    and seldom many more: those are sorted, far cheaper than partitioning the whole vocabulary.
    """
    if not k:
        return np.empty(0, np.intp)
    depth = max(1, len(x) // (COLUMNS_A_TOKEN * k))
    n_columns = len(x) // depth
    # Neighbours of a column lie far apart, so that a row of them is compared at once.
    maxima = x[: depth * n_columns].reshape(depth, n_columns).max(axis=0)
    least = np.partition(maxima, n_columns - k)[n_columns - k] if k <= n_columns else -np.inf
    candidates = (x >= least).nonzero()[0]
    if len(candidates) < k:
        # Only numbers that are none are no less than nothing.
        candidates = np.arange(len(x))
    # Candidates stand in the order of the vocabulary, and a stable sort leaves ties so.
    order = np.argsort(-x[candidates], kind="stable")[:k]
    return candidates[order]

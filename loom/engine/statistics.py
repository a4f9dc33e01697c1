"""Statistics of next-token laws from full logits, row by row so that a row stays in cache."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from loom.records import TokenStats

Logits = npt.NDArray[np.float32]

LOG2_E = float(np.log2(np.e))
LEAST = np.float32(-1e4)


def statistics_of(rows: Sequence[Logits], chosen: Sequence[int], top_k: int) -> TokenStats:
    """Exact statistics of the laws softmax(row), each row of shape (V,), where `chosen` were drawn.

    With x = logit - max: log Z = log sum exp x; entropy = log Z - E[x]; varentropy = Var[x];
    collision = sum p^2. The terms are float32, as the logits are.
    """
    n_rows, k = len(rows), min(top_k, len(rows[0])) if rows else 0
    out = TokenStats(
        logprob=np.empty(n_rows, np.float32),
        top_ids=np.empty((n_rows, k), np.int32),
        top_logprobs=np.empty((n_rows, k), np.float32),
        residual_mass=np.empty(n_rows, np.float32),
        entropy_bits=np.empty(n_rows, np.float32),
        collision=np.empty(n_rows, np.float32),
        varentropy_bits2=np.empty(n_rows, np.float32),
        p_max=np.empty(n_rows, np.float32),
    )
    # One scratch for all rows: a fresh array of a large vocabulary costs more than its sums.
    scratch = np.empty((3, len(rows[0])), np.float32) if rows else np.empty((3, 0), np.float32)
    for i, (row, token_id) in enumerate(zip(rows, chosen, strict=True)):
        _fill(out, i, row, token_id, scratch)
    return out


def _fill(
    out: TokenStats, i: int, row: Logits, token_id: int, scratch: npt.NDArray[np.float32]
) -> None:
    x, weights, terms = scratch
    largest = row.max()
    np.subtract(row, largest, out=x)
    if x.min() < LEAST:
        # A masked token has x = -inf and weight 0: it adds nothing, but 0 * inf would be NaN.
        np.maximum(x, LEAST, out=x)
    np.exp(x, out=weights)
    np.multiply(weights, x, out=terms)
    total = float(weights.sum())
    log_total = float(np.log(total))
    mean_x = float(terms.sum()) / total
    mean_x2 = float(np.einsum("i,i->", terms, x)) / total
    top = top_of(x, out.top_ids.shape[1])
    top_logprobs = row[top] - largest - np.float32(log_total)
    out.logprob[i] = row[token_id] - largest - log_total
    out.top_ids[i] = top
    out.top_logprobs[i] = top_logprobs
    out.residual_mass[i] = max(0.0, 1.0 - float(np.exp(top_logprobs, dtype=np.float64).sum()))
    out.entropy_bits[i] = max(0.0, log_total - mean_x) * LOG2_E
    out.collision[i] = float(np.einsum("i,i->", weights, weights)) / total**2
    out.varentropy_bits2[i] = max(0.0, mean_x2 - mean_x**2) * LOG2_E**2
    out.p_max[i] = 1.0 / total


def top_of(x: Logits, k: int) -> npt.NDArray[np.intp]:
    """Indices of the k largest entries in falling order; x, shape (V,), has its maximum at 0.

    A pass with a threshold leaves a few hundred candidates in most laws, far cheaper than
    partitioning the whole vocabulary.
    """
    candidates: npt.NDArray[np.intp] | None = None
    for cut in (-6.0, -10.0, -16.0):
        above = np.flatnonzero(x > np.float32(cut))
        if len(above) >= k:
            candidates = above
            break
    if candidates is None:
        candidates = np.arange(len(x))
    values = x[candidates]
    if len(values) > k:
        kept = np.argpartition(values, len(values) - k)[len(values) - k :]
        candidates, values = candidates[kept], values[kept]
    order = np.lexsort((candidates, -values))
    return candidates[order]

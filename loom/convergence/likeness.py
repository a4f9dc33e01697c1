"""Free evidence of which places may meet: stored laws of the next token, and what was said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from loom.convergence.spots import Spot

Matrix = npt.NDArray[np.float32]

_ROWS_AT_ONCE = 64
_N_TOKENS = 16


def law_distance(spots: Sequence[Spot]) -> Matrix:
    """A lower bound of the total variation of the next token for every two spots, shape (n, n).

    From the likeliest tokens of each; 0 where a law is not stored. The total variation of k tokens
    is never less than that of the first, so what is above the bound of a join is none (A4).
    """
    laws = [_likeliest(spot.law or {}) for spot in spots]
    columns = {token: i for i, token in enumerate(dict.fromkeys(t for law in laws for t in law))}
    dense = np.zeros((len(spots), len(columns)), np.float32)
    for row, law in enumerate(laws):
        dense[row, [columns[token] for token in law]] = list(law.values())
    rest = np.array([1 - sum(law.values()) if law else 1.0 for law in laws], np.float32)
    known = np.array([bool(law) for law in laws])
    distance = np.zeros((len(spots), len(spots)), np.float32)
    for row in range(len(spots)):
        if known[row]:
            apart = np.abs(dense - dense[row]).sum(axis=1) / 2
            # What is unknown on one side may be all of the rest of it.
            bound = apart - (rest + rest[row]) / 2
            distance[row] = np.where(known, np.maximum(bound, 0), 0)
    return distance


def _likeliest(law: Mapping[int, float]) -> dict[int, float]:
    """Few tokens hold nearly all that can tell, and every column costs a row of all spots."""
    return dict(sorted(law.items(), key=lambda token: -token[1])[:_N_TOKENS])


def word_distance(spots: Sequence[Spot]) -> Matrix:
    """How unlike the last tokens of every two spots are, 0 to 1, shape (n, n).

    One less the cosine of their counts, where a token counts less the more spots have it: who and
    what a text is about tells more than how its sentences are built.
    """
    columns = {t: i for i, t in enumerate(dict.fromkeys(t for s in spots for t in s.recent))}
    counts = np.zeros((len(spots), len(columns)), np.float32)
    for row, spot in enumerate(spots):
        for token in set(spot.recent):
            counts[row, columns[token]] = 1.0
    share = counts.sum(axis=0) / max(1, len(spots))
    counts *= np.log1p(1 / np.maximum(share, 1e-9)) - np.log(2) + 1e-3
    norms = np.linalg.norm(counts, axis=1, keepdims=True)
    counts /= np.where(norms > 0, norms, 1)
    return np.asarray(np.clip(1 - counts @ counts.T, 0, 1), np.float32)


def print_distance(prints: Mapping[int, npt.NDArray[np.float64]], n: int) -> Matrix:
    """The mean distance in bits of fingerprints of spots by number, shape (n, n).

    NaN where one has none.
    """
    distance = np.full((n, n), np.nan, np.float32)
    if not prints:
        return distance
    numbers = np.array(sorted(prints))
    rows = np.array([prints[number] for number in numbers], np.float32)
    for start in range(0, len(numbers), _ROWS_AT_ONCE):
        some = numbers[start : start + _ROWS_AT_ONCE]
        block = rows[start : start + _ROWS_AT_ONCE]
        distance[np.ix_(some, numbers)] = np.abs(block[:, None] - rows[None]).mean(axis=2)
    return distance


def apart_on_the_way(spots: Sequence[Spot]) -> npt.NDArray[np.bool_]:
    """Whether every two spots lie on ways that have parted, shape (n, n)."""
    order = sorted(range(len(spots)), key=lambda i: spots[i].history)
    parted = np.ones((len(spots), len(spots)), np.bool_)
    np.fill_diagonal(parted, val=False)
    # In lexicographic order the histories that one history begins stand right behind it.
    for rank, one in enumerate(order):
        beginning = spots[one].history
        for other in order[rank + 1 :]:
            if spots[other].history[: len(beginning)] != beginning:
                break
            parted[one, other] = parted[other, one] = False
    return parted

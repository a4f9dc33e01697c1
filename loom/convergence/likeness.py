"""How like places are: by what was said of late, and by fingerprints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from loom.convergence.spots import Spot

Matrix = npt.NDArray[np.float32]

_ROWS_AT_ONCE = 64


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

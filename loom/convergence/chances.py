"""How probable it is that two places meet, by what is known before any future is looked at."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from loom.convergence.lower_bounds import LowerBounds, Matrix

BLIND = 0.5
"""The chance of two places of which no law is stored and nearly all words are the same."""

STEEPNESS = 10
"""How fast the chance falls with the least variation: a law or two that differ by a fifth of what
joins may differ by leave one join in ten (on trees of the bundled model)."""

NEAR_BITS = 1.5
"""Fingerprints further apart than this on average are not worth a look at futures."""


def chances(least: LowerBounds, words: Matrix, by_print: Matrix, bound: float) -> Matrix:
    """The chance that each two places are joined, shape (n, n): it ranks, it proves nothing.

    `words` is how unlike their last words are, `by_print` how far their fingerprints are apart in
    bits (NaN where one has none), `bound` the total variation above which nothing is a join. Places
    that differ by that much in their stored laws have no chance at all.
    """
    room = np.maximum(0, 1 - least.variation / max(bound, 1e-9))
    alike = 1 - words
    # One law that agrees says little, a sentence of them nearly all.
    seen = least.n_laws / (least.n_laws + 1.0)
    by_laws = room**STEEPNESS * (seen + (1 - seen) * alike)
    by_words = BLIND * alike**2
    known = least.n_laws > 0
    printed = np.maximum(0, 1 - by_print / NEAR_BITS) ** 2 * np.where(known, room**STEEPNESS, 1)
    found = np.where(np.isnan(by_print), np.where(known, by_laws, by_words), printed)
    return np.asarray(found, np.float32)


def expected_branches(chance: Matrix, through: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """How many branches may pass each place's road, its own included, shape (n,).

    `through` says which branch passes which place, shape (n, n_branches). Of the places of one
    branch the likeliest counts.
    """
    found = np.zeros(len(chance))
    for branch in through.T:
        nearest = chance[:, branch].max(axis=1, initial=0)
        found += np.where(branch, 1, nearest)
    return found

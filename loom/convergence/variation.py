"""How well a reader of what follows can tell two places apart (A5): exact ratios, no guesses.

For a future y with r = p_a(y) / (p_a(y) + p_b(y)), the total variation of the two laws of futures
is E|2r - 1| and their Jensen-Shannon divergence is 1 - E[h2(r)] bits, where y is drawn half from
one side and half from the other. Both averages are unbiased, because r is computed exactly.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from loom.convergence.betting import Interval

Floats = npt.NDArray[np.float64]


def gaps(own: npt.ArrayLike, other: npt.ArrayLike) -> Floats:
    """|2r - 1| of each future: 0 if both sides say it alike, 1 if only one can.

    `own` and `other` are the log-probabilities of whole futures in bits under the history that
    they were drawn from and under the other one, shape (n,).
    """
    difference = np.asarray(own, np.float64) - np.asarray(other, np.float64)
    return np.asarray(np.abs(np.tanh(difference * (np.log(2) / 2))), np.float64)


def surprises(gaps_found: npt.ArrayLike) -> Floats:
    """1 - h2(r) of each future in bits, from its gap |2r - 1|, shape (n,)."""
    gap = np.asarray(gaps_found, np.float64)
    high, low = (1 + gap) / 2, (1 - gap) / 2
    entropy = -high * np.log2(high) - low * np.log2(np.where(low > 0, low, 1.0))
    return np.asarray(1 - entropy, np.float64)


def best_guess(variation: float) -> float:
    """How often a perfect reader of one future names its branch, (1 + TV) / 2."""
    return (1 + variation) / 2


def guesses_right(own: npt.ArrayLike, other: npt.ArrayLike) -> Floats:
    """Whether guessing the likelier side is right for each future: 1, 0, or 1/2 in a tie."""
    difference = np.asarray(own, np.float64) - np.asarray(other, np.float64)
    return np.asarray((np.sign(difference) + 1) / 2, np.float64)


def excess(variation: Interval, floor: Interval) -> Interval:
    """(TV - floor) / (1 - floor) with both intervals' ends: the floor's own doubt widens it."""
    return Interval(
        _over(variation.value, floor.value),
        _over(variation.low, floor.high),
        _over(variation.high, floor.low),
    )


def _over(variation: float, floor: float) -> float:
    # A model that cannot tell anything from itself leaves nothing to judge by.
    return 0.0 if floor >= 1 else (variation - floor) / (1 - floor)

"""How well a reader of what follows can tell two places apart (A5): exact ratios, no guesses.

For a future y with r = p_a(y) / (p_a(y) + p_b(y)), the total variation of the two laws of futures
is E|2r - 1|, where y is drawn half from one side and half from the other. The average is unbiased,
because r is computed exactly.
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


def best_guess(variation: float) -> float:
    """How often a perfect reader of one future names its branch, (1 + TV) / 2."""
    return (1 + variation) / 2


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

"""How sure a mean of numbers in [0, 1] is, whenever one stops looking: an interval by betting.

Waudby-Smith & Ramdas, "Estimating means of bounded random variables by betting" (JRSS B, 2024):
for every possible mean m somebody bets against it, and an m is ruled out once the stake has grown
by 1 / (1 - confidence). The bettor holds the portfolio b x/m + (1 - b) (1 - x)/(1 - m) for many
shares b at once, spread by the arcsine law: the universal portfolio, hedged to both sides. A part
of the stake is laid on small shares from the start, because the means that decide are small: two
places with one future have a total variation near 0, and an even spread has to find that out first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_N_MEANS = 400
_N_SHARES = 32

_SMALL_SHARES = (0.01, 0.03, 0.08)
_ON_SMALL = 0.16
"""Of the stake, what is laid on each of the small shares."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A number and the bounds it lies between."""

    value: float
    low: float
    high: float

    @property
    def width(self) -> float:
        """High minus low."""
        return self.high - self.low


class BettingInterval:
    """The mean of numbers in [0, 1] that come in pairs, one from each of two sources.

    The bounds hold with `confidence` at every number of pairs at once, so anybody may look, stop
    or ask for more as they please. The target is the average of the two sources' means. Shares
    are fixed in advance, so a pair multiplies the stake against the true mean by at most
    (1 + c d)(1 - c d) <= 1 on average, where d is half the difference of the sources: that is why
    pairs, and not single numbers, are taken, and why no variance is lost to drawing the source.
    """

    def __init__(self, confidence: float = 0.95) -> None:
        """Nothing is known yet: the interval is [0, 1]."""
        self._log_needed = math.log(1 / (1 - confidence))
        self._means = (np.arange(1, _N_MEANS) / _N_MEANS)[:, None]
        angles = (2 * np.arange(_N_SHARES) + 1) * math.pi / (2 * _N_SHARES)
        spread = (1 + np.cos(angles)) / 2
        n_small = len(_SMALL_SHARES)
        laid = np.full(_N_SHARES, (1 - _ON_SMALL * n_small) / _N_SHARES)
        self._shares = np.concatenate([spread, _SMALL_SHARES])[None, :]
        stakes = np.log(np.concatenate([laid, np.full(n_small, _ON_SMALL)]))
        self._log_stakes: Floats = np.tile(stakes, (_N_MEANS - 1, 1))
        self._ruled_out: npt.NDArray[np.bool_] = np.zeros(_N_MEANS - 1, np.bool_)
        self._total = 0.0
        self.n_pairs = 0

    def take(self, ones: Sequence[float] | Floats, others: Sequence[float] | Floats) -> None:
        """Pairs of numbers in [0, 1]; ValueError if there are not as many of one as of the other.

        The shape of both is (n,).
        """
        for one, other in zip(ones, others, strict=True):
            for x in (float(one), float(other)):
                assert 0 <= x <= 1, f"{x} is outside [0, 1]"
                odds = self._shares * x / self._means
                odds = odds + (1 - self._shares) * (1 - x) / (1 - self._means)
                self._log_stakes += np.log(odds)
                self._total += x
            self.n_pairs += 1
            self._ruled_out |= self._log_stake() >= self._log_needed

    def _log_stake(self) -> Floats:
        highest = self._log_stakes.max(axis=1, keepdims=True)
        mean = np.exp(self._log_stakes - highest).sum(axis=1)
        stake: Floats = highest[:, 0] + np.log(mean)
        return stake

    @property
    def interval(self) -> Interval:
        """The mean so far (1/2 before any) and its bounds, rounded outwards to the grid's 1/400."""
        value = self._total / (2 * self.n_pairs) if self.n_pairs else 0.5
        left = np.flatnonzero(~self._ruled_out)
        if not len(left):
            # Every mean of the grid was ruled out in turn, which happens with less than the chance
            # of an error: then nothing but the mean itself is left to say.
            return Interval(value, value, value)
        low, high = int(left[0]) / _N_MEANS, (int(left[-1]) + 2) / _N_MEANS
        return Interval(value, min(low, value), max(high, value))

"""How well a model tells a place from itself: what it takes for a difference and is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from loom.convergence.betting import Interval
from loom.records import FloorSource

MOST_DOUBT = 0.01
"""How often the bounds of a floor may err, where there are pairs enough: the rest of what a verdict
may err is left to the futures."""


@dataclass(frozen=True, slots=True)
class Floor:
    """The total variation between the futures of one place read twice, and how it was found.

    "another document in front": the same history behind an unrelated, finished document.
    "a neutral text in front" is weaker: for models without a document boundary. "known": a world,
    whose laws are exact. The interval errs with the chance `doubt`; `n_looks` were taken for it.
    """

    interval: Interval
    source: FloorSource
    doubt: float = 0.05
    n_looks: int = 0


KNOWN = Floor(Interval(0.0, 0.0, 0.0), "known", 0.0)


def floor_of(variations: Sequence[float], source: FloorSource, n_looks: int = 0) -> Floor:
    """The median of the variations of null pairs, bounded by order statistics (the sign test).

    The bounds err as often as `MOST_DOUBT` at most, whatever the law of the values, for eight pairs
    or more; with fewer they are the extremes, which err 2^(1-n) of the time. ValueError if there
    are none.
    """
    if not len(variations):
        raise ValueError("a floor needs at least one pair")
    ordered = sorted(variations)
    rank, doubt = _rank(len(ordered))
    interval = Interval(float(np.median(ordered)), ordered[rank], ordered[-1 - rank])
    return Floor(interval, source, doubt, n_looks)


def _rank(n: int) -> tuple[int, float]:
    """How many values may be left out at each end, and how often what is between them errs."""
    chance = 0.5**n
    below, rank = chance, 0
    while True:
        chance *= (n - rank) / (rank + 1)
        if 2 * (below + chance) > MOST_DOUBT:
            return rank, min(1.0, 2 * below)
        below += chance
        rank += 1

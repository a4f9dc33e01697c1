"""How well a model tells a place from itself: what it takes for a difference and is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from loom.convergence.betting import Interval
from loom.records import FloorSource

_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Floor:
    """The total variation between the futures of one place read twice, and how it was found.

    "another document in front": the same history behind an unrelated, finished document.
    "a neutral text in front" is weaker: for models without a document boundary. "known": a world,
    whose laws are exact.
    """

    interval: Interval
    source: FloorSource


KNOWN = Floor(Interval(0.0, 0.0, 0.0), "known")


def floor_of(variations: Sequence[float], source: FloorSource) -> Floor:
    """The median of the variations of null pairs, bounded by order statistics (the sign test).

    The bounds hold with 95 % for six pairs or more, whatever the law of the values; with fewer
    they are the extremes. ValueError if there are none.
    """
    if not len(variations):
        raise ValueError("a floor needs at least one pair")
    ordered = sorted(variations)
    rank = _rank(len(ordered))
    interval = Interval(float(np.median(ordered)), ordered[rank], ordered[-1 - rank])
    return Floor(interval, source)


def _rank(n: int) -> int:
    """How many values may be left out at each end."""
    below, chance, rank = 0.0, 0.5**n, 0
    while 2 * (below + chance) <= 1 - _CONFIDENCE:
        below += chance
        chance *= (n - rank) / (rank + 1)
        rank += 1
    return max(0, rank - 1)

"""Which tokens are worth handing to a chain: those that its first step would leave.

A chain that begins with top-k, min-p or greedy drawing throws nearly all of the vocabulary away.
Doing that here costs a comparison a token instead of a copy into twelve bytes a token; the chain
then does it once more on what is left, which changes nothing. Each cut leaves at least what the
step leaves, and falls back to the whole vocabulary where equal logits would let the order of the
candidates decide.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from loom.engine.statistics import Logits, top_of
from loom.records.sampling import Link, Sampling

Ids = npt.NDArray[np.intp]

Permits = Callable[[Ids], npt.NDArray[np.bool_]]
"""Which of some tokens a grammar lets the text go on with."""

FIRST_ASKED = 64
"""How many of the likeliest tokens a grammar is asked about at first; eight times as many next."""

ROUNDING = 1e-5
"""A cut is this much looser, relative to the logits, than llama.cpp's: it rounds in float32."""


@dataclass(frozen=True, slots=True)
class Best:
    """Greedy drawing takes the first of the largest logits."""

    def survivors(self, row: Logits, largest: float) -> Ids | None:  # noqa: ARG002
        """The ids that are left, rising; None: all."""
        return np.array([row.argmax()])

    def settled(self, logits: Logits, least: float) -> int | None:
        """How many of falling logits are left, if nothing below `least` can be; else None."""
        return 1 if len(logits) and logits[0] > least else None


@dataclass(frozen=True, slots=True)
class MinP:
    """The tokens at least `p` times as likely as the likeliest."""

    p: float

    def survivors(self, row: Logits, largest: float) -> Ids | None:
        """The ids that are left, rising; None: all."""
        return (row >= self._cut(largest)).nonzero()[0]

    def settled(self, logits: Logits, least: float) -> int | None:
        """How many of falling logits are left, if nothing below `least` can be; else None."""
        if not len(logits):
            return None
        cut = self._cut(float(logits[0]))
        return int(np.count_nonzero(logits >= cut)) if cut > least else None

    def _cut(self, largest: float) -> np.float32:
        log_p = math.log(self.p)
        return np.float32(largest + log_p - ROUNDING * (1 + abs(largest) - log_p))


@dataclass(frozen=True, slots=True)
class TopK:
    """The `k` largest logits."""

    k: int

    def survivors(self, row: Logits, largest: float) -> Ids | None:
        """The ids that are left, rising; None: all."""
        if self.k >= len(row):
            return None
        order = top_of(row - np.float32(largest), self.k + 1)
        order = order[row[order] > -np.inf]
        if not _falls(row[order]):
            return None
        return np.sort(order[: self.k])

    def settled(self, logits: Logits, least: float) -> int | None:  # noqa: ARG002
        """How many of falling logits are left, if nothing below `least` can be; else None."""
        return self.k if len(logits) > self.k and _falls(logits[: self.k + 1]) else None


Cut = Best | MinP | TopK


def cut_of(sampling: Sampling, first: Link) -> Cut | None:
    """What the first step of a chain cuts away, where that can be known beforehand."""
    if first == "greedy":
        return Best()
    if first == "min_p" and sampling.min_p:
        return MinP(sampling.min_p)
    if first == "top_k" and sampling.top_k:
        return TopK(sampling.top_k)
    return None


def candidate_ids(row: Logits, largest: float, cut: Cut | None, permits: Permits | None) -> Ids:
    """The ids to hand to a chain, rising; `largest` is the largest logit of the row.

    Tokens with a logit of minus infinity are no candidates.
    """
    if permits is None:
        found = None if cut is None else cut.survivors(row, largest)
        return np.flatnonzero(row > -np.inf) if found is None else found
    found = None if cut is None else _permitted(row, largest, cut, permits)
    if found is not None:
        return found
    possible = np.flatnonzero(row > -np.inf)
    possible = possible[permits(possible)]
    return possible if cut is None else _cut_down(row, possible, cut)


def _permitted(row: Logits, largest: float, cut: Cut, permits: Permits) -> Ids | None:
    """From the likeliest down, until enough are permitted: a grammar reads every byte of each."""
    n = FIRST_ASKED
    while n < len(row):
        order = top_of(row - np.float32(largest), n)
        least = float(row[order[-1]])
        kept = order[permits(order)]
        kept = kept[row[kept] > -np.inf]
        n_left = cut.settled(row[kept], least)
        if n_left is not None:
            return np.sort(kept[:n_left])
        n *= 8
    return None


def _cut_down(row: Logits, ids: Ids, cut: Cut) -> Ids:
    logits = row[ids]
    found = cut.survivors(logits, float(logits.max())) if len(ids) else None
    return ids if found is None else ids[found]


def _falls(logits: Logits) -> bool:
    return bool((logits[1:] < logits[:-1]).all())

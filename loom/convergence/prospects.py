"""What is to be expected of an undecided pair: whether it is a join, and when that is sure."""

from __future__ import annotations

from math import ceil, erfc, log, sqrt

from loom.records import JudgeSettings, PredictiveEvidence

STAKE = 5.2
"""By how much, in nats, a bet must grow until a verdict is in: what is laid on small means, and the
confidence of 95 %."""

_LEAST_VARIANCE = 0.02
_EXPECTED_VARIATION = 0.02
_N_EXPECTED = 8
"""Looks that the expectation counts as much as."""

_FAR_FROM_BOUND = 0.7
"""Of a pair that looks worse, the share of the bound that its variation has if it is a join."""

_BEYOND = 1.1
_UNDECIDED_TO_THE_END = 0.2
"""What is left of the chance of a pair that needs more looks than it may have."""


def prospect(evidence: PredictiveEvidence, settings: JudgeSettings) -> tuple[float, int]:
    """The chance that a pair is found to be a join, and how many more looks that takes.

    The chance takes the mean of the looks as normal, the looks are those in which a bet against the
    bound grows enough if what comes is like what was seen.
    """
    variation, floor = (2 * p - 1 for p in (evidence.best_guess, evidence.same_place_twice))
    bound = floor + settings.joined_below * (1 - floor)
    n = max(1, evidence.n_futures)
    deviation = sqrt((variation + _LEAST_VARIANCE) * (1 - variation + _LEAST_VARIANCE) / n)
    chance = erfc((variation - bound) / (deviation * sqrt(2))) / 2
    mean = (n * variation + _N_EXPECTED * _EXPECTED_VARIATION) / (n + _N_EXPECTED)
    n_missing = max(1, ceil(STAKE / _growth(min(mean, _FAR_FROM_BOUND * bound), bound)) - n)
    if n + n_missing > _BEYOND * settings.most_futures:
        chance *= _UNDECIDED_TO_THE_END
    return chance, n_missing


def _growth(mean: float, bound: float) -> float:
    """By how much a bet against the bound grows with each look, in nats.

    Most futures tell nothing and a few tell all, so the looks are taken as coins with that mean.
    """
    told = mean * log(mean / bound) if mean > 0 else 0.0
    return told + (1 - mean) * log((1 - mean) / (1 - bound))

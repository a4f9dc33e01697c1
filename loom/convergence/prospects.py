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


def prospect(evidence: PredictiveEvidence, settings: JudgeSettings) -> tuple[float, int]:
    """The chance that a pair is a join, and how many more looks it takes to say so.

    The chance takes the mean of the looks as normal, the looks are those in which a bet against the
    bound grows enough if all that comes is like the mean.
    """
    variation, floor = (2 * p - 1 for p in (evidence.best_guess, evidence.same_place_twice))
    bound = floor + settings.joined_below * (1 - floor)
    n = max(1, evidence.n_futures)
    deviation = sqrt((variation + _LEAST_VARIANCE) * (1 - variation + _LEAST_VARIANCE) / n)
    chance = erfc((variation - bound) / (deviation * sqrt(2))) / 2
    mean = (n * variation + _N_EXPECTED * _EXPECTED_VARIATION) / (n + _N_EXPECTED)
    growth = log((1 - min(mean, _FAR_FROM_BOUND * bound)) / (1 - bound))
    return chance, max(1, ceil(STAKE / growth) - n)

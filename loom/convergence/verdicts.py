"""From looks at futures to a verdict: joined, apart, or cannot tell yet."""

from __future__ import annotations

from loom.convergence.betting import BettingInterval, Interval
from loom.convergence.floor import Floor
from loom.convergence.variation import Floats, excess
from loom.records import FutureVerdict, JudgeSettings


def variation_interval(
    ones: Floats, others: Floats, settings: JudgeSettings, floor: Floor
) -> Interval:
    """The total variation of two places and its bounds, from the gaps of futures of each side.

    What the floor may err is taken off what this may, so that what is said of the excess holds with
    the confidence of the settings; half of it is left where the floor is that doubtful.
    """
    doubt = 1 - settings.confidence
    betting = BettingInterval(1 - max(doubt - floor.doubt, doubt / 2))
    betting.take(ones, others)
    return betting.interval


def verdict_of(beyond: Interval, settings: JudgeSettings) -> FutureVerdict:
    """Joined when all of the excess lies at or below the bound, apart when all lies above."""
    if beyond.high <= settings.joined_below:
        return "joined"
    if beyond.low > settings.joined_below:
        return "apart"
    return "undecided"


def judged_excess(variation: Interval, floor: Floor) -> Interval:
    """The excess of a variation over what the model takes for a difference and is none."""
    return excess(variation, floor.interval)

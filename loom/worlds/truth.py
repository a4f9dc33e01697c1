"""How different two futures really are: total variation between the laws of the next k tokens.

For two beliefs a and b of one world, TV_k = 1/2 sum over futures y of |P(y|a) - P(y|b)|. The end
token is absorbing, so a future may be shorter than k. The mass of tokens that the world cannot say
(V * 2**-40 a step) is left out.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic

from loom.worlds.belief import Belief, Filter
from loom.worlds.machine import State


@dataclass(frozen=True)
class Truth:
    """A total variation, known to lie in [low, high].

    After enumeration that is a certainty (equal up to rounding where nothing was left out); after
    sampling it is `value` with two standard errors on each side.
    """

    value: float
    low: float
    high: float
    n_futures: int
    exact: bool


@dataclass(frozen=True)
class _Pair(Generic[State]):
    """One future as far as it was read: its probability from both sides, jointly with the state."""

    a: Mapping[State, float]
    b: Mapping[State, float]
    left: int


def total_variation(
    worlds_filter: Filter[State],
    a: Belief[State],
    b: Belief[State],
    k: int = 16,
    n_futures_most: int = 20_000,
    least_mass: float = 1e-9,
) -> Truth:
    """TV_k by going through all futures; the interval holds what was too unlikely to follow.

    A future is not followed further when both sides agree on all that comes (their beliefs are
    proportional), when one side cannot say it, when its mass is below `least_mass`, or when
    `n_futures_most` have been opened, the likeliest ones first.
    """
    known, unknown, n_opened = 0.0, 0.0, 0
    layer = [_Pair(dict(a.weights), dict(b.weights), k)]
    while layer:
        ahead: list[_Pair[State]] = []
        layer.sort(key=_mass, reverse=True)
        for pair in layer:
            difference = abs(_sum(pair.a) - _sum(pair.b))
            if pair.left == 0 or not pair.a or not pair.b or _proportional(pair.a, pair.b):
                known += difference
            elif _mass(pair) < least_mass or n_opened >= n_futures_most:
                known += difference
                unknown += _mass(pair) - difference
            else:
                n_opened += 1
                ahead.extend(_opened(worlds_filter, pair))
        layer = ahead
    low, high = known / 2, (known + unknown) / 2
    return Truth((low + high) / 2, low, min(1.0, high), n_opened, exact=high - low < 1e-6)


def sampled_variation(
    worlds_filter: Filter[State],
    a: Belief[State],
    b: Belief[State],
    k: int = 16,
    n_futures: int = 256,
    seed: int = 1,
) -> Truth:
    """TV_k from futures drawn half from each side, with exact ratios: unbiased, error stated."""
    rng = random.Random(seed)
    gaps: list[float] = []
    for index in range(n_futures):
        own, other = (a, b) if index % 2 else (b, a)
        gaps.append(_gap(worlds_filter, own, other, k, rng))
    mean = math.fsum(gaps) / n_futures
    variance = math.fsum((gap - mean) ** 2 for gap in gaps) / max(1, n_futures - 1)
    error = 2 * math.sqrt(variance / n_futures)
    return Truth(mean, max(0.0, mean - error), min(1.0, mean + error), n_futures, exact=False)


def _gap(
    worlds_filter: Filter[State],
    own: Belief[State],
    other: Belief[State],
    k: int,
    rng: random.Random,
) -> float:
    """|2r - 1| of one future drawn from `own`, with r = P(own) / (P(own) + P(other))."""
    log_ratio = 0.0
    for _ in range(k):
        token = draw(worlds_filter.said(own), rng)
        p_own, own = worlds_filter.advance(own, token)
        p_other, other = worlds_filter.advance(other, token)
        if p_other == 0:
            return 1.0
        log_ratio += math.log(p_own / p_other)
        if token == worlds_filter.machine.end_token:
            break
    return abs(math.tanh(log_ratio / 2))


def draw(law: Mapping[int, float], rng: random.Random) -> int:
    """One token of a law, by its probability."""
    point = rng.random() * math.fsum(law.values())
    for token, p in law.items():
        point -= p
        if point < 0:
            return token
    return next(reversed(list(law)))


def _opened(worlds_filter: Filter[State], pair: _Pair[State]) -> list[_Pair[State]]:
    ahead_a, ahead_b = worlds_filter.split(pair.a), worlds_filter.split(pair.b)
    end = worlds_filter.machine.end_token
    return [
        _Pair(
            ahead_a.get(token, {}),
            ahead_b.get(token, {}),
            0 if token == end else pair.left - 1,
        )
        for token in {**ahead_a, **ahead_b}
    ]


def _sum(weights: Mapping[State, float]) -> float:
    return math.fsum(weights.values())


def _mass(pair: _Pair[State]) -> float:
    return _sum(pair.a) + _sum(pair.b)


def _proportional(a: Mapping[State, float], b: Mapping[State, float]) -> bool:
    """Whether two sets of weights are one belief, so that all that comes is said alike."""
    if a.keys() != b.keys():
        return False
    ratio = _sum(a) / _sum(b)
    return all(abs(weight - ratio * b[state]) <= 1e-12 * weight for state, weight in a.items())

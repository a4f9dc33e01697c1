"""The interval by betting covers the mean however one stops, and closes quickly."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loom.convergence.betting import BettingInterval, Interval
from loom.convergence.floor import floor_of
from loom.convergence.variation import best_guess, excess, gaps


def bounds(ones: list[float], others: list[float]) -> Interval:
    betting = BettingInterval()
    betting.take(ones, others)
    return betting.interval


def test_nothing_is_known_before_the_first_look() -> None:
    assert BettingInterval().interval == Interval(0.5, 0.0, 1.0)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=12))
def test_more_looks_never_widen_it_and_the_mean_is_inside(pairs: list[tuple[float, float]]) -> None:
    betting, last = BettingInterval(), Interval(0.5, 0.0, 1.0)
    for one, other in pairs:
        betting.take([one], [other])
        now = betting.interval
        assert 0 <= now.low <= now.value <= now.high <= 1
        assert now.low >= last.low - 1e-9 or now.low == now.value
        assert now.high <= last.high + 1e-9 or now.high == now.value
        last = now


@pytest.mark.parametrize(("p_one", "p_other"), [(0.5, 0.5), (0.1, 0.1), (0.9, 0.1), (0.0, 0.3)])
def test_it_covers_the_mean_at_every_look_at_once(p_one: float, p_other: float) -> None:
    rng = np.random.default_rng(7)
    n_missed = 0
    for _ in range(60):
        betting = BettingInterval()
        for _ in range(4):
            ones = (rng.random(8) < p_one).astype(float)
            betting.take(ones, (rng.random(8) < p_other).astype(float))
            here = betting.interval
            if not here.low <= (p_one + p_other) / 2 <= here.high:
                n_missed += 1
                break
    # 5 % of 60 is 3; twice that and two more is three standard errors away.
    assert n_missed <= 8


def test_thirty_two_futures_that_agree_are_enough_for_a_join() -> None:
    assert bounds([0.0] * 16, [0.0] * 16).high <= 0.20
    assert bounds([1.0] * 8, [1.0] * 8).low > 0.5


def test_sides_must_be_of_one_length() -> None:
    with pytest.raises(ValueError, match="zip"):
        BettingInterval().take([0.1], [])


def test_a_future_that_only_one_side_can_say_tells_all() -> None:
    assert gaps([-10.0, -10.0], [-10.0, -400.0]) == pytest.approx([0.0, 1.0])


def test_the_estimate_is_unbiased_for_two_coins() -> None:
    p, q = np.array([0.5, 0.5]), np.array([0.8, 0.2])
    found = gaps(np.log2(p), np.log2(q)), gaps(np.log2(q), np.log2(p))
    assert (p @ found[0] + q @ found[1]) / 2 == pytest.approx(0.3)
    assert best_guess(0.3) == pytest.approx(0.65)


def test_the_floors_doubt_widens_the_excess() -> None:
    found = excess(Interval(0.3, 0.2, 0.4), Interval(0.1, 0.05, 0.15))
    assert found.value == pytest.approx(0.2 / 0.9)
    assert found.low == pytest.approx(0.05 / 0.85)
    assert found.high == pytest.approx(0.35 / 0.95)
    assert excess(Interval(1, 1, 1), Interval(1, 1, 1)).value == 0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_a_floor_lies_between_its_bounds(values: list[float]) -> None:
    floor = floor_of(values, "another document in front").interval
    assert min(values) <= floor.low <= floor.value <= floor.high <= max(values)


def test_a_floor_needs_a_pair() -> None:
    with pytest.raises(ValueError, match="at least one pair"):
        floor_of([], "known")


def test_twelve_pairs_leave_one_out_at_each_end() -> None:
    floor = floor_of([n / 100 for n in range(12)], "another document in front").interval
    assert (floor.low, floor.high) == (0.01, 0.10)

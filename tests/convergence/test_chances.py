"""The chance that two places meet: what is known rules, and what differs too much has none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loom.convergence.chances import BLIND, NEAR_BITS, STEEPNESS, chances, expected_branches
from loom.convergence.lower_bounds import LowerBounds, Matrix

BOUND = 0.4
shares = st.floats(0, 1, width=32)


def one(value: float) -> Matrix:
    return np.array([[value]], np.float32)


def chance(variation: float, n_laws: int, words: float, bits: float = np.nan) -> float:
    """Of one pair: least variation, laws compared, how unlike its words are, bits of its prints."""
    least = LowerBounds(one(variation), np.array([[n_laws]], np.int16))
    return float(chances(least, one(words), one(bits), BOUND)[0, 0])


@given(shares, st.integers(0, 100), shares, st.none() | st.floats(0, 10, width=32))
def test_a_chance_is_a_probability(
    variation: float, n_laws: int, words: float, bits: float | None
) -> None:
    assert 0 <= chance(variation, n_laws, words, np.nan if bits is None else bits) <= 1


@pytest.mark.parametrize("bits", [np.nan, 0.0])
@pytest.mark.parametrize("variation", [BOUND, 0.9])
def test_laws_that_differ_more_than_joins_may_leave_no_chance(
    variation: float, bits: float
) -> None:
    assert chance(variation, 3, 0.0, bits) == 0


def test_the_same_words_are_half_a_chance_and_fall_with_their_square() -> None:
    assert BLIND == 0.5
    assert [chance(0, 0, words) for words in (0.0, 0.5, 1.0)] == pytest.approx([0.5, 0.125, 0.0])


def test_laws_that_agree_are_believed_the_more_of_them_there_are_whatever_the_words() -> None:
    assert [chance(0, n, 1.0) for n in (1, 3, 9)] == pytest.approx([1 / 2, 3 / 4, 9 / 10])
    assert chance(0, 1, 0.0) == pytest.approx(1.0)
    assert chance(0, 1, 0.5) == pytest.approx(1 / 2 + 1 / 4)


def test_laws_that_differ_by_a_fifth_of_the_bound_leave_about_one_join_in_ten() -> None:
    assert chance(BOUND / 5, 1, 0.0) == pytest.approx(0.8**STEEPNESS, rel=1e-4)
    assert 0.08 < 0.8**STEEPNESS < 0.12


def test_fingerprints_count_for_more_than_words() -> None:
    assert chance(0, 0, 1.0, 0.0) == pytest.approx(1.0)
    assert chance(0, 0, 0.0, NEAR_BITS / 2) == pytest.approx(0.25)
    assert chance(0, 0, 0.0, NEAR_BITS) == 0
    assert chance(BOUND / 2, 1, 0.0, 0.0) == pytest.approx(0.5**STEEPNESS, rel=1e-4)


def test_without_any_bound_only_laws_that_agree_wholly_have_a_chance() -> None:
    least = LowerBounds(np.array([[0.0, 0.01]], np.float32), np.ones((1, 2), np.int16))
    nothing = np.zeros((1, 2), np.float32)
    found = chances(least, nothing, np.full((1, 2), np.nan, np.float32), 0.0)
    assert found.tolist() == [[1.0, 0.0]]


def test_own_branches_are_sure_and_of_others_the_likeliest_place_counts() -> None:
    # Two places of branch 0, one of branch 1, one of branch 2.
    through = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], bool)
    found = np.zeros((4, 4), np.float32)
    found[2, 0], found[2, 1], found[2, 3] = 0.25, 0.5, 0.125
    assert expected_branches(found, through).tolist() == [1.0, 1.0, 1.625, 1.0]

"""On worlds whose laws are known joins are found where they are, and nowhere else."""

from __future__ import annotations

import pytest

from loom.records import JudgeSettings
from loom.worlds.catalogue import open_world
from tests.convergence.exact_scorer import ExactScorer
from tests.convergence.oracle import (
    PROCESSES,
    by_rule,
    exact_comparer,
    judged_all,
    next_token_rule,
    null_pairs,
    process_pairs,
    same_last_four,
    score,
    spot,
    story_pairs,
)

# Nothing was tuned on these seeds.
SEED = 4_000
SETTINGS = JudgeSettings()


@pytest.mark.parametrize("name", PROCESSES)
def test_on_small_processes_every_join_is_found_and_no_other(name: str) -> None:
    pairs = process_pairs(name, 120, SEED)
    found = judged_all(exact_comparer(open_world(name), SETTINGS), pairs, SETTINGS.most_futures)
    result = score(pairs, [one.evidence.verdict for one in found])
    assert result.n_scored == 120
    assert result.n_true > 10
    assert (result.precision, result.recall) == (1.0, 1.0)


def test_on_the_even_process_the_same_last_symbols_are_no_join() -> None:
    assert by_rule(process_pairs("even", 120, SEED), same_last_four).precision < 0.95


def test_on_the_exclusive_or_the_next_symbol_sees_joins_that_are_none() -> None:
    pairs = process_pairs("rrxor", 120, SEED)
    rule = next_token_rule(ExactScorer(open_world("rrxor").filter))
    assert by_rule(pairs, rule).precision < 0.8


def test_in_the_story_world_nearly_every_join_is_found_and_no_other() -> None:
    pairs = story_pairs(4, SEED)
    comparer = exact_comparer(open_world("story-world"), SETTINGS)
    found = judged_all(comparer, pairs, SETTINGS.most_futures)
    result = score(pairs, [one.evidence.verdict for one in found])
    assert result.n_true > 10
    assert result.n_scored - result.n_true > 5
    assert result.precision >= 0.98
    assert result.recall >= 0.98
    assert by_rule(pairs, same_last_four).f1 < 0.9


@pytest.mark.parametrize("n_pairs", [150, pytest.param(1000, marks=pytest.mark.long)])
def test_trees_that_never_meet_have_no_joins(n_pairs: int) -> None:
    pairs = null_pairs(n_pairs, 10, SEED)
    comparer = exact_comparer(open_world("null-trees"), SETTINGS)
    found = judged_all(comparer, pairs, SETTINGS.n_futures)
    assert [one for one in found if one.evidence.verdict == "joined"] == []


def test_guessing_by_likelihood_is_right_as_often_as_is_said() -> None:
    pairs = [pair for pair in story_pairs(2, SEED) if pair.variation > 0.1]
    comparer = exact_comparer(open_world("story-world"), SETTINGS)
    for pair, one in zip(pairs, judged_all(comparer, pairs, 128), strict=True):
        assert one.evidence.best_guess_low <= (1 + pair.variation) / 2
        assert one.evidence.best_guess_high >= (1 + pair.variation) / 2


def test_more_futures_begin_with_the_ones_there_were() -> None:
    (pair,) = story_pairs(1, SEED)[-1:]
    world = open_world("story-world")
    some = judged_all(exact_comparer(world, SETTINGS), [pair], 16)
    more = exact_comparer(world, SETTINGS)
    judged_all(more, [pair], 64)
    spots = spot(pair.one, "1"), spot(pair.other, "2")
    assert more.judged(spots, 8).evidence == some[0].evidence

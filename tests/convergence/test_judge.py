"""Within a budget the judge finds what meets, in trees whose truth is known."""

from __future__ import annotations

import pytest

from loom.convergence.budget import Budget
from loom.convergence.likeness import apart_on_the_way
from loom.convergence.roads import roads_of
from loom.convergence.spots import comparable
from loom.records import Judged
from loom.tree.graph import Tree
from tests.convergence.judging import SETTINGS, grown_in, judge_of, whole
from tests.convergence.oracle import spot
from tests.convergence.trees import star


def all_judged(tree: Tree, world: str, budget: Budget) -> list[Judged]:
    return judge_of(tree, world).judged(budget)


@pytest.mark.parametrize("world", ["even", "rrxor"])
def test_places_are_one_road_exactly_where_the_state_is_one(world: str) -> None:
    tree = grown_in(world, 5, 10, seed=3)
    trial = judge_of(tree, world)
    state = {
        place: max(trial.scorer.belief(one.history).weights)
        for one in trial.found.spots
        for place in one.places
    }
    judged = trial.judged(Budget())
    assert any(one.evidence.verdict == "joined" for one in judged)
    for one in judged:
        same = state[one.one] == state[one.other]
        assert (one.evidence.verdict == "joined") == same
    for road in roads_of(tree, judged):
        assert len({state[place] for place in road.ways_in}) == 1


def test_a_tree_that_never_meets_has_no_roads() -> None:
    tree = grown_in("null-trees", 6, 12, seed=1)
    judged = all_judged(tree, "null-trees", Budget())
    assert roads_of(tree, judged) == []


def test_a_budget_is_kept_and_what_was_not_reached_is_counted() -> None:
    tree = grown_in("even", 6, 12, seed=2)
    trial = judge_of(tree, "even")
    some = trial.judged(Budget(n_tokens=3_000))
    assert some
    # A batch that was begun is finished: eight pairs of at most 32 looks, scored twice.
    assert trial.scorer.spent.n_tokens < 3_000 + 8 * 32 * 16 * 2
    assert trial.judge.n_not_reached > 0
    assert len(some) < len(all_judged(tree, "even", Budget()))


def test_of_a_pair_that_was_only_glanced_at_nothing_is_said() -> None:
    tree = grown_in("rrxor", 6, 12, seed=4)
    some = judge_of(tree, "rrxor").judged(Budget(n_tokens=6_000))
    assert any(one.evidence.n_futures < SETTINGS.n_futures for one in some)
    for one in some:
        decided = one.evidence.verdict != "undecided"
        assert decided or one.evidence.n_futures >= SETTINGS.n_futures


def test_the_same_seed_finds_the_same() -> None:
    tree = grown_in("rrxor", 4, 8, seed=5)
    assert all_judged(tree, "rrxor", Budget()) == all_judged(tree, "rrxor", Budget())


def test_nothing_is_compared_with_its_own_past() -> None:
    one, on, other = spot((1, 2), "a"), spot((1, 2, 3), "a"), spot((1, 4), "b")
    assert not comparable(one, on)
    assert comparable(one, other)
    parted = apart_on_the_way([one, on, other])
    assert parted.tolist() == [[False, False, True], [False, False, True], [True, True, False]]


def test_siblings_that_are_the_same_so_far_are_one_place() -> None:
    tree = whole(star([1, 2], [5, 6, 7], [5, 6, 8]))
    found = judge_of(tree, "even").found
    shared = next(one for one in found.spots if one.history == (1, 2, 5, 6))
    assert {place.node for place in shared.places} == {"1", "2"}
    assert shared.leaves == {"1", "2"}

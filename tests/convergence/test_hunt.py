"""Which pairs are compared first: those that bring most branches onto a road."""

from __future__ import annotations

import numpy as np
import pytest

from loom.convergence.hunt import GLANCE, MOST_TRIES, Hunt, Offer, through_of


def chances(n: int, *pairs: tuple[int, int, float]) -> np.ndarray:
    found = np.zeros((n, n), np.float32)
    for one, other, chance in pairs:
        found[one, other] = found[other, one] = chance
    return found


def hunt(chance: np.ndarray) -> Hunt:
    """One branch for each spot."""
    through = through_of([frozenset([f"{i:03}"]) for i in range(len(chance))])
    return Hunt(chance, through, n_futures=32, most_futures=128)


def crowd(members: range) -> list[tuple[int, int, float]]:
    return [(a, b, 0.9) for a in members for b in members if a < b]


def test_the_pair_whose_road_most_branches_may_pass_comes_first() -> None:
    found = hunt(chances(7, *crowd(range(5)), (5, 6, 1.0)))
    first, second = found.offers(2)
    assert {first.one, first.other} < set(range(5))
    assert {second.one, second.other} == {5, 6}


def test_a_second_pair_of_a_road_that_is_opened_waits_for_what_is_new() -> None:
    found = hunt(chances(10, *crowd(range(6)), *crowd(range(6, 10))))
    for verdict in ("joined", "undecided"):
        first, second = found.offers(2)
        assert (first.one < 6) != (second.one < 6)
        found.settle(first, verdict, 0.5)


def test_what_is_on_a_road_is_compared_with_its_leader_alone() -> None:
    found = hunt(chances(5, *crowd(range(5))))
    (first,) = found.offers(1)
    found.settle(first, "joined", 1.0)
    later = found.offers(9)
    assert {offer.other for offer in later} == {first.other}
    assert first.one not in {offer.one for offer in later}


@pytest.mark.parametrize(("n_missing", "looks"), [(8, [8, 16, 24, 32]), (99, [8, 24, 72, 128])])
def test_an_undecided_pair_gets_what_it_lacks_and_at_most_thrice_what_it_had(
    n_missing: int, looks: list[int]
) -> None:
    found = hunt(chances(2, (0, 1, 0.9)))
    given = []
    while offers := found.offers(4):
        (offer,) = offers
        given.append(offer.n_futures)
        found.settle(offer, "undecided", 0.8, n_missing)
    assert given[:4] == looks
    assert given[-1] == 128


def test_an_undecided_pair_that_hardly_can_be_joined_waits_behind_others() -> None:
    found = hunt(chances(4, (0, 1, 0.9), (2, 3, 0.5)))
    first, _ = found.offers(2)
    assert {first.one, first.other} == {0, 1}
    found.settle(first, "undecided", 0.1, 24)
    (second,) = found.offers(1)
    assert {second.one, second.other} == {2, 3}


def test_an_undecided_pair_that_soon_is_sure_goes_before_a_new_one() -> None:
    found = hunt(chances(4, (0, 1, 0.9), (2, 3, 0.9)))
    first, _ = found.offers(2)
    found.settle(first, "undecided", 0.9, 16)
    (second,) = found.offers(1)
    assert {second.one, second.other} == {first.one, first.other}


def test_what_is_found_apart_makes_all_pairs_like_it_doubtful() -> None:
    # The two pairs of the crowd look alike to what was known before; the last pair is another case.
    found = hunt(chances(6, *crowd(range(4)), (4, 5, 0.9)))
    (first,) = found.offers(1)
    assert {first.one, first.other} < set(range(4))
    found.settle(first, "apart", 0.0)
    (second,) = found.offers(1)
    assert {second.one, second.other} == {4, 5}


def test_a_place_that_meets_nobody_is_left_in_peace() -> None:
    found = hunt(chances(9, *((0, other, 0.9) for other in range(1, 9))))
    n_tries = 0
    while offers := found.offers(1):
        found.settle(offers[0], "apart", 0.0)
        n_tries += 1
    assert n_tries == MOST_TRIES


def test_one_that_met_nobody_so_far_is_expected_to_meet_fewer() -> None:
    found = hunt(chances(6, (0, 1, 0.9), (0, 2, 0.9), (3, 4, 0.85), (3, 5, 0.85)))
    (first,) = found.offers(1)
    assert 0 in (first.one, first.other)
    found.settle(first, "apart", 0.0)
    (second,) = found.offers(1)
    assert 3 in (second.one, second.other)


def test_a_road_gains_little_by_a_place_whose_branches_pass_it_already() -> None:
    leaves = [frozenset("a"), frozenset("b"), frozenset("ab"), frozenset("c"), frozenset("d")]
    chance = chances(5, (0, 1, 0.9), (0, 2, 0.5), (1, 2, 0.5), (3, 4, 0.1))
    found = Hunt(chance, through_of(leaves), n_futures=32, most_futures=128)
    found.settle(Offer(0, 1, 32), "joined", 1.0)
    assert {(o.one, o.other) for o in found.offers(1)} <= {(3, 4), (4, 3)}
    found.settle(Offer(3, 4, 32), "apart", 0.0)
    assert found.offers(1) == [Offer(2, 1, GLANCE)]


def test_two_roads_that_may_be_one_are_compared_and_become_one() -> None:
    found = hunt(chances(4, (0, 1, 0.9), (2, 3, 0.9), (1, 3, 0.6), (0, 3, 0.0)))
    found.settle(Offer(0, 1, 24), "joined", 1.0)
    found.settle(Offer(2, 3, 24), "joined", 1.0)
    (between,) = found.offers(1)
    assert {between.one, between.other} == {1, 3}
    found.settle(between, "joined", 1.0)
    assert found.offers(4) == []


def test_places_of_two_roads_that_are_joined_late_make_them_one() -> None:
    found = hunt(chances(5, (0, 1, 0.9), (2, 3, 0.9), (0, 2, 0.5), (4, 1, 0.3), (4, 3, 0.3)))
    found.settle(Offer(0, 2, 8), "undecided", 0.5)
    found.settle(Offer(0, 1, 24), "joined", 1.0)
    found.settle(Offer(2, 3, 24), "joined", 1.0)
    found.settle(Offer(0, 2, 24), "joined", 1.0)
    pairs = [{o.one, o.other} for o in found.offers(9) if o.n_futures == GLANCE]
    assert pairs == [{4, 1}] or pairs == [{4, 3}]


def test_two_roads_that_were_found_apart_are_left_in_peace() -> None:
    found = hunt(chances(4, (0, 1, 0.9), (2, 3, 0.9), (1, 3, 0.6)))
    found.settle(Offer(0, 1, 24), "joined", 1.0)
    found.settle(Offer(1, 3, 24), "apart", 0.0)
    found.settle(Offer(2, 3, 24), "joined", 1.0)
    assert found.offers(4) == []


def test_pairs_without_a_chance_are_never_offered() -> None:
    assert hunt(chances(3)).offers(3) == []
    assert Hunt(chances(0), through_of([]), 32, 128).offers(1) == []


def test_offers_are_the_same_each_time() -> None:
    chance = chances(8, *crowd(range(8)))
    assert hunt(chance).offers(4) == hunt(chance).offers(4)
    assert isinstance(hunt(chance).offers(1)[0], Offer)

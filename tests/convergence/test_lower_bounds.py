"""Stored laws bound from below how far two places differ, and never say more than is true."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loom.convergence.lower_bounds import lower_bounds
from loom.convergence.spots import Step
from loom.worlds.catalogue import open_world
from tests.convergence.oracle import spot

Law = dict[int, float]


def step(token: int, law: Law, n_kept: int = 16) -> Step:
    kept = dict(sorted(law.items(), key=lambda kv: -kv[1])[:n_kept])
    return Step(token, law.get(token, 0.0), kept)


def test_one_law_gives_the_variation_of_the_next_token() -> None:
    one = spot((1,), "a", step(1, {1: 0.5, 2: 0.5}))
    other = spot((2,), "b", step(3, {1: 0.25, 3: 0.75}))
    found = lower_bounds([one, other])
    assert found.variation[0, 1] == found.variation[1, 0] == pytest.approx(0.75)
    assert found.n_laws[0, 1] == 1


def test_what_is_not_stored_may_agree() -> None:
    one = spot((1,), "a", step(1, {1: 0.5, 2: 0.25, 3: 0.25}, n_kept=1))
    other = spot((2,), "b", step(1, {1: 0.5, 4: 0.25, 5: 0.25}, n_kept=1))
    assert lower_bounds([one, other]).variation[0, 1] == pytest.approx(0)


def test_places_without_laws_are_not_bounded() -> None:
    found = lower_bounds([spot((1,), "a", step(1, {1: 1.0})), spot((2,), "b")])
    assert not found.variation.any()
    assert not found.n_laws[0, 1]


def test_a_difference_two_tokens_on_is_seen_where_the_texts_agree_so_far() -> None:
    same = step(1, {1: 0.8, 2: 0.2})
    one = spot((1,), "a", same, step(5, {5: 1.0}))
    other = spot((2,), "b", same, step(6, {6: 1.0}))
    found = lower_bounds([one, other])
    assert found.variation[0, 1] == pytest.approx(0.8)
    assert found.n_laws[0, 1] == 2


@pytest.mark.parametrize("n_more", [0, 1])
def test_where_the_laws_of_a_text_end_the_rest_of_it_counts_as_one_event(n_more: int) -> None:
    more = [step(5, {5: 1.0})] * n_more
    one = spot((1,), "a", step(1, {1: 0.8, 2: 0.2}), *more)
    other = spot((2,), "b", step(1, {1: 0.4, 2: 0.6}))
    found = lower_bounds([one, other])
    assert found.variation[0, 1] == pytest.approx(0.4)
    assert found.n_laws[0, 1] == 1


def test_where_both_go_on_nothing_is_counted_twice() -> None:
    one = spot((1,), "a", step(1, {1: 0.8, 2: 0.2}), step(5, {5: 1.0}))
    other = spot((2,), "b", step(1, {1: 0.4, 2: 0.6}), step(5, {5: 1.0}))
    assert lower_bounds([one, other]).variation[0, 1] == pytest.approx(0.4)


def test_what_is_not_stored_further_on_weighs_as_much_as_it_is_likely_to_come_to_that() -> None:
    same = step(1, {1: 0.5, 2: 0.5})
    one = spot((1,), "a", same, step(5, {5: 0.6, 6: 0.4}, n_kept=1))
    other = spot((2,), "b", same, step(7, {7: 0.6, 6: 0.4}, n_kept=1))
    assert lower_bounds([one, other]).variation[0, 1] == pytest.approx(0.1)


def _exact(world: str, history: Sequence[int], n: int) -> dict[tuple[int, ...], float]:
    """The law of the next n symbols, all of it."""
    filter_ = open_world(world).filter
    found = {(): (1.0, filter_.follow(filter_.start(), history).belief)}
    for _ in range(n):
        found = {
            (*text, token): (p * q, filter_.advance(belief, token)[1])
            for text, (p, belief) in found.items()
            for token, q in filter_.said(belief).items()
            if q > 0
        }
    return {text: p for text, (p, _) in found.items()}


def _ahead(world: str, history: Sequence[int], text: Sequence[int], n_kept: int) -> list[Step]:
    filter_ = open_world(world).filter
    belief = filter_.follow(filter_.start(), history).belief
    steps = []
    for token in text:
        steps.append(step(token, filter_.said(belief), n_kept))
        _, belief = filter_.advance(belief, token)
    return steps


@given(
    world=st.sampled_from(["golden-mean", "even", "rrxor"]),
    seeds=st.lists(st.integers(0, 400), min_size=2, max_size=5),
    n_kept=st.integers(1, 2),
)
def test_the_bound_never_exceeds_the_total_variation(
    world: str, seeds: list[int], n_kept: int
) -> None:
    spots, laws = [], []
    for number, seed in enumerate(seeds):
        texts = sorted(_exact(world, (), 6))
        text = texts[seed % len(texts)]
        history, following = text[:3], text[3:]
        laws.append(_exact(world, history, 3))
        n_stored = 1 + seed % 3
        ahead = _ahead(world, history, following[:n_stored], n_kept)
        spots.append(spot((number, *history), f"{number}", *ahead))
    found = lower_bounds(spots)
    for a, one in enumerate(laws):
        for b, other in enumerate(laws):
            apart = sum(abs(one.get(t, 0) - other.get(t, 0)) for t in one.keys() | other.keys()) / 2
            assert found.variation[a, b] <= apart + 1e-5
            assert found.variation[a, b] == pytest.approx(found.variation[b, a], abs=1e-6)

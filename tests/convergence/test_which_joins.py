"""Which of many shared runs are told: each place once, and only what chance does not explain."""

from __future__ import annotations

import random

from loom.convergence.joins import find_joins
from loom.tree.graph import Tree
from tests.convergence.trees import GLASS, JOKE, Noise, grown, lexical, only, star, tree_of, written


def test_a_longer_run_of_fewer_branches_is_told_only_if_it_adds_a_run(noise: Noise) -> None:
    more = noise(3)
    tree = star(
        noise(4),
        noise(2) + GLASS + more + noise(1),
        noise(3) + GLASS + more + noise(1),
        noise(4) + GLASS + noise(2),
        *map(noise, [9] * 5),
    )
    assert only(tree).nodes == ("1", "2", "3")
    much_more = [*more, *noise(3)]
    tree = star(
        noise(4),
        noise(2) + GLASS + much_more + noise(1),
        noise(3) + GLASS + much_more + noise(1),
        noise(4) + GLASS + noise(2),
        *map(noise, [9] * 5),
    )
    assert {join.nodes for join in find_joins(tree)} == {("1", "2", "3"), ("1", "2")}


def test_overlapping_runs_of_different_branches_are_two_places(noise: Noise) -> None:
    tree = star(
        noise(4),
        noise(2) + GLASS + noise(2),
        noise(3) + GLASS + JOKE,
        noise(4) + JOKE + noise(3),
    )
    assert {(join.nodes, lexical(join).n_tokens) for join in find_joins(tree)} == {
        (("1", "2"), 6),
        (("2", "3"), 5),
    }


def test_what_most_branches_say_is_a_common_phrase(noise: Noise) -> None:
    def common(n_holding: int, n_others: int) -> bool:
        holding = [noise(3) + GLASS for _ in range(n_holding)]
        return lexical(only(star(noise(4), *holding, *map(noise, [9] * n_others)))).common

    assert common(5, 4)
    assert not common(4, 4)
    assert common(3, 0)
    assert not common(2, 1)
    assert not common(2, 0)


def test_words_that_follow_one_another_everywhere_are_likely_by_chance(noise: Noise) -> None:
    def with_others(pairs: list[list[int]]) -> Tree:
        others = [[token for pair in pairs * 5 for token in [*pair, *noise(1)]] for _ in range(6)]
        return star(noise(4), noise(3) + GLASS[:4], noise(4) + GLASS[:4], *others)

    assert find_joins(with_others([[31, 32], [33, 34], [35, 36]]))
    assert not find_joins(with_others([GLASS[0:2], GLASS[1:3], GLASS[2:4]]))


def test_independent_branches_do_not_meet() -> None:
    rng = random.Random(7)
    joins = [
        join
        for _ in range(30)
        for join in find_joins(
            star([900, 901], *([rng.randrange(60) for _ in range(60)] for _ in range(8)))
        )
    ]
    # 0.01 of each run that could come twice is allowed; a few lengths could.
    assert len(joins) <= 3


def test_joins_held_by_the_largest_share_come_first(noise: Noise) -> None:
    tree = star(
        noise(4),
        noise(2) + JOKE + noise(2) + GLASS,
        noise(3) + GLASS,
        noise(4) + JOKE + noise(3) + GLASS,
        *map(noise, [9] * 4),
    )
    weights = [join.weight for join in find_joins(tree)]
    assert weights == [3 / 7, 2 / 7]


def test_going_in_circles_is_followed_from_its_beginning_and_its_end(noise: Noise) -> None:
    """Two branches turn in the same circle 200 times and then say the same thing."""
    circle = [21, 22, 23]
    lengths = (200, 230)
    tree = star(noise(4), *(noise(3) + circle * n + GLASS + noise(2) for n in lengths))
    joins = find_joins(tree)
    for node_id, n_rounds in zip(("1", "2"), lengths, strict=True):
        told = {
            token
            for join in joins
            for span in join.spans
            if span.node == node_id
            for token in range(span.start_token, span.end_token)
        }
        after = 3 + 3 * n_rounds
        assert {3, 4, 5, 6} <= told
        assert set(range(after, after + 6)) <= told


def test_a_chain_of_thousands_of_nodes_is_no_deeper_than_any(noise: Noise) -> None:
    events = written("0", None, noise(4))
    for i in range(1, 3001):
        events += grown(str(i), str(i - 1), noise(2))
    events += grown("a", "3000", noise(2) + GLASS)
    events += grown("b", "1500", noise(2) + GLASS)
    join = only(tree_of(events))
    assert join.nodes == ("a", "b")
    assert "Branches 1 and 2 (2 of 2)" in join.sentence

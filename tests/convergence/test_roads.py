"""Roads: what joined places make together, by which ways one comes in, and from which fork."""

from __future__ import annotations

import pytest

from loom.convergence.roads import fork_of, newest, roads_of, same_words
from loom.records import Place
from loom.tree.graph import Tree
from tests.convergence.judging import judged, whole
from tests.convergence.trees import star, written


def tree_of_stars(n: int) -> Tree:
    """A prompt "p" and n branches "1", "2", ... of nine tokens that share none."""
    return whole(star([1, 2, 3], *(range(100 * i, 100 * i + 9) for i in range(1, n + 1))))


def test_places_joined_in_a_row_are_one_road_with_a_way_in_for_each() -> None:
    tree = tree_of_stars(4)
    (road,) = roads_of(tree, [judged("1", "2", "joined", 0.1), judged("2", "3", "joined", 0.05)])
    assert road.ways_in == (Place("1", 5), Place("2", 5), Place("3", 5))
    assert (road.leaves, road.fork, road.n_compared) == (frozenset("123"), "p", 4)
    assert road.weight == 0.75
    assert [one.evidence.excess for one in road.judged] == [0.05, 0.1]
    assert road.worst.evidence.excess == 0.1


@pytest.mark.parametrize("closest", [("1", "2"), ("2", "3")])
def test_what_was_found_apart_is_never_on_one_road_and_the_closest_wins(
    closest: tuple[str, str],
) -> None:
    pairs = [
        judged(*pair, "joined", 0.01 if pair == closest else 0.1)
        for pair in (("1", "2"), ("2", "3"))
    ]
    (road,) = roads_of(tree_of_stars(3), [*pairs, judged("1", "3", "apart", 0.9)])
    assert road.leaves == frozenset(closest)
    assert len(road.judged) == 1


def test_a_pair_that_another_look_found_apart_is_no_road() -> None:
    pairs = [judged("1", "2", "joined", 0.1), judged("1", "2", "apart", 0.9)]
    assert roads_of(tree_of_stars(2), pairs) == []


def test_two_places_of_one_branch_are_no_road() -> None:
    assert roads_of(tree_of_stars(2), [judged("1", "1", "joined", at=(3, 6))]) == []


def test_a_branch_comes_in_where_it_first_is_on_the_road() -> None:
    pairs = [judged("1", "2", "joined", at=(3, 4)), judged("1", "2", "joined", 0.1, at=(7, 8))]
    (road, other) = roads_of(tree_of_stars(2), [*pairs])
    assert road.ways_in == (Place("1", 3), Place("2", 4))
    assert other.ways_in == (Place("1", 7), Place("2", 8))
    (one,) = roads_of(tree_of_stars(2), [*pairs, judged("1", "2", "joined", 0.2, at=(3, 8))])
    assert one.ways_in == (Place("1", 3), Place("2", 4))


def test_roads_that_go_on_come_before_those_that_end_and_wider_before_narrower() -> None:
    roads = roads_of(
        tree_of_stars(7),
        [
            judged("1", "2", "joined", both_end=True),
            judged("3", "4", "joined"),
            judged("5", "6", "joined"),
            judged("6", "7", "joined"),
        ],
    )
    assert [road.ways_in[0].node for road in roads] == ["5", "3", "1"]


def test_a_pair_that_is_judged_again_counts_once_and_as_the_last() -> None:
    first, other, again = (judged(*pair, "joined") for pair in ("12", "13", "12"))
    assert newest([first, other, again]) == [other, again]
    assert newest([]) == []


def test_siblings_that_are_the_same_so_far_are_the_same_words() -> None:
    tree = whole(star([1, 2], [5, 6, 7], [5, 6, 8], [5, 9, 8]))
    assert same_words(tree, Place("1", 2)) == [Place("1", 2), Place("2", 2)]
    assert same_words(tree, Place("1", 3)) == [Place("1", 3)]


def test_a_text_that_no_model_has_read_has_the_words_of_no_other() -> None:
    tree = tree_of_stars(1)
    read, unread = written("x", "p", [5, 6]), written("y", "p", [5, 6])[:1]
    for event in (*read, *unread):
        tree.apply(event)
    assert same_words(tree, Place("y", 0)) == [Place("y", 0)]
    assert same_words(tree, Place("x", 2)) == [Place("x", 2)]


def test_the_fork_is_the_last_that_all_have_in_common() -> None:
    tree = tree_of_stars(2)
    for event in (*written("a", "1", [5]), *written("b", "1", [6]), *written("root", None, [7])):
        tree.apply(event)
    assert fork_of(tree, ["a", "b"]) == "1"
    assert fork_of(tree, ["a", "2"]) == "p"
    assert fork_of(tree, ["a", "1"]) == "1"
    assert fork_of(tree, ["a", "a"]) == "1"
    assert fork_of(tree, ["a", "root"]) is None
    assert fork_of(tree, ["p"]) is None

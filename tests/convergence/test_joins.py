"""Small worlds in which it is known where branches meet."""

from __future__ import annotations

import pytest

from loom.convergence.joins import JoinFinder, find_joins
from loom.records import Span
from loom.tree.events import NodeAdded, NodeTokenised
from tests.convergence.trees import (
    GLASS,
    JOKE,
    Noise,
    grown,
    lexical,
    n_bytes,
    only,
    said,
    star,
    tree_of,
    written,
)


def test_branches_that_say_the_same_again_meet_once_with_all_their_places(noise: Noise) -> None:
    before = [noise(3), noise(5), noise(7)]
    tree = star(noise(4), *(some + GLASS + noise(4) for some in before), *map(noise, (9, 9, 9)))
    join = only(tree)
    assert (join.kind, join.verdict) == ("shared_words", "not_judged")
    assert join.nodes == ("1", "2", "3")
    assert join.spans == tuple(
        Span(str(i), len(some), len(some) + 6, n_bytes(some), n_bytes(some + GLASS))
        for i, some in enumerate(before, 1)
    )
    assert join.weight == 3 / 6
    assert lexical(join).text == said(GLASS)
    assert (lexical(join).n_tokens, lexical(join).n_branches, lexical(join).n_compared) == (6, 3, 6)
    assert not lexical(join).common


def test_the_reason_is_one_sentence_with_the_branches_as_they_are_numbered(noise: Noise) -> None:
    """By hand: 43 tokens in 5 branches, a run of 6 of which each is seen 1 time in 64."""
    tree = star(noise(4), noise(2) + GLASS, noise(3) + GLASS, noise(9), noise(2) + GLASS, noise(9))
    assert only(tree).sentence == (
        "≈ Branches 1, 2 and 4 (3 of 5) say the same 6 words: “w1 w2 w3 w4 w5 w6”"
        " (a common phrase, chance 1 in 90,000,000). What follows was not compared."
    )
    assert lexical(only(tree)).expected_by_chance == pytest.approx(43**2 * 4 / 10 / 64**6)


def test_three_tokens_are_no_run(noise: Noise) -> None:
    assert not find_joins(star(noise(4), noise(3) + GLASS[:3], noise(3) + GLASS[:3]))
    assert find_joins(star(noise(4), noise(3) + GLASS[:4], noise(3) + GLASS[:4]))


def test_siblings_with_the_same_first_words_part_where_they_first_differ(noise: Noise) -> None:
    assert not find_joins(star(noise(4), GLASS + noise(5), GLASS + noise(5)))


def test_they_meet_if_they_say_the_same_after_that(noise: Noise) -> None:
    first = noise(6)
    tree = star(noise(4), first + noise(2) + GLASS, first + noise(3) + GLASS)
    join = only(tree)
    assert [span.start_token for span in join.spans] == [8, 9]


def test_what_siblings_say_before_they_part_stands_in_both(noise: Noise) -> None:
    first = noise(2) + GLASS
    join = only(star(noise(4), first + noise(2), noise(3) + GLASS, noise(9), first + noise(5)))
    assert join.nodes == ("1", "2", "4")
    assert lexical(join).n_branches == 3


def test_branches_that_are_the_same_word_for_word_do_not_meet(noise: Noise) -> None:
    same = noise(20)
    assert not find_joins(star(noise(4), same, same, same))


def test_copies_count_as_the_branches_that_they_are(noise: Noise) -> None:
    same = noise(3) + GLASS + noise(2)
    join = only(star(noise(4), same, noise(4) + GLASS, noise(9), same, *map(noise, [9] * 4)))
    assert join.nodes == ("1", "2", "4")
    assert (lexical(join).n_branches, lexical(join).n_compared) == (3, 8)


def test_a_single_branch_meets_nobody(noise: Noise) -> None:
    assert not find_joins(star(noise(4), GLASS + noise(3) + GLASS + noise(3) + GLASS))


@pytest.mark.parametrize("events", [[], written("p", None, []), written("p", None, GLASS)])
def test_a_tree_without_branches_has_no_joins(events: list[NodeAdded | NodeTokenised]) -> None:
    assert find_joins(tree_of(events)) == ()


def test_empty_branches_are_in_nobodys_way(noise: Noise) -> None:
    tree = star(noise(4), [], noise(3) + GLASS, [], noise(2) + GLASS)
    for event in [*grown("a", "1", []), *grown("b", "a", noise(2) + GLASS)]:
        tree.apply(event)
    assert only(tree).nodes == ("2", "4", "b")


def test_what_was_said_before_the_fork_is_an_echo_of_the_prompt(noise: Noise) -> None:
    tree = star(noise(2) + GLASS + noise(2), noise(3) + GLASS, noise(4) + GLASS, noise(9))
    join = only(tree)
    assert join.kind == "prompt_echo"
    assert join.nodes == ("1", "2")
    assert join.sentence == (
        "≈ Branches 1 and 2 (2 of 3) repeat 6 words from before they part:"
        " “w1 w2 w3 w4 w5 w6”. What follows was not compared."
    )


def test_a_prompt_is_echoed_only_by_branches_that_all_have_it_before_them(noise: Noise) -> None:
    """The words stand in 1, and below 1 twice: that is an echo there, but 2 says them too."""
    tree = star(noise(4), noise(2) + GLASS, noise(3) + GLASS, noise(9), noise(9))
    for event in [*grown("a", "1", noise(2) + GLASS), *grown("b", "1", noise(3) + GLASS)]:
        tree.apply(event)
    join = only(tree)
    assert join.kind == "shared_words"
    assert join.nodes == ("1", "2", "a", "b")
    assert (lexical(join).n_branches, lexical(join).n_compared) == (3, 5)
    assert "Branches 1 and 2 (3 of 5 paths)" in join.sentence


def test_a_run_in_what_branches_have_in_common_stands_there_once(noise: Noise) -> None:
    """Branch 2 says it and goes on in three ways: one place, and three paths pass through it."""
    tree = star(noise(4), noise(3) + GLASS, noise(2) + GLASS, noise(9), noise(9), noise(9))
    for name in "abc":
        for event in grown(name, "2", noise(5)):
            tree.apply(event)
    join = only(tree)
    assert join.nodes == ("1", "2")
    assert (lexical(join).n_branches, lexical(join).n_compared) == (4, 7)


def test_a_run_that_crosses_into_a_child_has_a_span_in_each(noise: Noise) -> None:
    lead = noise(3)
    tree = star(noise(4), noise(5) + GLASS, lead + GLASS[:2])
    for event in [*grown("a", "2", GLASS[2:] + noise(2)), *grown("b", "2", noise(7))]:
        tree.apply(event)
    join = only(tree)
    assert join.nodes == ("1", "a")
    assert join.spans[1:] == (
        Span("2", 3, 5, n_bytes(lead), n_bytes(lead + GLASS[:2])),
        Span("a", 0, 4, 0, n_bytes(GLASS[2:])),
    )
    assert "Branches 1 and 2.1 (2 of 3)" in join.sentence


def test_a_run_may_cross_several_short_nodes_and_empty_ones(noise: Noise) -> None:
    tree = star(noise(4), noise(5) + GLASS, [*noise(3), *GLASS[:3]])
    for event in [
        *grown("a", "2", []),
        *grown("b", "a", GLASS[3:4]),
        *grown("c", "b", GLASS[4:] + noise(3)),
    ]:
        tree.apply(event)
    join = only(tree)
    assert [(span.node, span.start_token, span.end_token) for span in join.spans[1:]] == [
        ("2", 3, 6),
        ("b", 0, 1),
        ("c", 0, 2),
    ]


def test_branches_at_different_depths_are_named_by_their_way_from_the_fork(noise: Noise) -> None:
    tree = star(noise(4), noise(9), noise(9), noise(3) + GLASS)
    for event in [
        *grown("a", "1", noise(4)),
        *grown("b", "a", noise(4)),
        *grown("c", "a", noise(3) + GLASS),
    ]:
        tree.apply(event)
    assert "Branches 3 and 1.2 (2 of 4)" in only(tree).sentence


def test_other_beginnings_of_a_session_are_branches_too(noise: Noise) -> None:
    tree = tree_of([*written("p", None, noise(4)), *written("q", None, noise(5))])
    for event in [*grown("a", "p", noise(2) + GLASS), *grown("b", "q", noise(2) + GLASS)]:
        tree.apply(event)
    join = only(tree)
    assert join.nodes == ("a", "b")
    assert "Branches 1 and 2 (2 of 2)" in join.sentence


def test_words_around_a_fork_are_compared_from_the_fork_on(noise: Noise) -> None:
    """The prompt ends in "1 2", branch 2 goes on with "3 4 5 6": the run begins in the branch."""
    tree = star([*noise(2), 1, 2], noise(3) + GLASS, [*GLASS[2:], *noise(3)])
    assert [span.start_token for span in only(tree).spans] == [5, 0]


def test_a_branch_that_begins_in_the_middle_of_a_run_shares_what_it_says_itself(
    noise: Noise,
) -> None:
    whole = [*GLASS, *JOKE]
    tree = star(
        [*noise(2), *GLASS],
        [*JOKE, *noise(3)],
        noise(3) + whole + noise(1),
        noise(4) + whole,
        *map(noise, [9] * 5),
    )
    assert {(join.kind, join.nodes, lexical(join).n_tokens) for join in find_joins(tree)} == {
        ("shared_words", ("1", "2", "3"), len(JOKE)),
        ("shared_words", ("2", "3"), len(whole)),
    }


def test_a_branch_that_leaves_at_the_end_of_a_run_holds_it_too(noise: Noise) -> None:
    tree = star(noise(4), noise(3) + GLASS, noise(9), *map(noise, [9] * 5))
    after = noise(1)
    finder = JoinFinder()
    finder.joins(tree)
    for event in [*grown("a", "1", after), *grown("b", "2", noise(2) + GLASS + after)]:
        tree.apply(event)
        finder.take(event, tree)
    (join,) = finder.joins(tree)
    assert (lexical(join).n_tokens, lexical(join).n_branches) == (7, 2)
    for event in grown("c", "1", noise(2)):
        tree.apply(event)
        finder.take(event, tree)
    (join,) = finder.joins(tree)
    assert (lexical(join).n_tokens, lexical(join).n_branches) == (6, 3)

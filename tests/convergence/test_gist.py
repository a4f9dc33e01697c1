"""Alike beyond what unrelated stretches are."""

from __future__ import annotations

import numpy as np

from loom.convergence.gist import LEAST_F1, cosine_of, gists, same_gist, word_f1
from loom.convergence.gist_joins import gist_joins
from tests.convergence.trees import Noise, star

UNRELATED = [(f"a{i} b{i} c{i}", f"d{i} e{i} c{i}") for i in range(100)]


def test_f1_counts_words_whatever_stands_between_them() -> None:
    assert word_f1(("Marco laughed.", "marco, laughed")) == 1.0
    assert word_f1(("a b c d", "a b")) == 2 * 2 / 6
    assert word_f1(("", "a")) == 0.0


def test_a_pair_of_which_one_says_nothing_is_not_told_of_and_hides_no_other() -> None:
    pairs = [("one two three four", "one two three five"), ("", "one"), ("", "")]
    vectors = {text: np.float32([1, 0]) for pair in pairs for text in pair if text}
    vectors |= {text: np.float32([0.5, 0.87]) for pair in UNRELATED for text in pair[:1]}
    vectors |= {text: np.float32([0.87, -0.5]) for pair in UNRELATED for text in pair[1:]}
    similarity = cosine_of(list(vectors), list(vectors.values()))
    null = [*UNRELATED, *[("", "one")] * 100]
    alike, one_empty, both_empty = gists(pairs, null, similarity, "mean of hidden states")
    assert same_gist(alike)
    assert one_empty is both_empty is None


def test_a_pair_is_alike_if_hardly_any_unrelated_one_is() -> None:
    pairs = [("one two three four", "one two three five"), ("one two", "three four")]
    alike, other = gists(pairs, UNRELATED, word_f1, "shared words")
    assert same_gist(alike)
    assert alike is not None
    assert alike.threshold == LEAST_F1
    assert not same_gist(other)


def test_a_tree_that_says_the_same_everywhere_has_nothing_alike() -> None:
    everywhere = [("once more with feeling", "once more with feeling")] * 100
    (found,) = gists(everywhere[:1], everywhere, word_f1, "shared words")
    assert not same_gist(found)


def test_too_few_unrelated_pairs_judge_nothing() -> None:
    assert gists([("a", "a")], UNRELATED[:3], word_f1, "shared words") == [None]
    assert not same_gist(None)


def test_many_pairs_need_more_than_one_of_them() -> None:
    pairs = [("one two three", "one two three")] + [("x", "y")] * 99
    found = gists(pairs, UNRELATED, word_f1, "shared words")
    assert found[0] is not None
    assert found[0].q_value > gists(pairs[:1], UNRELATED, word_f1, "shared words")[0].q_value  # type: ignore[union-attr]


def test_ends_that_say_the_same_are_found_without_a_model(noise: Noise) -> None:
    same = noise(12)
    branches = [[*noise(12), *same], [*noise(12), *same], *(noise(24) for _ in range(6))]
    (join,) = gist_joins(star(noise(4), *branches))
    assert (join.verdict, join.kind, join.nodes) == ("not_judged", "same_gist", ("1", "2"))
    assert join.sentence.startswith("= Branches 1 and 2 say much the same at their ends")

"""What is said of judged places: verdicts, kinds, shares, and one sentence each."""

from __future__ import annotations

from dataclasses import replace

from loom.convergence.joins import find_joins
from loom.convergence.roads import newest, roads_of
from loom.convergence.told import joins_told, pair_told
from loom.records import Join, JudgeSettings, SemanticEvidence, TellingWord
from tests.convergence.judging import judged
from tests.convergence.trees import JOKE, Noise, star

ALIKE = SemanticEvidence(0.9, 0.5, 0.01, "shared words")


def only_judged(joins: tuple[Join, ...]) -> list[Join]:
    return [join for join in joins if join.verdict != "not_judged"]


def test_a_road_says_its_share_its_best_guess_and_what_chance_is(noise: Noise) -> None:
    tree = star(noise(3), noise(9), noise(9), noise(9), noise(9))
    (join,) = joins_told(tree, (), [judged("1", "3", "joined", 0.08)])
    assert (join.verdict, join.kind, join.nodes, join.weight) == (
        "joined",
        "hidden",
        ("1", "3"),
        0.5,
    )
    assert join.sentence == (
        "Branches 1 and 3 (2 of 4) are one road from here: for the next 16 tokens the best guess "
        "which of the two it was is right 54 times in 100 (chance 50, same place twice 50). "
        "Nothing in common before it: only what follows says so."
    )
    assert [(span.node, span.end_token) for span in join.spans] == [("1", 5), ("3", 5)]


def test_roads_that_share_a_place_are_one_unless_something_was_found_apart(noise: Noise) -> None:
    tree = star(noise(3), noise(9), noise(9), noise(9))
    pairs = [judged("1", "2", "joined"), judged("1", "3", "joined", 0.1)]
    (road,) = roads_of(tree, pairs)
    assert [way.node for way in road.ways_in] == ["1", "2", "3"]
    assert road.worst.evidence.nodes == ("1", "3")
    (smaller,) = roads_of(tree, [*pairs, judged("2", "3", "apart", 0.9)])
    assert [way.node for way in smaller.ways_in] == ["1", "2"]


def test_the_road_of_most_branches_comes_first_and_those_that_end_are_none(noise: Noise) -> None:
    tree = star(noise(3), *(noise(9) for _ in range(6)))
    pairs = [
        judged("5", "6", "joined"),
        judged("1", "2", "joined", at=(3, 3)),
        judged("1", "3", "joined", at=(3, 3)),
        judged("1", "4", "joined", at=(9, 9), both_end=True),
        judged("1", "5", "joined", at=(9, 9), both_end=True),
        judged("1", "6", "joined", at=(9, 9), both_end=True),
    ]
    shares = [join.weight for join in joins_told(tree, (), pairs)]
    assert shares == [3 / 6, 2 / 6]
    asked_for = pair_told(tree, (), pairs[-1])
    assert (asked_for.verdict, asked_for.mark) == ("undecided", "?")
    assert "about to end" in asked_for.sentence


def test_words_and_gist_name_the_kind_of_what_was_judged(noise: Noise) -> None:
    tree = star(noise(3), [*noise(4), *JOKE, *noise(3)], [*noise(4), *JOKE, *noise(3)])
    words = find_joins(tree)
    for verdict, gist, kind in (
        ("joined", ALIKE, "full"),
        ("joined", None, "same_road"),
        ("apart", ALIKE, "look_alike"),
        ("apart", None, "echo"),
    ):
        one = replace(judged("1", "2", verdict, 0.66, at=(9, 9)), gist=gist)
        (join,) = joins_told(tree, words, [one])
        assert join.kind == kind
        assert join.evidence.lexical is not None
        assert join.evidence.semantic == gist
    elsewhere = replace(judged("1", "2", "joined", at=(3, 3)), gist=ALIKE)
    assert [join.kind for join in joins_told(tree, words, [elsewhere])] == [
        "paraphrase",
        "shared_words",
    ]


def test_a_look_alike_says_what_tells_it_apart(noise: Noise) -> None:
    tree = star(noise(3), [*noise(4), *JOKE, *noise(3)], [*noise(4), *JOKE, *noise(3)])
    one = judged("1", "2", "apart", 0.66, at=(9, 9))
    one = replace(
        one,
        evidence=replace(
            one.evidence, telling=(TellingWord("hat", 0.9, 0.1), TellingWord("egg", 0.0, 0.4))
        ),
    )
    (join,) = joins_told(tree, find_joins(tree), [one])
    assert join.sentence == (
        "Branches 1 and 2 say the same words but are not one road: what follows, such as “hat”, "
        "“egg” tells them apart 83 times in 100 (chance 50, same place twice 50)."
    )


def test_what_is_apart_and_never_looked_alike_is_told_only_when_asked(noise: Noise) -> None:
    tree = star(noise(3), noise(9), noise(9))
    one = judged("1", "2", "apart", 0.9)
    assert joins_told(tree, (), [one]) == ()
    assert pair_told(tree, (), one).sentence.startswith("Branches 1 and 2 are not one road")


def test_undecided_says_how_far_it_is(noise: Noise) -> None:
    tree = star(noise(3), noise(9), noise(9))
    (join,) = joins_told(tree, (), [judged("1", "2", "undecided", 0.2)])
    assert join.verdict == "undecided"
    assert join.sentence == (
        "Cannot tell yet whether 1 and 2 meet: best guess 60 in 100, could be 50 to 100, and a "
        "join needs all of it under 60, after 32 looks."
    )


def test_the_last_settings_and_the_last_look_count() -> None:
    old = judged("1", "2", "undecided")
    new = judged("1", "2", "joined")
    assert newest([old, new]) == [new]
    deeper = replace(judged("1", "3", "joined"), settings=JudgeSettings(horizon=64))
    assert newest([old, new, deeper]) == [deeper]


def test_judging_changes_nothing_in_the_words(noise: Noise) -> None:
    tree = star(noise(3), [*noise(4), *JOKE, *noise(3)], [*noise(4), *JOKE, *noise(3)])
    words = find_joins(tree)
    assert joins_told(tree, words, []) == words
    assert only_judged(words) == []


def test_findings_keep_their_letters_while_others_are_found(noise: Noise) -> None:
    tree = star(noise(3), *(noise(9) for _ in range(7)))
    first = [judged("1", "2", "joined"), replace(judged("1", "6", "apart", 0.9), gist=ALIKE)]
    later = [
        judged("3", "4", "joined"),
        judged("4", "5", "joined"),
        replace(judged("2", "7", "apart", 0.5), gist=ALIKE),
        judged("3", "6", "undecided"),
    ]
    before = {join.nodes: join.mark for join in joins_told(tree, (), first)}
    assert before == {("1", "2"): "A", ("1", "6"): "a"}
    after = {join.nodes: join.mark for join in joins_told(tree, (), [*first, *later])}
    assert after == {
        ("3", "4", "5"): "B",
        ("1", "2"): "A",
        ("2", "7"): "b",
        ("1", "6"): "a",
        ("3", "6"): "?",
    }
    assert next(iter(after)) == ("3", "4", "5")

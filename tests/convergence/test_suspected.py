"""Which places behind shared words are compared: parted, near them, the strongest first."""

from __future__ import annotations

from dataclasses import replace

from loom.convergence.boundaries import STRIDE
from loom.convergence.spots import Spot
from loom.convergence.suspected import MOST_SUSPECTED, suspected_pairs
from loom.records import Evidence, Join, Place, Span
from loom.records.join import LexicalEvidence


def spot(node: str, n_tokens: int, first_token: int = 0) -> Spot:
    """A place after so many tokens, of a history that parts from others at its first token."""
    history = (first_token, *range(n_tokens - 1))
    return Spot(history, (Place(node, n_tokens),), frozenset({node}), None)


def words(*ends: tuple[str, int], common: bool = False, text: str = "the old joke") -> Join:
    lexical = LexicalEvidence(text, 3, 2, 3, 0.01, common)
    spans = tuple(Span(node, end - 3, end, 0, 12) for node, end in ends)
    nodes = tuple(node for node, _ in ends)
    evidence = Evidence(lexical=lexical)
    return Join("w", "not_judged", "shared_words", nodes, spans, 0.5, "Words.", evidence)


def test_the_boundaries_behind_two_parted_runs_are_a_pair() -> None:
    a, b, far = spot("a", 12, 1), spot("b", 20, 2), spot("c", 90, 3)
    found = words(("nowhere", 8), ("a", 10), ("b", 18), ("c", 20))
    assert suspected_pairs([found], [a, b, far]) == [(b, a)]


def test_a_boundary_is_near_from_the_last_token_of_the_words_to_one_stride_behind() -> None:
    other = spot("b", 10, 2)

    def is_near(n_tokens: int) -> bool:
        return bool(suspected_pairs([words(("a", 10), ("b", 10))], [spot("a", n_tokens, 1), other]))

    assert [is_near(n) for n in (8, 9, 10, 9 + STRIDE, 10 + STRIDE)] == [
        False,
        True,
        True,
        True,
        False,
    ]


def test_places_of_one_road_are_no_pair() -> None:
    same = [spot("a", 10, 1), spot("b", 10, 1)]
    assert suspected_pairs([words(("a", 10), ("b", 10))], same) == []


def test_common_phrases_echoes_and_what_has_no_words_are_nobodys_join() -> None:
    spots = [spot("a", 10, 1), spot("b", 10, 2)]
    plain = words(("a", 10), ("b", 10))
    assert len(suspected_pairs([plain], spots)) == 1
    for other in (
        words(("a", 10), ("b", 10), common=True),
        replace(plain, kind="prompt_echo"),
        replace(plain, evidence=Evidence()),
    ):
        assert suspected_pairs([other], spots) == []
        # What comes behind one that does not count is looked at all the same.
        assert len(suspected_pairs([other, plain], spots)) == 1


def test_each_pair_once_the_strongest_words_first_and_not_too_many() -> None:
    spots = [spot(f"n{at}", 10, at) for at in range(40)]
    joins = [words((f"n{at}", 10), (f"n{at + 1}", 10)) for at in range(0, 40, 2)]
    found = suspected_pairs([joins[0], *joins], spots)
    assert found == [(spots[2 * at + 1], spots[2 * at]) for at in range(MOST_SUSPECTED)]

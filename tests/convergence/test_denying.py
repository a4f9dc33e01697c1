"""What a person says is no join stays denied, and the model's verdict is left alone."""

from __future__ import annotations

from loom.convergence.denying import places_of, with_denials
from loom.records import Evidence, Join, Place, Span


def join(*ends: tuple[str, int]) -> Join:
    spans = tuple(Span(node, end - 1, end, 0, 1) for node, end in ends)
    nodes = tuple(dict.fromkeys(node for node, _ in ends))
    return Join("j", "joined", "full", nodes, spans, 1.0, "They meet.", Evidence())


def test_a_finding_stands_at_the_last_place_in_each_of_its_nodes() -> None:
    assert places_of(join(("a", 3), ("b", 4), ("a", 7))) == {Place("a", 7), Place("b", 4)}


def test_nothing_denied_changes_nothing() -> None:
    joins = [join(("a", 3), ("b", 4))]
    assert with_denials(joins, ()) == tuple(joins)


def test_two_of_its_places_deny_a_finding_and_one_does_not() -> None:
    denied = frozenset({Place("a", 3), Place("b", 4)})
    same, wider = join(("a", 3), ("b", 4)), join(("a", 3), ("b", 4), ("c", 9))
    one_place, elsewhere = join(("a", 3), ("c", 9)), join(("a", 5), ("b", 6))
    found = with_denials([same, wider, one_place, elsewhere], [denied])
    assert [one.denied for one in found] == [True, True, False, False]
    assert [one.verdict for one in found] == ["joined"] * 4
    assert with_denials([same], [frozenset({Place("x", 1)}), denied])[0].denied

"""Words that meet keep their place while a text grows, and are counted in characters that show."""

from __future__ import annotations

from loom.app.meetings import Meetings, Place
from loom.app.met_words import MetWords
from loom.records import Evidence, Join, LexicalEvidence, Span
from loom.tree.events import NodeAdded
from loom.tree.graph import Tree
from loom.tree.node import HUMAN, Node

TEXT = "Ä fool — laughed and went home"
FIRST = TEXT.index("laughed")


def node_with(text: str) -> Node:
    tree = Tree()
    tree.apply(NodeAdded(1.0, "n", None, "text", HUMAN, text.encode()))
    return tree.node("n")


def laughed_and(*, common: bool = False) -> Join:
    start = TEXT.encode().index(b" laughed")
    span = Span("n", 2, 4, start, start + len(b" laughed and"))
    evidence = Evidence(LexicalEvidence("laughed and", 2, 2, 2, 0.0, common))
    return Join("j", "not_judged", "shared_words", ("n",), (span,), 1.0, "", evidence)


def test_they_are_counted_in_characters_without_the_space_in_front() -> None:
    met, node = MetWords(Meetings((laughed_and(),))), node_with(TEXT)
    ((_, start, end),) = met.tinted(node)
    assert TEXT[start:end] == "laughed and"
    assert [at for at, _ in met.ends(node)] == [end]


def test_what_is_written_later_moves_none_of_them() -> None:
    met = MetWords(Meetings((laughed_and(),)))
    before = met.tinted(node_with(TEXT)), met.ends(node_with(TEXT))
    longer = node_with(f"{TEXT}, ö, and slept")
    assert (met.tinted(longer), met.ends(longer)) == before
    anew = MetWords(Meetings((laughed_and(),)))
    assert (anew.tinted(longer), anew.ends(longer)) == before


def test_a_common_phrase_is_tinted_only_where_it_was_asked_for() -> None:
    common, node = laughed_and(common=True), node_with(TEXT)
    assert MetWords(Meetings((common,))).tinted(node) == []
    ((_, start, _),) = MetWords(Meetings((common,)), Place(common, "n")).tinted(node)
    assert start == FIRST


def test_where_nothing_meets_there_is_nothing() -> None:
    assert MetWords().tinted(node_with(TEXT)) == []
    assert MetWords().ends(node_with(TEXT)) == []

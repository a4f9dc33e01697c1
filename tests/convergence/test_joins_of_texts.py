"""Bytes, vocabularies, readings, and a tree that grows while it is looked at."""

from __future__ import annotations

from loom.convergence.joins import JoinFinder, find_joins
from loom.tree.events import NodeAdded, NodeTokenised
from loom.tree.node import HUMAN
from tests.convergence.trees import (
    GLASS,
    JOKE,
    Noise,
    appended,
    grown,
    lexical,
    only,
    opened,
    piece,
    star,
    written,
)


def test_white_space_alone_is_no_words(noise: Noise) -> None:
    blank = (b"\n", b" ", b"\t", b"\n\n", b"  ")
    tree = star(noise(4), noise(9), noise(9))
    for node_id, parent_id in (("a", "1"), ("b", "2")):
        tree.apply(opened(node_id, parent_id))
        tree.apply(appended(node_id, 0, GLASS[:5], blank))
    assert not find_joins(tree)


def test_the_same_ids_of_two_vocabularies_are_not_the_same_words(noise: Noise) -> None:
    tree = star(noise(4), noise(3), noise(3))
    tree.apply(opened("a", "1"))
    tree.apply(appended("a", 0, GLASS))
    tree.apply(opened("b", "2"))
    tree.apply(appended("b", 0, GLASS, [b" other%d" % i for i in GLASS]))
    assert not find_joins(tree)


def test_a_character_split_over_two_tokens_is_told_by_its_bytes(noise: Noise) -> None:
    """The run begins with the second half of "é" and ends with the first half of "ü"."""
    half = (b"\xa9", b"t\xc3\xa9", b" de", b" la", b" r\xc3")
    tree = star(noise(4), noise(3), noise(3))
    for node_id, parent_id, first in (("a", "1", b"\xc3"), ("b", "2", b"x\xc3")):
        tree.apply(opened(node_id, parent_id))
        tree.apply(appended(node_id, 0, [*noise(1), *JOKE], [first, *half]))
    join = only(tree)
    assert lexical(join).text == "\ufffdté de la r\ufffd"
    assert "“té de la r”" in join.sentence
    for span in join.spans:
        text = tree.node(span.node).text[span.start_byte : span.end_byte]
        assert text == b"".join(half)


def test_a_text_read_anew_by_another_model_is_compared_as_it_is_read_now(noise: Noise) -> None:
    tree = star(noise(4), noise(2) + GLASS)
    finder = JoinFinder()
    text = b"".join(map(piece, GLASS))
    for event in (
        NodeAdded(1.0, "w", "p", "text", HUMAN, text),
        NodeTokenised(1.0, "w", tuple(GLASS), tuple(map(piece, GLASS)), "one"),
    ):
        tree.apply(event)
        finder.take(event, tree)
    assert len(finder.joins(tree)) == 1
    again = NodeTokenised(1.0, "w", (501, 502), (text[:4], text[4:]), "another")
    tree.apply(again)
    finder.take(again, tree)
    assert finder.joins(tree) == ()


def test_an_event_taken_twice_or_read_before_it_is_taken_changes_nothing(noise: Noise) -> None:
    tree = star(noise(4), noise(3) + GLASS)
    finder = JoinFinder()
    events = [*written("w", "p", noise(3)), *grown("b", "w", noise(2) + GLASS)]
    for event in events:
        tree.apply(event)
    joins = finder.joins(tree)
    for event in events + events:
        finder.take(event, tree)
    assert finder.joins(tree) == joins
    assert joins == find_joins(tree)


def test_a_join_keeps_its_id_while_other_branches_grow(noise: Noise) -> None:
    tree = star(noise(4), noise(2) + GLASS + noise(1), noise(3) + GLASS + noise(1))
    before = only(tree).id
    for event in grown("c", "p", noise(5) + GLASS):
        tree.apply(event)
    assert only(tree).id == before

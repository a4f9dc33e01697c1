"""Marks stand where something was asked for, changed, or came to be said twice."""

from __future__ import annotations

from loom.records import Evidence, Join, LexicalEvidence, Span
from loom.replay import Player, marks_of, record
from loom.replay.marks import mark_after, mark_before
from tests.replay.test_tape import two_branches


def test_what_a_person_did_is_marked_and_what_followed_is_not() -> None:
    tape = record(two_branches())
    assert [(mark.kind, mark.place) for mark in marks_of(tape)] == [("edit", 2), ("growth", 3)]


def test_a_join_stands_where_the_second_branch_has_said_the_words() -> None:
    tape = record(two_branches())
    spans = (Span("x", 0, 2, 0, 2), Span("y", 1, 3, 1, 3))
    evidence = Evidence(LexicalEvidence("ab", 2, 2, 2, 0.001, False))
    join = Join("j", "not_judged", "shared_words", ("x", "y"), spans, 1.0, "They.", evidence)
    (mark,) = (mark for mark in marks_of(tape, (join,)) if mark.kind == "join")
    player = Player(tape)
    player.go_to(mark.place)
    assert player.tree.node("y").text == b"abc"
    player.go_to(mark.place - 1)
    assert player.tree.node("y").text == b"ab"


def test_going_from_mark_to_mark_comes_to_each_once() -> None:
    marks = marks_of(record(two_branches()))
    place, seen = 0, []
    while (mark := mark_after(marks, place)) is not None:
        place = mark.place
        seen.append(mark)
    assert tuple(seen) == marks
    assert mark_before(marks, place) == marks[0]
    assert mark_before(marks, marks[0].place) is None

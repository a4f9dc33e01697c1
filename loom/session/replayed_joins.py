"""Where branches met, as it was known at each moment of a replay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from loom.records import Join
from loom.replay.marks import Mark
from loom.replay.tape import Tape
from loom.session.judging.telling import JoinTeller
from loom.tree.events import TreeEvent
from loom.tree.graph import Tree

MOST_PLACES = 20_000
"""Places of a tape up to which all is compared anew at each moment: half a second of work."""


class ReplayedJoins(Protocol):
    """Answers with the joins of a moment, strongest first."""

    def begin_anew(self) -> None:
        """The tape went back: what is told next is told of another tree."""

    def take(self, event: TreeEvent, tree: Tree) -> None:
        """Follow an event that `tree` has applied already."""

    def find(self, marks: Sequence[Mark]) -> None:
        """Take note of all marks of the tape, in any thread."""

    def joins(self, tree: Tree, place: int) -> tuple[Join, ...]:
        """What is known of `tree`, which is the tree at this place."""


def replayed_joins(tape: Tape) -> ReplayedJoins:
    """The one that suits a tape of this length."""
    return JoinsAsTheyWere() if len(tape) <= MOST_PLACES else JoinsOfTheEnd()


class JoinsAsTheyWere:
    """What a live session told at the moment: words compared anew, judgements as they came."""

    def __init__(self) -> None:
        self._teller = JoinTeller()

    def begin_anew(self) -> None:
        """Forget the tree."""
        self._teller = JoinTeller()

    def take(self, event: TreeEvent, tree: Tree) -> None:
        """Follow an event that `tree` has applied already."""
        self._teller.take(event, tree)

    def find(self, marks: Sequence[Mark]) -> None:
        """Marks tell nothing that the tree does not tell."""

    def joins(self, tree: Tree, place: int) -> tuple[Join, ...]:  # noqa: ARG002
        """What is known of the tree."""
        return self._teller.joins(tree)


class JoinsOfTheEnd:
    """Of a long session, what is known at its end, each join from the moment of its mark on."""

    def __init__(self) -> None:
        self._marks: tuple[Mark, ...] = ()

    def begin_anew(self) -> None:
        """Nothing is remembered of a tree."""

    def take(self, event: TreeEvent, tree: Tree) -> None:
        """Nothing is compared."""

    def find(self, marks: Sequence[Mark]) -> None:
        """Keep the joins among the marks, strongest first."""
        met = [mark for mark in marks if isinstance(mark.about, Join)]
        self._marks = tuple(sorted(met, key=_strength))

    def joins(self, tree: Tree, place: int) -> tuple[Join, ...]:
        """Those whose mark has been played, of the branches that are there by now."""
        played = (mark.about for mark in self._marks if mark.place <= place)
        there = (_there(about, tree) for about in played if isinstance(about, Join))
        return tuple(join for join in there if len(join.nodes) > 1)


def _strength(mark: Mark) -> tuple[int, float]:
    join = mark.about
    assert isinstance(join, Join)
    return ("joined", "apart", "undecided", "not_judged").index(join.verdict), -join.weight


def _there(join: Join, tree: Tree) -> Join:
    """The join without what has not been said yet."""
    said = {
        span.node
        for span in join.spans
        if span.node in tree and span.end_byte <= len(tree.node(span.node).text)
    }
    return replace(
        join,
        nodes=tuple(node for node in join.nodes if node in said),
        spans=tuple(span for span in join.spans if span.node in said),
    )

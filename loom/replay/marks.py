"""Where on a tape something worth going to happened."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from loom.records import Join, JudgedRound, Span
from loom.replay.change_words import MARKS_OF_OPERATIONS
from loom.replay.tape import Tape
from loom.tree.events import (
    BranchClosed,
    BranchOpened,
    FuturesJudged,
    GrowthAccepted,
    GrowthCovered,
    GrowthRequested,
    ModelHashed,
    NodeSelected,
    NodeTokenised,
    SecondModelChosen,
    SessionStarted,
    TreeEvent,
)

MarkKind = Literal["growth", "edit", "join"]
"""Branches were asked for; a person changed something; branches came to say the same."""

_NO_MARK = (
    SessionStarted,
    NodeTokenised,
    GrowthAccepted,
    GrowthCovered,
    BranchOpened,
    BranchClosed,
    NodeSelected,
    ModelHashed,
    FuturesJudged,
    SecondModelChosen,
    *MARKS_OF_OPERATIONS,
)
"""What follows from something else that was done, or changes no text."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One of those: after the first `place` places of the tape it is there."""

    kind: MarkKind
    place: int
    second: float
    about: TreeEvent | Join


def marks_of(tape: Tape, joins: Sequence[Join] = ()) -> tuple[Mark, ...]:
    """All marks in order; a join stands where it was judged to be what it is.

    Shared words that were not judged stand where the second branch has said them to their end.
    Common phrases and what only says the prompt again get none.
    """
    told = [join for join in joins if join.is_telling]
    rounds = list(_rounds(tape))
    places = [*_of_journal(tape), *((_place_of(join, tape, rounds), join) for join in told)]
    marks = [
        Mark(_kind_of(about), place, tape.second_of(place), about)
        for place, about in places
        if place is not None
    ]
    return tuple(sorted(marks, key=lambda mark: mark.place))


def mark_after(marks: Sequence[Mark], place: int) -> Mark | None:
    """The first mark that has not been played at a place."""
    at = bisect_right(marks, place, key=lambda mark: mark.place)
    return marks[at] if at < len(marks) else None


def mark_before(marks: Sequence[Mark], place: int) -> Mark | None:
    """The last mark before the one that a place has come to."""
    at = bisect_left(marks, place, key=lambda mark: mark.place)
    return marks[at - 1] if at else None


def _of_journal(tape: Tape) -> Iterator[tuple[int, TreeEvent]]:
    for event, place in zip(tape.journal, tape.places.tolist(), strict=True):
        if not isinstance(event, _NO_MARK):
            yield place + 1, event


def _kind_of(about: TreeEvent | Join) -> MarkKind:
    if isinstance(about, Join):
        return "join"
    return "growth" if isinstance(about, GrowthRequested) else "edit"


def _place_of(join: Join, tape: Tape, rounds: Sequence[tuple[int, JudgedRound]]) -> int | None:
    found = next((place for place, made in rounds if _says(made, join)), None)
    if found is not None:
        return found
    last = {span.node: span for span in join.spans}
    ends = sorted(_said_by(span, tape) for span in last.values())
    return ends[min(1, len(ends) - 1)] if ends else None


def _rounds(tape: Tape) -> Iterator[tuple[int, JudgedRound]]:
    for event, place in zip(tape.journal, tape.places.tolist(), strict=True):
        if isinstance(event, FuturesJudged):
            yield place + 1, event.round


def _says(made: JudgedRound, join: Join) -> bool:
    """Whether a round of the judge found of two of these branches what the join says."""
    return any(
        one.evidence.verdict == join.verdict and {one.one.node, one.other.node} <= {*join.nodes}
        for one in made.judged
    )


def _said_by(span: Span, tape: Tape) -> int:
    """The place after the last word of a span; the beginning for what a person wrote."""
    voice = tape.voices.get(span.node)
    if voice is None or not 0 < span.end_token <= len(voice.places):
        return 0
    return int(voice.places[span.end_token - 1]) + 1

"""What stands behind a join: who holds a run, of how many, and whether chance explains it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from loom.convergence.chance import (
    Own,
    expected_by_chance,
    own_counts,
    surprisal_bits,
)
from loom.convergence.lexical import GRAM, LexicalIndex
from loom.convergence.meetings import Meeting
from loom.convergence.places import Places


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A meeting with all that stays as it is while other branches grow.

    `numbers` are the stretches in which it ends, `topmost` those of them that stand below no
    other, `fork` the stretch after which they part, `first` the earliest end as (stretch, depth);
    `paths` are the places of each occurrence.
    """

    meeting: Meeting
    text: bytes
    own: Own
    numbers: tuple[int, ...]
    topmost: tuple[int, ...]
    fork: int
    first: tuple[int, int]
    paths: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A candidate that `n_branches` of `n_compared` branches hold; `expected` like it by chance."""

    candidate: Candidate
    expected: float
    n_branches: int
    n_compared: int

    @property
    def common(self) -> bool:
        """Whether more than half of the compared branches hold it, and more than two.

        Two branches are the fewest that can meet, so of two or three they are no crowd.
        """
        return self.n_branches > max(2, self.n_compared / 2)

    @property
    def weight(self) -> float:
        """The share of the compared branches that hold it."""
        return self.n_branches / self.n_compared


def candidate_of(index: LexicalIndex, meeting: Meeting) -> Candidate | None:
    """A meeting and who holds it; None for white space, which is no words."""
    text = b"".join(piece for _, piece in index.tokens(meeting.ends[0], meeting.n_tokens))
    if not text.strip():
        return None
    stands = [(number, end) for end in meeting.ends for number in index.numbers_at(end)]
    numbers = tuple(sorted({number for number, _ in stands}))
    fork = index.stretch_above(numbers)
    depths = index.places.depths
    return Candidate(
        meeting,
        text,
        own_counts(index, meeting),
        numbers,
        _topmost(index, numbers, fork),
        fork,
        first=min((number, depths[end]) for number, end in stands),
        paths=tuple(tuple(index.places.path(end, meeting.n_tokens)) for end in meeting.ends),
    )


def _topmost(index: LexicalIndex, numbers: Sequence[int], fork: int) -> tuple[int, ...]:
    """Those that do not stand below another: a branch that says a thing twice is one branch."""
    held = set(numbers)
    found = []
    for number in numbers:
        above = index.parent(number)
        while above != fork and above not in held:
            above = index.parent(above)
        if above == fork:
            found.append(number)
    return tuple(found)


class Extents:
    """How much stands below a fork, worked out once for all runs that part there."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._known: dict[int, tuple[int, int]] = {}

    def of(self, fork: int) -> tuple[int, int]:
        """Places below it, and paths on which they end."""
        if fork not in self._known:
            self._known[fork] = self._places.below(fork)
        return self._known[fork]


def finding_of(index: LexicalIndex, candidate: Candidate, extents: Extents) -> Finding:
    """A candidate beside all that the tree holds now."""
    extent = extents.of(candidate.meeting.fork)
    return Finding(
        candidate,
        expected_by_chance(*extent, surprisal_bits(index, candidate.own)),
        n_branches=sum(map(index.n_leaves, candidate.topmost)),
        n_compared=index.n_leaves(candidate.fork),
    )


def each_place_once(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that others do not tell already, strongest first.

    Where three branches say "a b c d e f" and two of them go on with "g h", both runs are
    maximal, and the place is one. So the runs that most branches hold claim their places first,
    and one that finds fewer than `GRAM` places in a row unclaimed, wherever it stands, is not
    shown: what it adds is no run.
    """
    chosen: list[Finding] = []
    claimed: set[int] = set()
    for finding in sorted(findings, key=_claim):
        paths = finding.candidate.paths
        if any(_has_run_outside(claimed, path) for path in paths):
            claimed.update(*paths)
            chosen.append(finding)
    return sorted(chosen, key=_rank)


def _has_run_outside(claimed: Set[int], path: Sequence[int]) -> bool:
    n_in_a_row = 0
    for place in path:
        n_in_a_row = 0 if place in claimed else n_in_a_row + 1
        if n_in_a_row == GRAM:
            return True
    return False


def _claim(finding: Finding) -> tuple[int, int, float, tuple[int, int]]:
    candidate = finding.candidate
    n_tokens = candidate.meeting.n_tokens
    return -finding.n_branches, -n_tokens, finding.expected, candidate.first


def _rank(finding: Finding) -> tuple[float, float, tuple[int, int], int]:
    candidate = finding.candidate
    return -finding.weight, finding.expected, candidate.first, candidate.meeting.n_tokens

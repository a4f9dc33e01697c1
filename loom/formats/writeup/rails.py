"""Rails: beside the branches of a fork, a line from the first to the last that meet in a join."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from loom.formats.writeup.marks import Mark, Marks
from loom.formats.writeup.passages import Passage

MOST_LANES = 5
"""So many rails run side by side; the marks in the text tell of the others."""


@dataclass(frozen=True, slots=True)
class Rail:
    """A join drawn beside the branches of one fork, in a lane counted from the text outwards.

    `branches` are the passages, by index, that begin the branches which meet, in reading order.
    """

    mark: Mark
    lane: int
    branches: tuple[int, ...]


def rails_of(passages: Sequence[Passage], marks: Marks) -> dict[int | None, list[Rail]]:
    """The rails of every fork, by the passage before it (None: beside the tops)."""
    where = {node.id: passage.index for passage in passages for node in passage.nodes}
    found: dict[int | None, list[Rail]] = {}
    for mark in marks.all:
        nodes = dict.fromkeys(where[s.node] for s in mark.join.spans if s.node in where)
        fork, branches = _meeting_fork(passages, list(nodes))
        if len(branches) < 2:
            continue
        beside = found.setdefault(fork, [])
        lane = _free_lane(beside, branches)
        if lane < MOST_LANES:
            beside.append(Rail(mark, lane, branches))
    return found


def _meeting_fork(
    passages: Sequence[Passage], holders: Sequence[int]
) -> tuple[int | None, tuple[int, ...]]:
    """The last passage before all the holders, and those right after it that lead to them."""
    roads = [_road(passages, holder) for holder in holders]
    if len(roads) < 2:
        return None, ()
    n = 0
    while all(len(road) > n + 1 for road in roads) and len({road[n] for road in roads}) == 1:
        n += 1
    fork = roads[0][n - 1] if n else None
    return fork, tuple(sorted({road[n] for road in roads}))


def _road(passages: Sequence[Passage], index: int) -> list[int]:
    road: list[int] = []
    at: int | None = index
    while at is not None:
        road.append(at)
        at = passages[at].parent
    return road[::-1]


def _free_lane(beside: Iterable[Rail], branches: tuple[int, ...]) -> int:
    taken = {
        rail.lane
        for rail in beside
        if rail.branches[0] <= branches[-1] and branches[0] <= rail.branches[-1]
    }
    return next(lane for lane in range(len(taken) + 1) if lane not in taken)

"""Where branches meet in a run: the occurrences that lie on paths which have parted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loom.convergence.places import Places
from loom.convergence.runs import Run


@dataclass(frozen=True, slots=True)
class Meeting:
    """A run with the places where branches meet in it.

    The run ends at `ends`, on paths that part at `fork`; every occurrence begins after the fork,
    has at least one other in another branch, and overlaps no other on its own path. The whole
    tree has `n_everywhere` such occurrences; `in_prompt`: one of them is in front of the fork.
    """

    n_tokens: int
    ends: tuple[int, ...]
    fork: int
    n_everywhere: int
    in_prompt: bool


def meeting_of(places: Places, run: Run) -> Meeting | None:
    """Where branches meet in a run; None if all its occurrences lie on one path or too early.

    Two occurrences are compared if neither is on the other's path and both begin after the fork
    of the two. Occurrences on the common path say that the run is an echo of the prompt.
    """
    depths = places.depths
    ends = sorted(run.ends, key=lambda end: (-depths[end], end))
    while (fork := _common_fork(places, ends)) is not None:
        # What begins before the last place that all have in common comes after no fork of two.
        after = [end for end in ends if depths[end] - run.n_tokens >= depths[fork]]
        if len(after) == sum(depths[end] > depths[fork] for end in ends):
            return Meeting(
                run.n_tokens,
                ends=_apart(places, after, run.n_tokens),
                fork=fork,
                n_everywhere=len(_apart(places, run.ends, run.n_tokens)),
                in_prompt=any(
                    depths[end] <= depths[fork] and places.fork_of(end, fork) == end
                    for end in run.ends
                ),
            )
        ends = after
    return None


def _common_fork(places: Places, ends: Sequence[int]) -> int | None:
    """The last place that all paths share, given the deepest first; None if they are one path."""
    if not ends:
        return None
    fork, parted = ends[0], False
    for end in ends[1:]:
        shared = places.fork_of(fork, end)
        if shared == end:
            continue
        parted = parted or shared != fork
        fork = shared
    return fork if parted else None


def _apart(places: Places, ends: Sequence[int], n_tokens: int) -> tuple[int, ...]:
    """Of occurrences that overlap on one path ("ha ha ha ha ha") every one that is clear."""
    kept: set[int] = set()
    for end in sorted(ends):
        place = end
        for _ in range(n_tokens - 1):
            place = places.parents[place]
            if place in kept:
                break
        else:
            kept.add(end)
    return tuple(sorted(kept))

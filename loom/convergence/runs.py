"""Maximal shared runs: stretches of tokens that cannot grow and keep all places they stand at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from loom.convergence.lexical import GRAM
from loom.convergence.places import START, Places

_MOST_STEPS = 1 << 17
_MANY_ENDS = 64
_WIDEST_CIRCLE = 16

_Ends = dict[int, int]
"""The places at which a run ends, each with what stands in front of the run there."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run of `n_tokens` and every place at which it ends, in rising order."""

    n_tokens: int
    ends: tuple[int, ...]


def runs_from(places: Places, gram_ends: Sequence[int]) -> Iterator[Run]:
    """All maximal runs that begin with one 4-gram, given every place at which that ends.

    A run is maximal if some two of its occurrences differ in what stands in front and some branch
    that holds it does not hold the same run made longer. What stands in front of a run that
    begins right after a fork counts as different from everything: for branches that part there,
    the run cannot begin earlier.

    The work is the length of the runs times their occurrences, and at most `_MOST_STEPS`: runs
    that are longer are given as far as they were followed. Where a text goes in circles, only the
    first rounds and the last are followed.
    """
    level = [{end: _front(places, end) for end in gram_ends}]
    n_tokens = GRAM
    n_steps = 0
    while level:
        n_steps += sum(map(len, level))
        enough = n_steps > _MOST_STEPS
        longer: list[_Ends] = []
        for ends in level:
            if not _differ(ends):
                continue
            followed = _without_circles(places, ends, n_tokens)
            groups = _extended(places, followed)
            if enough or len(groups) != 1 or len(groups[0]) != len(followed):
                yield Run(n_tokens, tuple(sorted(followed)))
            longer += [group for group in groups if len(group) > 1]
        level = [] if enough else longer
        n_tokens += 1


def _front(places: Places, end: int) -> int:
    """The symbol in front of the 4-gram that ends here; a number of its own after a fork."""
    place = places.before(end, GRAM)
    if place == START or places.is_fork(place):
        return -1 - end
    return places.symbols[place]


def _differ(ends: _Ends) -> bool:
    return len(set(ends.values())) > 1


def _extended(places: Places, ends: _Ends) -> list[_Ends]:
    """The occurrences made longer by one token, those with the same token together."""
    groups: dict[int, _Ends] = {}
    symbols, children = places.symbols, places.children
    for end, front in ends.items():
        for child in children(end):
            groups.setdefault(symbols[child], {})[child] = front
    return list(groups.values())


def _without_circles(places: Places, ends: _Ends, n_tokens: int) -> _Ends:
    """The occurrences without the middle rounds of "ha ha ha ha ha ha".

    Looked for where there are very many, and whenever the length has doubled; a branch that
    says the run hundreds of times would otherwise be followed from each of them. The last round
    stays, since the text goes on from it, and has a front of its own: the run made longer to the
    left was just left out.
    """
    if n_tokens == GRAM:
        widest = _WIDEST_CIRCLE if len(ends) > _MANY_ENDS else 0
    else:
        widest = n_tokens - 1 if n_tokens & (n_tokens - 1) == 0 else 0
    last_round = {end: last for end in ends if (last := _round_before(places, ends, end, widest))}
    if not last_round:
        return ends
    going_on = set(last_round.values())
    kept: _Ends = {}
    for end, front in ends.items():
        if last_round.get(end) not in last_round:
            kept[end] = front
        elif end not in going_on:
            kept[end] = -1 - end
    return kept


def _round_before(places: Places, ends: _Ends, end: int, widest: int) -> int:
    """The nearest end at most `widest` tokens back on the same path; 0 if there is none."""
    place = end
    for _ in range(widest):
        place = places.parents[place]
        if place in ends:
            return place
    return 0

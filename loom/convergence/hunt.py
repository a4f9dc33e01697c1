"""Which pairs to compare next: those that bring most branches onto a road, by their chances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from loom.convergence.chances import expected_branches
from loom.convergence.lower_bounds import Matrix
from loom.records import FutureVerdict

MOST_TRIES = 4
"""Roads that one place is compared with before it counts as a road of its own."""

LEAST_CHANCE = 0.01
"""Pairs that are less likely to meet are not worth a look at futures."""

NOTHING_NEW = 0.05
"""What it is worth, in branches, to find that a road is passed twice by the same ones."""

SURE = 0.85
"""How much the branches count that two places bring at once; those that may come later are the
rest of it."""

HOPED = 0.3
"""The same for every other pair, once the first ones were looked at: a road that many branches pass
at places of their own is only found so."""

N_FIRST = 24
"""Pairs that are looked at for what is sure before any is for what may come."""

HEAVY = 1.5
"""The power of branches that a road is worth: one that many pass is seen before several of few."""

GLANCE = 8
"""Looks that a pair gets at first: places that have nothing in common seldom need more."""

N_LOOKS = 40
"""What a new pair costs if it is joined, in looks: both histories have to be read as well."""

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Offer:
    """Two spots by number, worth so many looks at most."""

    one: int
    other: int
    n_futures: int


@dataclass(frozen=True, slots=True)
class _Open:
    """An undecided pair that is worth more looks: what that brings."""

    value: float
    offer: Offer


class Hunt:
    """What is known so far of n spots: the road each is on, and whom it was compared with.

    A pair that may open a road is worth its chance times the branches that may come to pass that
    road, unless a road that was opened before is probably the same; a spot that may join a road is
    worth its chance times the branches it adds. A spot is compared with one spot of each road (its
    leader), never with all of it. What is found apart makes all pairs doubtful that are like it by
    what was known before: such evidence errs for many at once.
    """

    def __init__(self, chance: Matrix, through: Flags, n_futures: int, most_futures: int) -> None:
        """`chance` is 0 where a pair needs no look; `through` says which branch passes which spot.

        Shapes (n, n) and (n, n_branches).
        """
        self._chance = chance
        self._left = np.where(chance >= LEAST_CHANCE, chance, 0)
        self._through = through
        self._n_futures, self._most_futures = n_futures, most_futures
        self._reach = expected_branches(chance, through)
        self._at_once = _united(through)
        self._leader = np.full(len(chance), -1)
        self._passing: dict[int, Flags] = {}
        self._claimed = np.zeros(len(chance))
        self._n_tried = np.zeros(len(chance), np.int32)
        self._n_like_doubted = np.zeros(len(chance))
        self._n_like_met = np.zeros(len(chance))
        self._hopes: dict[tuple[int, int], float] = {}
        self._undecided: dict[tuple[int, int], float] = {}
        self._worth: dict[tuple[int, int], float] = {}
        self._again: list[_Open] = []
        self._n_begun = 0

    def offers(self, n: int) -> list[Offer]:
        """The n pairs that are worth most, no spot in two of them but as a leader."""
        left, claimed = self._left.copy(), self._claims()
        again = sorted(self._again, key=lambda one: -one.value)
        found: list[Offer] = []
        while len(found) < n:
            sure = HOPED if self._n_begun > N_FIRST and self._n_begun % 2 else SURE
            one, other, value = self._best(left, claimed, sure)
            if again and again[0].value >= value:
                chosen = again.pop(0)
                self._again.remove(chosen)
                found.append(chosen.offer)
                continue
            if value <= 0:
                break
            found.append(Offer(one, other, min(GLANCE, self._most_futures)))
            self._n_begun += 1
            if self._leader[other] != other:
                claimed = np.maximum(claimed, np.maximum(self._chance[one], self._chance[other]))
                left[other], left[:, other] = 0, 0
            left[one], left[:, one] = 0, 0
        return found

    def _best(self, left: Matrix, claimed: Floats, sure: float) -> tuple[int, int, float]:
        if not len(left):
            return 0, 0, 0.0
        nearest = (left * self._at_once).argmax(axis=1)
        trust = self._trust()
        chance = left[np.arange(len(left)), nearest] * np.minimum(trust, trust[nearest])
        value = chance * self._gains(nearest, claimed, sure) ** HEAVY * self._n_futures / N_LOOKS
        one = int(value.argmax())
        return one, int(nearest[one]), float(value[one])

    def _trust(self) -> Floats:
        """How far the chances of each spot are believed, in (0, 1]."""
        return (1 + self._n_like_met) / (1 + self._n_like_met + self._n_like_doubted)

    def _gains(self, nearest: npt.NDArray[np.intp], claimed: Floats, sure: float = SURE) -> Floats:
        """In branches: what each spot brings if it is joined with the one named."""
        rows, trust = np.arange(len(nearest)), self._trust()
        reach = self._reach * trust * (1 - claimed)
        # What the two bring at once is sure; what may come later takes more comparisons.
        at_once = self._at_once[rows, nearest] * (1 - claimed)
        gains = np.maximum(NOTHING_NEW, sure * at_once + (1 - sure) * (reach + reach[nearest]) / 2)
        for leader, passing in self._passing.items():
            joining = nearest == leader
            if joining.any():
                new = (self._through[joining] & ~passing).sum(axis=1)
                gains[joining] = np.maximum(NOTHING_NEW, new)
                for one, own in self._passing.items():
                    if joining[one]:
                        fewer = min((own & ~passing).sum(), (passing & ~own).sum())
                        gains[one] = max(NOTHING_NEW, float(fewer))
        return np.asarray(gains, np.float64)

    def settle(
        self, offer: Offer, verdict: FutureVerdict, hope: float, n_missing: int = GLANCE
    ) -> None:
        """What came of an offer.

        Where more looks are needed `hope` is the chance of a join by those that were taken, and
        `n_missing` how many more it takes if it is one.
        """
        one, other = offer.one, offer.other
        # What it was worth at first: its own promise must not stand in its way.
        first = (one, other) not in self._worth
        gain = self._worth.setdefault((one, other), self._gain(one, other))
        self._left[one, other] = self._left[other, one] = 0
        if verdict == "joined":
            self._join(one, other)
        self._learn((one, other), {"joined": 1.0, "apart": 0.0}.get(verdict, hope), first=first)
        n_more = min(offer.n_futures + _more(offer.n_futures, n_missing), self._most_futures)
        if verdict == "undecided" and n_more > offer.n_futures:
            value = hope * gain**HEAVY * self._n_futures / max(1, n_missing)
            self._again.append(_Open(value, Offer(one, other, n_more)))
            self._undecided[one, other] = hope
        else:
            self._undecided.pop((one, other), None)

    def _claims(self) -> Floats:
        """The chance of each spot that its road is on the way to be found already.

        To look on at a pair is worth more than to begin with another one of its road: as long as
        there is hope for it.
        """
        claimed = self._claimed.copy()
        for pair, hope in self._undecided.items():
            np.maximum(claimed, hope * self._near(pair), out=claimed)
        return claimed

    def _near(self, pair: tuple[int, int]) -> Floats:
        """The chance of each spot to meet one of the two."""
        one, other = pair
        return np.asarray(np.maximum(self._chance[one], self._chance[other]), np.float64)

    def _learn(self, pair: tuple[int, int], hope: float, *, first: bool) -> None:
        """Hold what was found for or against all that is like the two, and against themselves."""
        near, before = self._near(pair), self._hopes.get(pair)
        self._hopes[pair] = hope
        self._n_like_met += near * (hope - (before or 0))
        self._n_like_doubted += near * ((1 - hope) - (0 if before is None else 1 - before))
        for spot in pair if first else ():
            self._n_tried[spot] += 1
            if self._n_tried[spot] >= MOST_TRIES and self._leader[spot] != spot:
                self._left[spot], self._left[:, spot] = 0, 0

    def _gain(self, one: int, other: int) -> float:
        """What it would bring, in branches, if the two were joined."""
        nearest = np.arange(len(self._left))
        nearest[one] = other
        return float(self._gains(nearest, self._claims())[one])

    def _join(self, one: int, other: int) -> None:
        if self._leader[other] < 0 <= self._leader[one]:
            one, other = other, one
        leader = int(self._leader[other])
        if leader < 0:
            leader = other
            self._leader[other] = other
            self._passing[other] = self._through[other].copy()
            self._claimed = np.maximum(self._claimed, self._chance[other])
            self._left[other] = 0
            self._hold_against_others(other)
        # One that is on a road has no more to find; others may still be held against its leader.
        self._left[one], self._left[:, one] = 0, 0
        joining = int(self._leader[one]) if self._leader[one] >= 0 else one
        if joining != leader:
            self._passing[leader] |= self._passing.pop(joining, self._through[joining])
            self._leader[self._leader == joining] = leader
            self._leader[joining] = leader
            self._left[joining], self._left[:, joining] = 0, 0

    def _hold_against_others(self, leader: int) -> None:
        """Two roads may be one: their leaders have futures already, and are soon compared."""
        for other in self._passing:
            known = {(leader, other), (other, leader)} & self._hopes.keys()
            chance = float(self._chance[leader, other])
            if other != leader and not known and chance >= LEAST_CHANCE:
                self._left[leader, other] = chance


def _more(n_futures: int, n_missing: int) -> int:
    """How many looks a pair that had so many gets besides: twice those at most, in whole blocks."""
    n_more = min(max(n_missing, n_futures // 3), 2 * n_futures)
    return max(1, round(n_more / GLANCE)) * GLANCE


def through_of(leaves: Sequence[frozenset[str]]) -> Flags:
    """Which branch passes which spot, shape (n_spots, n_branches)."""
    names = {name: i for i, name in enumerate(sorted(frozenset().union(*leaves)))}
    through = np.zeros((len(leaves), len(names)), np.bool_)
    for row, those in enumerate(leaves):
        through[row, [names[leaf] for leaf in those]] = True
    return through


def _united(through: Flags) -> Matrix:
    """How many branches pass one of every two spots or both, shape (n, n)."""
    rows = through.astype(np.float32)
    own = rows.sum(axis=1)
    return np.asarray(own[:, None] + own[None] - rows @ rows.T, np.float32)

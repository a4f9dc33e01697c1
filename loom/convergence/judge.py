"""Which places have the same future: found in rounds, the weightiest first, within a budget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from loom.convergence.budget import Budget
from loom.convergence.comparing import Comparer, SpotPair
from loom.convergence.fingerprints import Print, fingerprints, probes_of
from loom.convergence.likeness import (
    apart_on_the_way,
    law_distance,
    print_distance,
    word_distance,
)
from loom.convergence.scorer import Cost, Scorer
from loom.convergence.spots import Spot
from loom.records import Judged, JudgeSettings

PRINTS_SHARE = 0.35
"""Of a budget, what fingerprints may take before futures are looked at."""

HUNT_SHARE = 0.85
"""What is left of a budget after this goes to longer looks at what is undecided."""

SUSPECTED_SHARE = 0.6
"""Once so much is spent, what only looks like a join has to wait for another time."""

LEAST_PAIRS = 8
"""A budget for fewer comparisons than this buys no fingerprints."""

PRINTS_AT_ONCE = 16
PAIRS_AT_ONCE = 8
MOST_TRIES = 4
"""Roads that one place is compared with before it counts as a road of its own."""

NEAR_BITS = 1.5
"""Fingerprints further apart than this on average are not worth a look at futures."""

NEAR_WORDS = 0.9
"""The same for places without fingerprints."""


@dataclass(slots=True)
class _Hunt:
    """What is known so far of n spots: the road each is on, whom it was compared with."""

    distance: npt.NDArray[np.float32]
    nearest: npt.NDArray[np.intp]
    weights: npt.NDArray[np.float64]
    leaders: dict[int, int] = field(default_factory=dict)
    tried: dict[int, set[int]] = field(default_factory=dict)

    def settle(self, one: int, other: int, joined: bool) -> None:
        self.tried.setdefault(one, set()).add(other)
        self.tried.setdefault(other, set()).add(one)
        if joined:
            leader = self.leaders.setdefault(other, other)
            self.leaders[one] = leader

    def done_with(self, spot: int) -> bool:
        return spot in self.leaders or len(self.tried.get(spot, ())) >= MOST_TRIES

    def n_on_road(self, spot: int) -> int:
        leader = self.leaders.get(spot)
        return 1 if leader is None else sum(one == leader for one in self.leaders.values())


class Judge:
    """Judges the spots of a tree under one model.

    Free evidence comes first: the stored law of the next token rules pairs out, and likeness of
    what was said ranks the rest. Then fingerprints of the most promising places, then futures.
    A place is compared with one place of each road (its leader), never with all of it.
    """

    def __init__(
        self, scorer: Scorer, comparer: Comparer, spots: Sequence[Spot], settings: JudgeSettings
    ) -> None:
        self._scorer = scorer
        self._comparer = comparer
        self._spots = spots
        self._settings = settings
        self._prints: dict[int, Print] = {}
        self._reached: set[int] = set()
        floor = comparer.floor.interval.high
        bound = floor + settings.joined_below * (1 - floor)
        self._laws = law_distance(spots)
        self._allowed = apart_on_the_way(spots) & (self._laws <= bound)
        self._words = word_distance(spots)

    @property
    def n_pairs(self) -> int:
        """Pairs of spots that may meet, by all that is known of them without looking at futures."""
        return int(np.count_nonzero(np.triu(self._distances() <= 1, 1)))

    @property
    def n_not_reached(self) -> int:
        """Spots that may meet another and were not looked at."""
        return int(np.count_nonzero(self._allowed.any(axis=1))) - len(self._reached)

    def run(self, budget: Budget, suspected: Sequence[SpotPair] = ()) -> Iterator[list[Judged]]:
        """Judge until the budget is spent or nothing is left to be compared; some at a time.

        `suspected` are pairs that look like joins to other eyes: they are looked at soon, so that
        it can be said of them as well whether they are.
        """
        begun = self._scorer.spent
        self._take_prints(budget)
        distance = self._distances()
        nearest = np.argsort(distance, axis=1, kind="stable")
        hunt = _Hunt(distance, nearest, self._weights(distance))
        undecided: list[tuple[int, int]] = []
        # However little it is, it buys a look: fingerprints alone say nothing to a person.
        while not self._reached or budget.share_spent(begun, self._scorer.spent) < HUNT_SHARE:
            pairs = self._next_pairs(hunt)[: self._n_affordable(budget, begun)]
            if not pairs:
                break
            judged = self._comparer.compare(list(map(self._pair, pairs)), self._settings.n_futures)
            for pair, one in zip(pairs, judged, strict=True):
                self._reached |= set(pair)
                verdict = one.evidence.verdict
                hunt.settle(*pair, joined=verdict == "joined")
                if verdict == "undecided":
                    undecided.append(pair)
            yield judged
            if suspected and budget.share_spent(begun, self._scorer.spent) < SUSPECTED_SHARE:
                yield self._comparer.compare(suspected, self._settings.n_futures)
                suspected = ()
        yield from self._look_longer(undecided, budget, begun)

    def _look_longer(
        self, undecided: Sequence[tuple[int, int]], budget: Budget, begun: Cost
    ) -> Iterator[list[Judged]]:
        most = self._settings.most_futures
        cost = 2 * (most - self._settings.n_futures) * self._settings.horizon
        start = 0
        while start < len(undecided):
            now = self._scorer.spent
            left = (1 - budget.share_spent(begun, now)) * budget.in_tokens(now)
            # What would not be paid for is left undecided: a person can ask for more.
            n = PAIRS_AT_ONCE if left >= PAIRS_AT_ONCE * cost else int(left / cost)
            if n < 1:
                return
            some = undecided[start : start + n]
            yield self._comparer.compare(list(map(self._pair, some)), most)
            start += n

    def _pair(self, pair: tuple[int, int]) -> SpotPair:
        return self._spots[pair[0]], self._spots[pair[1]]

    # Who may meet whom

    def _free(self) -> npt.NDArray[np.float32]:
        distance = self._words / NEAR_WORDS + self._laws
        return np.where(self._allowed, distance, np.inf).astype(np.float32)

    def _distances(self) -> npt.NDArray[np.float32]:
        """0 is the same, 1 the furthest that is worth a look."""
        by_print = print_distance(self._prints, len(self._spots)) / NEAR_BITS
        free = self._free()
        distance = np.where(np.isnan(by_print), free, by_print + free / 100)
        return np.where(self._allowed, distance, np.inf).astype(np.float32)

    def _weights(self, distance: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """How many branches may pass each spot's road."""
        near = distance <= 1
        np.fill_diagonal(near, val=True)
        leaves = {leaf: i for i, leaf in enumerate({x for s in self._spots for x in s.leaves})}
        through = np.zeros((len(self._spots), len(leaves)), np.float32)
        for row, spot in enumerate(self._spots):
            through[row, [leaves[leaf] for leaf in spot.leaves]] = 1
        reached = near.astype(np.float32) @ through > 0
        return np.asarray(reached.sum(axis=1), np.float64)

    def _take_prints(self, budget: Budget) -> None:
        begun = self._scorer.spent
        probes = probes_of(self._spots, self._settings)
        # Where there is hardly enough for a few looks at futures, free evidence must do.
        if not probes or budget.in_tokens(begun) < LEAST_PAIRS * self._tokens_of_a_pair():
            return
        free = self._free()
        weights = self._weights(free)
        order = [int(i) for i in np.argsort(-weights, kind="stable") if weights[i] > 1]
        for start in range(0, len(order), PRINTS_AT_ONCE):
            if budget.share_spent(begun, self._scorer.spent) >= PRINTS_SHARE:
                return
            some = {i: self._spots[i] for i in order[start : start + PRINTS_AT_ONCE]}
            self._prints |= fingerprints(self._scorer, some, probes)

    def _n_affordable(self, budget: Budget, begun: Cost) -> int:
        """How many pairs what is left of the budget pays for, one at least."""
        now = self._scorer.spent
        left = HUNT_SHARE - budget.share_spent(begun, now)
        pairs = left * budget.in_tokens(now) / self._tokens_of_a_pair()
        return PAIRS_AT_ONCE if pairs >= PAIRS_AT_ONCE else max(1, int(pairs))

    def _tokens_of_a_pair(self) -> int:
        """Every future is drawn once and scored once."""
        return 2 * self._settings.n_futures * self._settings.horizon

    def _next_pairs(self, hunt: _Hunt) -> list[tuple[int, int]]:
        offers: list[tuple[float, float, int, int]] = []
        for one in range(len(self._spots)):
            if hunt.done_with(one):
                continue
            other = self._nearest(hunt, one)
            if other is not None:
                gain = self._gain(hunt, one, other)
                offers.append((-gain, float(hunt.distance[one, other]), one, other))
        chosen: list[tuple[int, int]] = []
        taken: set[int] = set()
        for *_, one, other in sorted(offers):
            if not taken & {one, other}:
                chosen.append((one, other))
                taken |= {one, other}
            if len(chosen) == PAIRS_AT_ONCE:
                break
        return chosen

    def _gain(self, hunt: _Hunt, one: int, other: int) -> float:
        """How many branches a comparison may bring onto one road, by how near the two look."""
        likeness = 1 - float(hunt.distance[one, other])
        return float(hunt.weights[one]) * likeness**2 / hunt.n_on_road(other)

    def _nearest(self, hunt: _Hunt, one: int) -> int | None:
        """The nearest leader, or spot on no road yet, that it was not compared with."""
        row = hunt.distance[one]
        for other in hunt.nearest[one]:
            if row[other] > 1:
                return None
            number = int(other)
            leads = hunt.leaders.get(number, number) == number
            if leads and number not in hunt.tried.get(one, ()):
                return number
        return None

"""Which places have the same future: found in rounds, the weightiest first, within a budget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from loom.convergence.budget import Budget
from loom.convergence.chances import chances, expected_branches
from loom.convergence.comparing import Comparer, SpotPair
from loom.convergence.fingerprints import Print, fingerprints, probes_of
from loom.convergence.floor import Floor
from loom.convergence.hunt import LEAST_CHANCE, Hunt, Offer, through_of
from loom.convergence.likeness import apart_on_the_way, print_distance, word_distance
from loom.convergence.lower_bounds import Matrix, lower_bounds
from loom.convergence.prospects import prospect
from loom.convergence.scorer import Cost, Scorer
from loom.convergence.spots import Spot
from loom.records import Judged, JudgeSettings

PRINTS_SHARE = 0.35
"""Of a budget, what fingerprints may take before futures are looked at."""

SUSPECTED_SHARE = 0.6
"""Once so much is spent, what only looks like a join has to wait for another time."""

SUSPECTED_PART = 0.15
"""How many of the comparisons that a budget pays for may be of what only looks like a join."""

LEAST_PAIRS = 8
"""A budget for fewer comparisons than this buys no fingerprints."""

LEAST_PAIRS_BESIDE_LAWS = 512
"""So many where laws are stored behind most places: those are the better evidence."""

PRINTS_AT_ONCE = 16
PAIRS_AT_ONCE = 8
ROUNDS = 4
"""A budget is spent in no fewer rounds than this: what one finds tells what the next looks at."""


class Judge:
    """Judges the spots of a tree under one model.

    Free evidence comes first: stored laws rule pairs out, and rank the rest together with what was
    said of late. Places behind which no law is stored get fingerprints. Then futures.
    """

    def __init__(self, scorer: Scorer, spots: Sequence[Spot], settings: JudgeSettings) -> None:
        self._scorer = scorer
        self._spots = spots
        self._settings = settings
        self._prints: dict[int, Print] = {}
        self._reached: set[int] = set()
        self._least = lower_bounds(spots)
        self._words = word_distance(spots)
        self._parted = apart_on_the_way(spots)
        self._through = through_of([spot.leaves for spot in spots])
        self._bound = settings.joined_below
        self._chance = self._chances()

    @property
    def n_pairs(self) -> int:
        """Pairs of spots that may meet, by all that is known of them without looking at futures."""
        return int(np.count_nonzero(np.triu(self._chance >= LEAST_CHANCE, 1)))

    @property
    def n_not_reached(self) -> int:
        """Spots that may meet another and were not looked at."""
        may_meet = (self._chance >= LEAST_CHANCE).any(axis=1)
        return int(np.count_nonzero(may_meet)) - len(self._reached)

    def promising(self, n: int) -> list[Spot]:
        """Spots that will be compared first, at most n."""
        numbers = [number for o in self._hunt().offers(n) for number in (o.one, o.other)]
        return [self._spots[number] for number in numbers][:n]

    def run(
        self,
        comparer: Comparer,
        budget: Budget,
        suspected: Sequence[SpotPair] = (),
        begun: Cost | None = None,
    ) -> Iterator[list[Judged]]:
        """Judge until the budget is spent or nothing is left to be compared; some at a time.

        `suspected` are pairs that look like joins to other eyes: they are looked at soon, so that
        it can be said of them as well whether they are. `begun` is what had been spent when the
        budget began to count: now, if it is not given.
        """
        begun = begun or self._scorer.spent
        self._heed(comparer.floor)
        self._take_prints(budget, begun)
        hunt = self._hunt()
        # However little it is, it buys a look: fingerprints alone say nothing to a person.
        while not self._reached or budget.share_spent(begun, self._scorer.spent) < 1:
            offers = hunt.offers(self._n_at_once(budget, begun))
            if not offers:
                break
            if judged := self._compare(hunt, comparer, offers):
                yield judged
            if suspected and budget.share_spent(begun, self._scorer.spent) < SUSPECTED_SHARE:
                n_suspected = max(1.0, SUSPECTED_PART * self._n_affordable(budget, begun))
                some = suspected[: int(min(n_suspected, len(suspected)))]
                yield comparer.compare(some, self._settings.n_futures)
                suspected = ()

    def _compare(self, hunt: Hunt, comparer: Comparer, offers: Sequence[Offer]) -> list[Judged]:
        """What can be said of some pairs; of those that were only glanced at, nothing yet."""
        asked = [((self._spots[o.one], self._spots[o.other]), o.n_futures) for o in offers]
        told: list[Judged] = []
        for offer, one in zip(offers, comparer.looked_each(asked), strict=True):
            evidence = one.evidence
            hunt.settle(offer, evidence.verdict, *prospect(evidence, self._settings))
            if evidence.verdict != "undecided" or evidence.n_futures >= self._settings.n_futures:
                self._reached |= {offer.one, offer.other}
                told.append(one)
        return told

    # Who may meet whom

    def _hunt(self) -> Hunt:
        settings = self._settings
        return Hunt(self._chance, self._through, settings.n_futures, settings.most_futures)

    def _heed(self, floor: Floor) -> None:
        """What a model cannot tell from itself does not rule a join out."""
        high = floor.interval.high
        self._bound = high + self._settings.joined_below * (1 - high)
        self._chance = self._chances()

    def _chances(self) -> Matrix:
        by_print = print_distance(self._prints, len(self._spots))
        found = chances(self._least, self._words, by_print, self._bound)
        return np.asarray(np.where(self._parted, found, 0), np.float32)

    def _take_prints(self, budget: Budget, begun: Cost) -> None:
        probes = probes_of(self._spots, self._settings)
        n_seen = sum(bool(spot.ahead) for spot in self._spots)
        least = LEAST_PAIRS_BESIDE_LAWS if 2 * n_seen > len(self._spots) else LEAST_PAIRS
        # Where there is hardly enough for a few looks at futures, free evidence must do.
        if not probes or budget.in_tokens(self._scorer.spent) < least * self._tokens_of_a_pair():
            return
        for start in range(0, len(order := self._blind()), PRINTS_AT_ONCE):
            if budget.share_spent(begun, self._scorer.spent) >= PRINTS_SHARE:
                break
            some = {int(i): self._spots[i] for i in order[start : start + PRINTS_AT_ONCE]}
            self._prints |= fingerprints(self._scorer, some, probes)
        self._chance = self._chances()

    def _blind(self) -> npt.NDArray[np.intp]:
        """Spots behind which no law is stored, those that most branches may pass first."""
        reach = expected_branches(self._chance, self._through)
        order = np.argsort(-reach, kind="stable")
        own = self._through.sum(axis=1)
        return np.array([i for i in order if not self._spots[i].ahead and reach[i] > own[i]], int)

    def _n_at_once(self, budget: Budget, begun: Cost) -> int:
        n_affordable = self._n_affordable(budget, begun)
        n_least = 2 if n_affordable >= 2 else 1
        return int(max(n_least, min(PAIRS_AT_ONCE, n_affordable / ROUNDS)))

    def _n_affordable(self, budget: Budget, begun: Cost) -> float:
        """How many pairs what is left of the budget pays for."""
        now = self._scorer.spent
        left = 1 - budget.share_spent(begun, now)
        return left * budget.in_tokens(now) / self._tokens_of_a_pair()

    def _tokens_of_a_pair(self) -> int:
        """Every future is drawn once and scored once."""
        return 2 * self._settings.n_futures * self._settings.horizon

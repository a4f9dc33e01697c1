"""Two places compared by their futures (A5): how many looks it takes, and what they found."""

from __future__ import annotations

from collections.abc import Sequence

from loom.convergence.floor import Floor
from loom.convergence.futures import BLOCK, FutureBank, Pair
from loom.convergence.scorer import Future
from loom.convergence.spots import Spot
from loom.convergence.telling_words import telling_words
from loom.convergence.variation import best_guess
from loom.convergence.verdicts import judged_excess, variation_interval, verdict_of
from loom.records import Judged, JudgeSettings, PredictiveEvidence, TellingWord

SpotPair = tuple[Spot, Spot]


class Comparer:
    """Compares places under one model; what was drawn or scored once is used again."""

    def __init__(self, bank: FutureBank, floor: Floor, settings: JudgeSettings) -> None:
        self._bank = bank
        self._floor = floor
        self._settings = settings

    @property
    def floor(self) -> Floor:
        """What the model takes for a difference and is none."""
        return self._floor

    def compare(self, pairs: Sequence[SpotPair], n_futures: int) -> list[Judged]:
        """Look at `n_futures` futures of each pair, half from each side, fewer where it is plain.

        The number doubles from sixteen until the verdict is in.
        """
        results: dict[int, Judged] = {}
        left = list(range(len(pairs)))
        n_each = BLOCK
        while left:
            histories = [_histories(pairs[index]) for index in left]
            self._bank.look(histories, n_each)
            for index in left:
                results[index] = self.judged(pairs[index], n_each)
            left = [i for i in left if results[i].evidence.verdict == "undecided"]
            if n_each * 2 >= n_futures:
                break
            n_each = min(2 * n_each, n_futures // 2)
        return [results[index] for index in range(len(pairs))]

    def looked(self, pair: SpotPair, n_futures: int) -> Judged:
        """Look at all of `n_futures` futures (a multiple of sixteen), however plain it is."""
        self._bank.look([_histories(pair)], n_futures // 2)
        return self.judged(pair, n_futures // 2)

    def judged(self, pair: SpotPair, n_each: int) -> Judged:
        """What the first `n_each` futures of each side, already looked at, say of a pair."""
        one, other = pair
        ones, others = self._bank.gaps(_histories(pair), n_each)
        variation = variation_interval(ones, others, self._settings, self._floor)
        beyond = judged_excess(variation, self._floor)
        futures = [self._bank.futures(spot.history)[:n_each] for spot in pair]
        evidence = PredictiveEvidence(
            nodes=(one.place.node, other.place.node),
            model=self._bank.scorer.fingerprint,
            verdict=verdict_of(beyond, self._settings),
            n_futures=2 * n_each,
            horizon=self._settings.horizon,
            best_guess=best_guess(variation.value),
            best_guess_low=best_guess(variation.low),
            best_guess_high=best_guess(variation.high),
            same_place_twice=best_guess(self._floor.interval.value),
            floor_source=self._floor.source,
            excess=beyond.value,
            excess_low=beyond.low,
            excess_high=beyond.high,
            both_end=all(map(_about_to_end, futures)),
            telling=self._telling(_histories(pair), n_each),
        )
        return Judged(one.place, other.place, evidence, self._settings)

    def _telling(self, pair: Pair, n_each: int) -> tuple[TellingWord, ...]:
        one, other = pair
        ones, others = (self._bank.readings(way, n_each) for way in ((one, other), (other, one)))
        return telling_words(ones, others, self._bank.scorer.piece)


def _histories(pair: SpotPair) -> Pair:
    return pair[0].history, pair[1].history


def _about_to_end(futures: Sequence[Future]) -> bool:
    return 2 * sum(future.ended for future in futures) >= len(futures)

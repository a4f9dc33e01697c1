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
from loom.records import FutureVerdict, Judged, JudgeSettings, PredictiveEvidence, TellingWord

FIRST_LOOKS = 16
"""Futures of a pair that are looked at before anything is said of it."""

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
        """Look at `n_futures` futures of each pair, half from each side, or at fewer if plain."""
        return self.compare_each([(pair, n_futures) for pair in pairs])

    def compare_each(self, asked: Sequence[tuple[SpotPair, int]]) -> list[Judged]:
        """Each pair with the number of futures that it gets at most, a multiple of eight.

        The number rises from sixteen until the verdict is in; all pairs are looked at side by side.
        """
        n_each = [0] * len(asked)
        left = list(range(len(asked)))
        while left:
            for index in left:
                n_each[index] = min(_next_step(n_each[index]), asked[index][1] // 2)
            self._look([asked[i][0] for i in left], [n_each[i] for i in left])
            left = [
                i
                for i in left
                if n_each[i] < asked[i][1] // 2
                and self._verdict(asked[i][0], n_each[i]) == "undecided"
            ]
        return [self.judged(pair, n) for (pair, _), n in zip(asked, n_each, strict=True)]

    def looked_each(self, asked: Sequence[tuple[SpotPair, int]]) -> list[Judged]:
        """Look at all of so many futures of each pair (multiples of eight), side by side."""
        n_each = [n_futures // 2 for _, n_futures in asked]
        self._look([pair for pair, _ in asked], n_each)
        return [self.judged(pair, n) for (pair, _), n in zip(asked, n_each, strict=True)]

    def _look(self, pairs: Sequence[SpotPair], n_each: Sequence[int]) -> None:
        self._bank.look_each([(_histories(p), n) for p, n in zip(pairs, n_each, strict=True)])

    def _verdict(self, pair: SpotPair, n_each: int) -> FutureVerdict:
        ones, others = self._bank.gaps(_histories(pair), n_each)
        variation = variation_interval(ones, others, self._settings, self._floor)
        return verdict_of(judged_excess(variation, self._floor), self._settings)

    def looked(self, pair: SpotPair, n_futures: int) -> Judged:
        """Look at all of `n_futures` futures (a multiple of eight), however plain it is."""
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


def _next_step(n_each: int) -> int:
    """Futures of each side after so many of them, in whole blocks."""
    # Fewer than the first would be enough to tell two places apart, but not to say by what.
    return max(FIRST_LOOKS // 2, n_each + max(1, n_each // 3 // BLOCK) * BLOCK)


def _histories(pair: SpotPair) -> Pair:
    return pair[0].history, pair[1].history


def _about_to_end(futures: Sequence[Future]) -> bool:
    return 2 * sum(future.ended for future in futures) >= len(futures)

"""Futures of places, drawn once and scored wherever they are needed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from loom.convergence.scorer import Future, Item, Scorer, TokenIds
from loom.convergence.variation import Floats, gaps
from loom.records import JudgeSettings

BLOCK = 4
"""Futures that are drawn of a place at once: two sides make eight looks."""

Pair = tuple[TokenIds, TokenIds]
Reading = tuple[Future, Floats]
"""A future and the log-probabilities in bits of its tokens under another history."""


class FutureBank:
    """Draws futures of histories in blocks and scores them under other histories, each once.

    The futures of one history are independent of those of every other, and a history's first
    block is the same whenever it is drawn.
    """

    def __init__(self, scorer: Scorer, settings: JudgeSettings) -> None:
        self.scorer = scorer
        self._settings = settings
        self._futures: dict[TokenIds, list[Future]] = {}
        self._cross: dict[Pair, list[Floats]] = {}

    def __len__(self) -> int:
        """Histories of which futures are known."""
        return len(self._futures)

    def serves(self, scorer: Scorer, settings: JudgeSettings) -> bool:
        """Whether what is known holds for this scorer as well: the same model, the same dice."""
        same_model = self.scorer.fingerprint == scorer.fingerprint
        return same_model and self._settings == settings

    def handed_to(self, scorer: Scorer) -> FutureBank:
        """A bank that knows all this and asks another scorer for the rest."""
        bank = FutureBank(scorer, self._settings)
        bank._futures, bank._cross = self._futures, self._cross
        return bank

    def futures(self, history: TokenIds) -> Sequence[Future]:
        """What was drawn of a history so far."""
        return self._futures.get(history, ())

    def look(self, pairs: Sequence[Pair], n_each: int) -> None:
        """Have `n_each` futures (a multiple of the block) of each side, scored under both."""
        self.look_each([(pair, n_each) for pair in pairs])

    def look_each(self, asked: Sequence[tuple[Pair, int]]) -> None:
        """Have so many futures of each side of each pair, all that are missing at once."""
        wanted: dict[TokenIds, int] = {}
        for pair, n_each in asked:
            for side in pair:
                wanted[side] = max(n_each, wanted.get(side, 0))
        self._draw(wanted)
        self._score([(way, n) for (a, b), n in asked for way in ((a, b), (b, a))])

    def gaps(self, pair: Pair, n_each: int) -> tuple[Floats, Floats]:
        """|2r - 1| of the first `n_each` futures of each side, shape (n_each,) each."""
        one, other = pair
        return self._gaps(one, other, n_each), self._gaps(other, one, n_each)

    def log2_probs(self, pair: Pair, n: int) -> tuple[Floats, Floats]:
        """Own and other log-probabilities in bits of the first side's futures, shape (n,) each."""
        own = [float(f.log2_probs.sum()) for f in self._futures[pair[0]][:n]]
        return np.array(own), np.array([float(bits.sum()) for bits in self._cross[pair][:n]])

    def readings(self, pair: Pair, n: int) -> list[Reading]:
        """The first side's futures with how likely each token is under both histories."""
        return list(zip(self._futures[pair[0]][:n], self._cross[pair][:n], strict=True))

    def _gaps(self, of: TokenIds, under: TokenIds, n: int) -> Floats:
        own, other = self.log2_probs((of, under), n)
        return gaps(own, other)

    def _draw(self, wanted: Mapping[TokenIds, int]) -> None:
        short = [
            (history, block)
            for history, n in wanted.items()
            for block in range(len(self.futures(history)) // BLOCK, n // BLOCK)
        ]
        if not short:
            return
        seeds = [_seed(self._settings.seed, block) for _, block in short]
        histories = [history for history, _ in short]
        drawn = self.scorer.futures(histories, BLOCK, self._settings.horizon, seeds)
        for history, futures in zip(histories, drawn, strict=True):
            self._futures.setdefault(history, []).extend(futures)

    def _score(self, asked: Sequence[tuple[Pair, int]]) -> None:
        items: list[tuple[Pair, Item]] = []
        most: dict[Pair, int] = {}
        for pair, n in asked:
            most[pair] = max(n, most.get(pair, 0))
        for pair, n in most.items():
            of, under = pair
            # Of a side that was looked at often there are more futures than this pair needs.
            fresh = self._futures[of][len(self._cross.get(pair, ())) : n]
            items += [(pair, Item(under, future.token_ids)) for future in fresh]
        scored = self.scorer.score([item for _, item in items]) if items else []
        for (pair, _), log2_probs in zip(items, scored, strict=True):
            self._cross.setdefault(pair, []).append(log2_probs)


def _seed(seed: int, block: int) -> int:
    digest = hashlib.sha256(f"loom futures {seed} {block}".encode()).digest()
    return int.from_bytes(digest[:4], "little") >> 1

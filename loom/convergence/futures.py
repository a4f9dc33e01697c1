"""Futures of places, drawn once and scored wherever they are needed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

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
        self._draw([side for pair in pairs for side in pair], n_each)
        both = [(a, b) for one, other in pairs for a, b in ((one, other), (other, one))]
        self._score(both, n_each)

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

    def _draw(self, histories: Iterable[TokenIds], n_each: int) -> None:
        short: dict[int, dict[TokenIds, None]] = {}
        for history in histories:
            for block in range(len(self.futures(history)) // BLOCK, n_each // BLOCK):
                short.setdefault(block, {})[history] = None
        for block in sorted(short):
            wanted = list(short[block])
            drawn = self.scorer.futures(
                wanted, BLOCK, self._settings.horizon, _seed(self._settings.seed, block)
            )
            for history, futures in zip(wanted, drawn, strict=True):
                self._futures.setdefault(history, []).extend(futures)

    def _score(self, pairs: Sequence[Pair], n_each: int) -> None:
        asked: list[tuple[Pair, Item]] = []
        for pair in dict.fromkeys(pairs):
            of, under = pair
            # Of a side that was looked at often there are more futures than this pair needs.
            fresh = self._futures[of][len(self._cross.get(pair, ())) : n_each]
            asked += [(pair, Item(under, future.token_ids)) for future in fresh]
        scored = self.scorer.score([item for _, item in asked]) if asked else []
        for (pair, _), log2_probs in zip(asked, scored, strict=True):
            self._cross.setdefault(pair, []).append(log2_probs)


def _seed(seed: int, block: int) -> int:
    digest = hashlib.sha256(f"loom futures {seed} {block}".encode()).digest()
    return int.from_bytes(digest[:4], "little") >> 1

"""Exact worlds as judges: every probability is the true one, and dice are a seed and a history."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from typing import Generic

import numpy as np
import numpy.typing as npt

from loom.convergence.scorer import Cost, Future, Item, TokenIds, Vectors
from loom.errors import CannotScoreError
from loom.worlds.belief import OUTSIDE, Belief, Filter
from loom.worlds.machine import State
from loom.worlds.truth import draw


class ExactScorer(Generic[State]):
    """A world's filter as convergence asks for it; beliefs of histories are kept."""

    fingerprint = "exact"

    def __init__(
        self,
        filter_: Filter[State],
        end: int | None = None,
        piece: Callable[[int], bytes] | None = None,
    ) -> None:
        self.filter = filter_
        self.document_start: TokenIds = () if end is None else (end,)
        self.document_end: TokenIds = self.document_start
        self.spent = Cost()
        self.piece = piece or _byte
        self._beliefs: dict[TokenIds, Belief[State]] = {}

    def belief(self, history: TokenIds) -> Belief[State]:
        if history not in self._beliefs:
            self._beliefs[history] = self.filter.follow(self.filter.start(), history).belief
        return self._beliefs[history]

    def futures(
        self, histories: Sequence[TokenIds], n_each: int, horizon: int, seeds: Sequence[int]
    ) -> list[list[Future]]:
        return [
            [self._future(history, horizon, f"{seed} {_mixed(history)} {i}") for i in range(n_each)]
            for history, seed in zip(histories, seeds, strict=True)
        ]

    def _future(self, history: TokenIds, horizon: int, seed: str) -> Future:
        rng, belief = random.Random(seed), self.belief(history)
        ids, log2_probs = [], []
        end = self.filter.machine.end_token
        while len(ids) < horizon and (not ids or ids[-1] != end):
            token = draw(self.filter.said(belief), rng)
            p, belief = self.filter.advance(belief, token)
            ids.append(token)
            log2_probs.append(np.log2(self.filter.inside * p + OUTSIDE))
        self._pay(len(ids))
        return Future(tuple(ids), np.array(log2_probs), ids[-1] == end)

    def score(self, items: Sequence[Item]) -> list[npt.NDArray[np.float64]]:
        found = []
        for item in items:
            bits = self.filter.follow(self.belief(item.history), item.text).bits
            self._pay(len(item.text))
            found.append(-np.array(bits))
        return found

    def next_law(self, histories: Sequence[TokenIds], top_k: int) -> list[dict[int, float]]:
        laws = [self.filter.said(self.belief(history)) for history in histories]
        return [dict(sorted(law.items(), key=lambda kv: -kv[1])[:top_k]) for law in laws]

    def embed(self, texts: Sequence[str]) -> Vectors:
        raise CannotScoreError("A world makes no vectors of texts.")

    def _pay(self, n_tokens: int) -> None:
        self.spent = Cost(self.spent.n_tokens + n_tokens, self.spent.elapsed_s)


def _mixed(history: TokenIds) -> str:
    return hashlib.sha256(repr(history).encode()).hexdigest()


def _byte(token_id: int) -> bytes:
    return bytes([token_id]) if token_id < 256 else b""

"""What was said before two places since their ways parted, and how alike it is."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile

import numpy as np
import numpy.typing as npt

from loom.convergence.comparing import SpotPair
from loom.convergence.gist import TextPair, cosine_of, gists, word_f1
from loom.convergence.scorer import Scorer
from loom.convergence.spots import WINDOW, Spot, comparable
from loom.errors import CannotScoreError
from loom.records import Judged, Measure, SemanticEvidence

N_NULL_BY_WORDS = 400
N_NULL_BY_VECTORS = 64
N_SPOTS_BY_VECTORS = 16
"""Places that the null is drawn from where each text costs the model a reading."""
LEAST_SAID = 8
"""Tokens; fewer say too little to be like anything."""


class SaidBefore:
    """Adds to comparisons how alike the gist is, by the model's vectors where it has any.

    The null are pairs of places drawn from the tree. Of places right behind the fork nothing is
    told, and they are not in the null: vectors of a word or two lie anywhere, and next to such a
    scatter nothing longer would ever count as alike. Where a tree says much the same everywhere,
    little is alike beyond that: rather too few are called alike than too many.
    """

    def __init__(
        self, vectors: Scorer | None, read: Scorer, spots: Sequence[Spot], seed: int
    ) -> None:
        """`vectors` makes vectors of texts, if anything may; `read` spells tokens."""
        self._vectors_of = vectors
        self._read = read
        n_null = N_NULL_BY_WORDS if vectors is None else N_NULL_BY_VECTORS
        pool = spots if vectors is None else _some(spots, N_SPOTS_BY_VECTORS, seed)
        drawn = (self._texts(pair) for pair in _drawn(pool, 2 * n_null, seed))
        self._null = [pair for pair in drawn if all(pair)][:n_null]
        self._spots = {place: spot for spot in spots for place in spot.places}
        self._pairs: list[TextPair] = []
        self._vectors: dict[str, npt.NDArray[np.float32]] = {}
        self._measure: Measure = "shared words"

    def add(self, judged: Sequence[Judged]) -> list[Judged]:
        """The same comparisons with how alike what was said before is, among all so far."""
        new = [self._texts((self._spots[one.one], self._spots[one.other])) for one in judged]
        self._pairs += new
        found = self._gists()[len(self._pairs) - len(new) :]
        return [replace(one, gist=gist) for one, gist in zip(judged, found, strict=True)]

    def _gists(self) -> list[SemanticEvidence | None]:
        if self._vectors_of is not None:
            texts = list(dict.fromkeys(t for p in (*self._pairs, *self._null) for t in p if t))
            try:
                self._embed(self._vectors_of, [t for t in texts if t not in self._vectors])
            except CannotScoreError:
                self._vectors_of = None
            else:
                similarity = cosine_of(texts, [self._vectors[text] for text in texts])
                return gists(self._pairs, self._null, similarity, self._measure)
        return gists(self._pairs, self._null, word_f1, "shared words")

    def _embed(self, scorer: Scorer, texts: Sequence[str]) -> None:
        if texts:
            found = scorer.embed(texts)
            self._measure = found.measure
            self._vectors.update(zip(texts, found.rows, strict=True))

    def _texts(self, pair: SpotPair) -> TextPair:
        one, other = pair
        both = zip(one.history, other.history, strict=False)
        n_common = sum(1 for _ in takewhile(lambda tokens: tokens[0] == tokens[1], both))
        return self._text(one, n_common), self._text(other, n_common)

    def _text(self, spot: Spot, n_common: int) -> str:
        since = spot.history[n_common:][-WINDOW:]
        if len(since) < LEAST_SAID:
            return ""
        return b"".join(map(self._read.piece, since)).decode("utf-8", "replace").strip()


def _some(spots: Sequence[Spot], n: int, seed: int) -> Sequence[Spot]:
    return random.Random(seed).sample(spots, min(n, len(spots)))


def _drawn(spots: Sequence[Spot], n: int, seed: int) -> list[SpotPair]:
    rng = random.Random(seed)
    if len(spots) < 3:
        return []
    drawn = ((a, b) for a, b in (rng.sample(spots, 2) for _ in range(2 * n)))
    return [pair for pair in drawn if comparable(*pair)][:n]

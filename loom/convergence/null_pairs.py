"""The model's own floor: one history read twice, alone and behind something it knows nothing of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loom.convergence.floor import Floor, floor_of
from loom.convergence.futures import FutureBank
from loom.convergence.scorer import Scorer, TokenIds
from loom.records import FloorSource

N_DOCUMENTS = 2
"""Unrelated texts that stand in front: each is read once for all the histories behind it."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How well a floor is measured: histories that are read twice, and futures of each reading."""

    n_pairs: int
    n_each: int

    @property
    def n_looks(self) -> int:
        """Futures of all pairs together."""
        return 2 * self.n_pairs * self.n_each


FEW_LOOKS = Effort(8, 4)
"""The fewest of which the extremes bound the median well enough."""

MANY_LOOKS = Effort(12, 8)


def find_floor(
    bank: FutureBank,
    histories: Sequence[TokenIds],
    documents: Sequence[TokenIds],
    neutral: TokenIds,
    n_each: int = MANY_LOOKS.n_each,
) -> Floor:
    """The floor from these histories, each once behind an unrelated, finished document.

    `documents` are texts without their end, from other roots or drawn by the model; where the
    model has no document boundary, `neutral` stands in front instead, which is weaker and said so.
    ValueError if there are no histories.
    """
    scorer = bank.scorer
    # One beginning is written in front of every prompt by the engine itself.
    boundary = scorer.document_end or scorer.document_start
    source: FloorSource = (
        "another document in front" if boundary and documents else "a neutral text in front"
    )
    pairs = []
    for number, history in enumerate(histories):
        front = neutral
        if boundary and documents:
            begins = scorer.document_start if scorer.document_start != boundary else ()
            front = (*documents[number % len(documents)], *boundary, *begins)
        pairs.append((history, (*front, *history)))
    bank.look(pairs, n_each)
    variations = []
    for pair in pairs:
        ones, others = bank.gaps(pair, n_each)
        variations.append(float((ones.mean() + others.mean()) / 2))
    return floor_of(variations, source, 2 * n_each * len(pairs))


def drawn_documents(scorer: Scorer, n: int, n_tokens: int, seed: int) -> list[TokenIds]:
    """Documents that the model itself begins from nothing, without their end."""
    beginning = scorer.document_start or scorer.document_end
    if not beginning:
        return []
    (drawn,) = scorer.futures([()], n, n_tokens, [seed])
    return [f.token_ids[:-1] if f.ended else f.token_ids for f in drawn]

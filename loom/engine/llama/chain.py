"""One branch's chain of llama.cpp's samplers, its dice and its memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import llama_cpp as lib
import numpy as np

from loom.engine.backend import NothingToDrawError
from loom.engine.llama.candidates import CandidateList, candidates_of
from loom.engine.llama.prefilter import Ids, candidate_ids
from loom.engine.llama.recipe import Recipe
from loom.engine.statistics import Logits


class ChainSampler:
    """One branch's chain and dice; `law` gives the i-th law of the last batch."""

    def __init__(self, law: Callable[[int], Logits], recipe: Recipe, seed: int) -> None:
        self._law = law
        self._recipe = recipe
        self._head = recipe.new_head()
        self._tail = recipe.new_tail(seed)
        self._gate = recipe.new_gate()
        self._seen: dict[int, None] = {}

    def prime(self, token_ids: Sequence[int]) -> None:
        """Remember the tokens before the branch, where repetition counts."""
        n = self._recipe.looks_back
        for token_id in token_ids[-n:] if n else ():
            self._look_back_on(token_id)

    def draw(self, law: int, *, may_end: bool) -> int:
        """Draw a token from the i-th law of the last `decode`, and remember it."""
        row, ids = self._candidates(self._weighed(self._law(law)), may_end)
        candidates = CandidateList(candidates_of(ids, row))
        for drop, chain in self._tail:
            if drop:
                candidates.drop(drop)
            candidates.apply(chain)
        token_id = candidates.taken()
        if token_id is None:
            # A temperature next to nought leaves infinities; in the limit it is greedy drawing.
            token_id = int(ids[row[ids].argmax()])
        self.accept(token_id)
        return token_id

    def permits(self, token_id: int) -> bool:
        """Whether a grammar, if there is one, lets the text go on with this token."""
        return self._gate is None or bool(self._gate.permits(np.array([token_id]))[0])

    def accept(self, token_id: int) -> None:
        """Remember a token; one that the grammar forbids ends the text."""
        self._look_back_on(token_id)
        if self._gate is not None:
            self._gate.accept(token_id)

    def close(self) -> None:
        """Free the chain and its steps."""
        for _, chain in self._tail:
            lib.llama_sampler_free(chain)
        if self._head is not None:
            lib.llama_sampler_free(self._head)
        if self._gate is not None:
            self._gate.close()

    def _look_back_on(self, token_id: int) -> None:
        if self._head is not None:
            lib.llama_sampler_accept(self._head, token_id)
            self._seen[token_id] = None
        if self._recipe.tail_remembers:
            for _, chain in self._tail:
                lib.llama_sampler_accept(chain, token_id)

    def _weighed(self, row: Logits) -> Logits:
        """The logits with biases and penalties: a copy, if there are any."""
        biases = self._recipe.biases
        if not biases and not self._seen:
            return row
        row = row.copy()
        for token_id, bias in biases:
            row[token_id] += np.float32(bias)
        if self._seen:
            seen = np.sort(np.fromiter(self._seen, np.int32, len(self._seen)))
            candidates = candidates_of(seen, row)
            CandidateList(candidates).apply(self._head)
            row[seen] = candidates["logit"]
        return row

    def _candidates(self, row: Logits, may_end: bool) -> tuple[Logits, Ids]:
        """The tokens to choose from, and their logits.

        If only tokens that end the text are left, one of them is drawn although it may not end:
        a grammar that has come to its end leaves no other.
        """
        if may_end and not self._recipe.sampling.ban_end:
            ids = self._possible(row)
        else:
            endless = row.copy()
            endless[self._recipe.known.ends] = -np.inf
            ids = self._possible(endless)
            row = endless if len(ids) else row
            ids = ids if len(ids) else self._possible(row)
        if not len(ids):
            raise NothingToDrawError(
                "The grammar and the biases leave no token to go on with."
                if self._gate or self._recipe.biases
                else "The model gave no probabilities: its numbers are not finite.",
                "Loosen them and grow again." if self._gate or self._recipe.biases else "",
            )
        return row, ids

    def _possible(self, row: Logits) -> Ids:
        largest = float(row.max())
        if not np.isfinite(largest):
            return np.empty(0, np.intp)
        permits = None if self._gate is None else self._gate.permits
        return candidate_ids(row, largest, self._recipe.cut, permits)

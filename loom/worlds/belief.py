"""Forward filtering: what is known of the hidden state after a text, and the exact next-token law.

The law that a world gives to text is

    law(token) = (1 - V * OUTSIDE) * said(token) + OUTSIDE

with `said` the chain's own law and V the size of the vocabulary: a token that the world cannot say
has probability OUTSIDE = 2**-40 (40 bits), whichever it is. After such a token the world has lost
its place (`Machine.lost`) and reads on from there, so that any text can be followed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic

from loom.worlds.machine import Machine, State

OUTSIDE = 2.0**-40
N_TOKENS_REREAD = 48


@dataclass(frozen=True, slots=True, eq=False)
class Belief(Generic[State]):
    """The law of the hidden state after a text.

    `weights` sum to one. `since` are the tokens since the last pause and `known` the weights there
    (empty at the start of a document), so that a sentence that turns out to be out of place can be
    read again as one, with what was known before it.
    """

    weights: Mapping[State, float]
    since: tuple[int, ...] = ()
    known: Mapping[State, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Followed(Generic[State]):
    """A text that was followed: the surprise of each token in bits, and the belief after the last.

    `outside` are the positions of tokens that the world could not have said.
    """

    bits: tuple[float, ...]
    outside: tuple[int, ...]
    belief: Belief[State]


class Filter(Generic[State]):
    """The forward filter of one machine. Beliefs are values: many texts can share one filter."""

    def __init__(self, machine: Machine[State], n_vocab: int) -> None:
        """Filter `machine`, whose tokens are numbered below `n_vocab`."""
        self.machine = machine
        self.n_vocab = n_vocab
        self.inside = 1.0 - n_vocab * OUTSIDE

    def start(self) -> Belief[State]:
        """What is known before the first token of a document."""
        return Belief(dict(self.machine.start()))

    def said(self, belief: Belief[State]) -> dict[int, float]:
        """The chain's own law of the next token: only what the world can say; it sums to one."""
        law: dict[int, float] = {}
        for state, weight in belief.weights.items():
            for token, p in self.machine.odds(state).items():
                law[token] = law.get(token, 0.0) + weight * p
        return law

    def probability(self, belief: Belief[State], token: int) -> float:
        """The exact probability of one token after a text; never zero."""
        _, total = self._step(belief.weights, token)
        return self.inside * total + OUTSIDE

    def entropy_bits(self, belief: Belief[State]) -> float:
        """The entropy of the next token in bits, of the chain's own law."""
        return -sum(p * math.log2(p) for p in self.said(belief).values() if p > 0)

    def advance(self, belief: Belief[State], token: int) -> tuple[float, Belief[State]]:
        """The probability of `token` (zero if the world cannot say it) and the belief after it."""
        weights, total = self._step(belief.weights, token)
        if total > 0:
            weights = {state: weight / total for state, weight in weights.items()}
        else:
            weights = self._find_place(belief, token)
        if self.machine.pauses(token) or len(belief.since) == N_TOKENS_REREAD:
            return total, Belief(weights, (), weights)
        return total, Belief(weights, (*belief.since, token), belief.known)

    def follow(self, belief: Belief[State], tokens: Iterable[int]) -> Followed[State]:
        """Read a text from a belief on."""
        bits, outside = [], []
        for position, token in enumerate(tokens):
            said, belief = self.advance(belief, token)
            bits.append(-math.log2(self.inside * said + OUTSIDE))
            if said == 0:
                outside.append(position)
        return Followed(tuple(bits), tuple(outside), belief)

    def split(self, weights: Mapping[State, float]) -> dict[int, dict[State, float]]:
        """The weights after each token that can come next, not normalised."""
        after: dict[int, dict[State, float]] = {}
        for state, weight in weights.items():
            for token, p, target in self.machine.edges(state):
                targets = after.setdefault(token, {})
                targets[target] = targets.get(target, 0.0) + weight * p
        return after

    def _step(self, weights: Mapping[State, float], token: int) -> tuple[dict[State, float], float]:
        after: dict[State, float] = {}
        total = 0.0
        for state, weight in weights.items():
            for p, target in self.machine.ways(state, token):
                share = weight * p
                total += share
                after[target] = after.get(target, 0.0) + share
        return after, total

    def _find_place(self, belief: Belief[State], token: int) -> dict[State, float]:
        """Read the sentence so far as one out of place; failing that, the token as a first one."""
        if token == self.machine.end_token:
            return dict(self.machine.start())
        lost = dict(self.machine.lost(belief.known or self.machine.start()))
        for tokens in ((*belief.since, token), (token,)):
            weights = lost
            for one in tokens:
                weights, _ = self._step(weights, one)
            total = sum(weights.values())
            if total > 0:
                return {state: weight / total for state, weight in weights.items()}
        return lost

"""What every chain of one sampling shares: read and checked once, copied for each branch."""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Protocol

import llama_cpp as lib
import numpy as np
import numpy.typing as npt

from loom.engine.llama.candidates import Drop
from loom.engine.llama.chain_steps import (
    LOOKING_BACK,
    RANDOM_SEED,
    new_chain,
    new_dry,
    new_step,
    stretches,
)
from loom.engine.llama.grammar import GrammarGate, parse_grammar
from loom.engine.llama.prefilter import cut_of
from loom.errors import UsageError
from loom.records.sampling import Link, LogitBias, Sampling
from loom.records.sampling_limits import check_sampling

TokenIds = npt.NDArray[np.int32]

MOST_RECIPES = 8


class Words(Protocol):
    """What chains need of a vocabulary; `handle` is llama.cpp's own."""

    @property
    def handle(self) -> object:
        """llama.cpp's own; only DRY and grammars look at it."""

    @property
    def n_tokens(self) -> int:
        """How many tokens there are."""

    def tokenise(self, text: bytes, *, special: bool, at_start: bool) -> list[int]:
        """The token ids of a text."""

    def piece(self, token_id: int) -> bytes:
        """The bytes that a token stands for."""

    def ends_text(self, token_id: int) -> bool:
        """Whether a token ends the text or the turn."""


class KnownTokens:
    """Tokens of a vocabulary that are treated apart, looked up once when they first matter."""

    def __init__(self, words: Words) -> None:
        self._words = words

    @cached_property
    def ends(self) -> TokenIds:
        """Those that end a text or a turn."""
        return self._where(self._words.ends_text)

    @cached_property
    def with_nul(self) -> TokenIds:
        """Those with a NUL behind their first byte."""
        return self._where(lambda token_id: b"\0" in self._words.piece(token_id)[1:])

    def _where(self, holds: Callable[[int], bool]) -> TokenIds:
        return np.array([i for i in range(self._words.n_tokens) if holds(i)], np.int32)


class Recipe:
    """One sampling for one vocabulary; UsageError if no chain can be made of it.

    `head` are the steps that look back and come before any other: they change the logits of
    tokens that came before, each by itself, so they are only shown those. `tail` is the rest.
    """

    def __init__(self, sampling: Sampling, words: Words, known: KnownTokens) -> None:
        check_sampling(sampling)
        self.sampling = sampling
        self.known = known
        self.biases = [_resolved(bias, words) for bias in sampling.biases]
        self._n_vocab = words.n_tokens
        steps = [link for link in sampling.steps if link not in ("grammar", "logit_bias")]
        n_head = next(i for i, link in enumerate(steps) if link not in LOOKING_BACK)
        self._head, tail = steps[:n_head], steps[n_head:]
        self._tail = stretches(tail, sampling)
        self.cut = cut_of(sampling, tail[0])
        self.looks_back = _looks_back(sampling, steps)
        self.tail_remembers = any(link in tail for link in (*LOOKING_BACK, "adaptive_p"))
        self._dry = self._grammar = None
        if "dry" in steps and sampling.dry:
            self._dry = self._kept(new_dry(words.handle, sampling.dry))
        if sampling.grammar is not None:
            self._grammar = self._kept(parse_grammar(words.handle, sampling.grammar))

    def _kept(self, sampler: object) -> object:
        weakref.finalize(self, lib.llama_sampler_free, sampler)
        return sampler

    def new_head(self) -> object | None:
        """A chain of the steps that look back, if there are any."""
        return new_chain([self._step(link, 0) for link in self._head]) if self._head else None

    def new_tail(self, seed: int) -> list[tuple[Drop | None, object]]:
        """The chains of the other steps, and what is dropped before each."""
        seed = 0 if seed == RANDOM_SEED else seed
        return [
            (stretch.drops_before, new_chain([self._step(link, seed) for link in stretch.links]))
            for stretch in self._tail
        ]

    def new_gate(self) -> GrammarGate | None:
        """The grammar at its beginning, if there is one."""
        if self._grammar is None:
            return None
        grammar = lib.llama_sampler_clone(self._grammar)
        return GrammarGate(grammar, self.known.ends, self.known.with_nul)

    def _step(self, link: Link, seed: int) -> object:
        if link == "dry":
            return lib.llama_sampler_clone(self._dry)
        return new_step(link, self.sampling, seed, self._n_vocab)


class Recipes:
    """The recipes of one vocabulary that were asked for lately."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._known = KnownTokens(words)
        self._recipes: dict[Sampling, Recipe] = {}

    def recipe(self, sampling: Sampling) -> Recipe:
        """The recipe of a sampling; UsageError if no chain can be made of it."""
        if sampling not in self._recipes:
            if len(self._recipes) == MOST_RECIPES:
                del self._recipes[next(iter(self._recipes))]
            self._recipes[sampling] = Recipe(sampling, self._words, self._known)
        return self._recipes[sampling]


def _looks_back(sampling: Sampling, steps: Sequence[Link]) -> int:
    """How many earlier tokens matter."""
    n_penalties = sampling.penalties.last_n if sampling.penalties and "penalties" in steps else 0
    n_dry = sampling.dry.last_n if sampling.dry and "dry" in steps else 0
    return max(n_penalties, n_dry)


def _resolved(bias: LogitBias, words: Words) -> tuple[int, float]:
    """The id of a bias's token, and what to add to its logit."""
    size = -math.inf if bias.bias is None else bias.bias
    if isinstance(bias.token, int):
        if not 0 <= bias.token < words.n_tokens:
            raise UsageError(
                f"There is no token {bias.token} for a bias: the model has {words.n_tokens:,}.",
                f"Give an id from 0 to {words.n_tokens - 1}, or the token's text.",
            )
        return bias.token, size
    ids = words.tokenise(bias.token.encode(), special=True, at_start=False)
    if len(ids) != 1:
        raise UsageError(
            f"{bias.token!r} is no token of this model but {len(ids)} of them.",
            f"Give one of their ids: {', '.join(map(str, ids))}." if ids else "Give a token's id.",
        )
    return ids[0], size

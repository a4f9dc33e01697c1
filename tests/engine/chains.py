"""Chains with no model: a vocabulary of numbers, single steps, chains without shortcuts."""

from __future__ import annotations

from collections.abc import Sequence

import llama_cpp as lib
import numpy as np
import numpy.typing as npt

from loom.engine.llama.candidates import CandidateList, Candidates, candidates_of
from loom.engine.llama.chain import ChainSampler
from loom.engine.llama.chain_steps import new_chain, new_dry, new_step
from loom.engine.llama.recipe import Recipes
from loom.records import Sampling
from loom.records.sampling import Link

Logits = npt.NDArray[np.float32]


class NumberWords:
    """A vocabulary without texts: token 0 ends, and llama.cpp knows nothing of it."""

    handle = None

    def __init__(self, n_tokens: int) -> None:
        self.n_tokens = n_tokens

    def tokenise(self, text: bytes, *, special: bool, at_start: bool) -> list[int]:
        return [int(word) for word in text.split()]

    def piece(self, token_id: int) -> bytes:
        return b"%d " % token_id

    def ends_text(self, token_id: int) -> bool:
        return token_id == 0


def logits_of(seed: int, n: int = 200, spread: float = 3.0) -> Logits:
    return np.random.default_rng(seed).normal(0, spread, n).astype(np.float32)


def softmax(logits: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    weights = np.exp(np.asarray(logits, np.float64) - np.max(logits))
    p: npt.NDArray[np.float64] = weights / weights.sum()
    return p


def sampler(rows: Sequence[Logits], sampling: Sampling, seed: int = 1) -> ChainSampler:
    recipe = Recipes(NumberWords(len(rows[0]))).recipe(sampling)
    return ChainSampler(rows.__getitem__, recipe, seed)


def drawn(
    rows: Sequence[Logits], sampling: Sampling, seed: int = 1, prompt: Sequence[int] = ()
) -> list[int]:
    """One token from each row in turn."""
    chain = sampler(rows, sampling, seed)
    chain.prime(prompt)
    ids = [chain.draw(i, may_end=True) for i in range(len(rows))]
    chain.close()
    return ids


def step_of(link: Link, sampling: Sampling, n_vocab: int, seed: int = 1) -> object:
    if link == "dry":
        assert sampling.dry is not None
        return new_dry(None, sampling.dry)
    return new_step(link, sampling, seed, n_vocab)


def applied(link: Link, sampling: Sampling, logits: Logits) -> Candidates:
    """What one step makes of a whole vocabulary."""
    step = step_of(link, sampling, len(logits))
    candidates = CandidateList(candidates_of(np.arange(len(logits)), logits))
    candidates.apply(step)
    lib.llama_sampler_free(step)
    return candidates.left()


def drawn_in_full(
    rows: Sequence[Logits], sampling: Sampling, seed: int = 1, prompt: Sequence[int] = ()
) -> list[int]:
    """The same tokens as `drawn`, by llama.cpp alone: every step sees all that is not banned."""
    n_vocab = len(rows[0])
    links = [link for link in sampling.steps if link != "logit_bias"]
    biases = [(b.token, b.bias) for b in sampling.biases if b.bias is not None]
    array = (lib.llama_logit_bias * len(biases))(*biases)
    bias = lib.llama_sampler_init_logit_bias(n_vocab, len(biases), array)
    chain = new_chain([bias, *(step_of(link, sampling, n_vocab, seed) for link in links)])
    banned = [b.token for b in sampling.biases if b.bias is None]
    if sampling.ban_end:
        banned.append(0)
    possible = np.setdiff1d(np.arange(n_vocab), banned)
    for token_id in prompt:
        lib.llama_sampler_accept(chain, token_id)
    ids = []
    for row in rows:
        candidates = CandidateList(candidates_of(possible, row))
        candidates.apply(chain)
        taken = candidates.taken()
        assert taken is not None
        lib.llama_sampler_accept(chain, taken)
        ids.append(taken)
    lib.llama_sampler_free(chain)
    return ids

"""llama.cpp's sampler chain, one for each branch."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable

import llama_cpp as lib
import numpy as np
import numpy.typing as npt

from loom.engine.backend import BackendError
from loom.engine.statistics import Logits, top_of
from loom.records import Sampling

CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])
"""llama_token_data, so that a list of candidates is one numpy array."""


class ChainSampler:
    """One branch's chain and dice; `law` gives the i-th law of the last batch."""

    def __init__(self, law: Callable[[int], Logits], sampling: Sampling, seed: int) -> None:
        self._law = law
        self._sampling = sampling
        self._chain = lib.llama_sampler_chain_init(lib.llama_sampler_chain_default_params())
        for step in _chain_steps(sampling, seed):
            lib.llama_sampler_chain_add(self._chain, step)

    def draw(self, law: int) -> int:
        """Draw a token from the i-th law of the last `decode`, and remember it."""
        candidates = candidates_of(self._law(law), self._sampling)
        array = lib.llama_token_data_array(
            data=candidates.ctypes.data_as(lib.llama_token_data_p),
            size=len(candidates),
            selected=-1,
            sorted=False,
        )
        lib.llama_sampler_apply(self._chain, ctypes.byref(array))
        if array.selected < 0:
            raise BackendError("The sampler chose no token.", "Loosen its settings and grow again.")
        token_id = int(candidates["id"][array.selected])
        lib.llama_sampler_accept(self._chain, token_id)
        return token_id

    def close(self) -> None:
        """Free the chain and its steps."""
        lib.llama_sampler_free(self._chain)


def candidates_of(row: Logits, sampling: Sampling) -> npt.NDArray[np.void]:
    """The candidates that the chain's first step would leave, in the order of the vocabulary.

    A chain that begins with top-k or min-p throws nearly all of the vocabulary away. Doing that
    here costs a comparison a token instead of a copy into twelve bytes a token; the chain then
    does it once more on what is left, which changes nothing.
    """
    if sampling.greedy:
        ids = np.flatnonzero(row == row.max())[:1]
    elif sampling.top_k:
        ids = np.sort(top_of(row - row.max(), min(sampling.top_k, len(row))))
    elif sampling.min_p and sampling.top_p is None:
        cut = np.float32(row.max()) + np.float32(math.log(sampling.min_p))
        ids = np.flatnonzero(row >= cut)
    else:
        ids = np.arange(len(row))
    candidates = np.empty(len(ids), CANDIDATE)
    candidates["id"], candidates["logit"], candidates["p"] = ids, row[ids], 0.0
    return candidates


def _chain_steps(sampling: Sampling, seed: int) -> list[object]:
    if sampling.greedy:
        return [lib.llama_sampler_init_greedy()]
    steps = []
    if sampling.top_k:
        steps.append(lib.llama_sampler_init_top_k(sampling.top_k))
    if sampling.top_p is not None:
        steps.append(lib.llama_sampler_init_top_p(sampling.top_p, 1))
    if sampling.min_p:
        steps.append(lib.llama_sampler_init_min_p(sampling.min_p, 1))
    return [
        *steps,
        lib.llama_sampler_init_temp(sampling.temperature),
        lib.llama_sampler_init_dist(seed),
    ]

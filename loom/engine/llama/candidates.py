"""Lists of candidates as llama.cpp's samplers take them, in memory that numpy can reach."""

from __future__ import annotations

import ctypes
from typing import Literal

import llama_cpp as lib
import numpy as np
import numpy.typing as npt

from loom.engine.statistics import Logits

CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])
"""llama_token_data, so that a list of candidates is one numpy array."""

Candidates = npt.NDArray[np.void]

Drop = Literal["masked", "impossible"]
"""What is taken out of a list between two steps.

"masked": tokens with a logit of minus infinity, which only cost time, unless equal logits would
let the order of the candidates decide later. "impossible": tokens whose probability float32
cannot tell from 0; llama.cpp's typical sampling and mirostat multiply it by its logarithm.
"""

LEAST_LOG_P = -87.0
"""exp of less than this is no normal float32."""


def candidates_of(ids: npt.NDArray[np.integer], row: Logits) -> Candidates:
    """The candidates with these ids (rising, if they are all), with the logits of a row."""
    candidates = np.empty(len(ids), CANDIDATE)
    # Picking all of a vocabulary one by one takes longer than copying it.
    logits = row if len(ids) == len(row) else row[ids]
    candidates["id"], candidates["logit"], candidates["p"] = ids, logits, 0.0
    return candidates


class CandidateList:
    """A llama_token_data_array over an array of candidates, which it keeps alive."""

    def __init__(self, candidates: Candidates) -> None:
        self._candidates = candidates
        self.array = lib.llama_token_data_array(
            data=ctypes.cast(candidates.ctypes.data, lib.llama_token_data_p),
            size=len(candidates),
            selected=-1,
            sorted=False,
        )

    def apply(self, sampler: object) -> None:
        """Let a sampler, which must not be freed, change it."""
        lib.llama_sampler_apply(sampler, ctypes.byref(self.array))

    def left(self) -> Candidates:
        """What is left, in its order now: XTC moves the beginning, others the end."""
        address = ctypes.cast(self.array.data, ctypes.c_void_p).value
        assert address is not None
        start = (address - self._candidates.ctypes.data) // CANDIDATE.itemsize
        left: Candidates = self._candidates[start : start + self.array.size]
        return left

    def drop(self, what: Drop) -> None:
        """Take tokens out; the order of the others stays."""
        left = self.left()
        logits = left["logit"]
        if what == "masked":
            stay = logits > -np.inf
            n_left = np.count_nonzero(stay)
            # XTC throws no dice for a single token, masked ones counted.
            if n_left < 2 or len(np.unique(logits[stay])) < n_left:
                return
        else:
            stay = logits > logits.max() + np.float32(LEAST_LOG_P)
        kept = left[stay]
        left[: len(kept)] = kept
        self.array.size = len(kept)

    def taken(self) -> int | None:
        """The id of the token that the last step took; None if the law had no numbers left."""
        if self.array.selected < 0:
            return None
        chosen = self.array.data[self.array.selected]
        return None if chosen.p != chosen.p else int(chosen.id)

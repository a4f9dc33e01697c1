"""llama.cpp without loom, on the same prompt, with as many threads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from loom.engine.request import LoadSpec
from loom.records import StepCosts
from loom.records.sampling import PRESETS


class Yardsticks:
    """Two models in this process: one for bare decoding, one in llama-cpp-python's `Llama`."""

    def __init__(
        self, spec: LoadSpec, prompt: Sequence[int], n_threads: int, n_tokens: int
    ) -> None:
        from loom.engine.llama.timed import TimedBackend
        from loom.engine.llama.yardsticks import OneAfterAnother

        self._prompt = prompt
        self._n_tokens = n_tokens
        self._backend = TimedBackend(replace(spec, n_threads=n_threads))
        self._llama = OneAfterAnother(spec, len(prompt) + 2 * n_tokens, n_threads)

    def bare(self, n_branches: int) -> float:
        """Tokens per second of `llama_decode` alone."""
        from loom.engine.llama.yardsticks import bare_decode_rate

        return bare_decode_rate(self._backend, self._prompt, n_branches, self._n_tokens)

    def sequential(self, n_branches: int) -> float:
        """Tokens per second of llama-cpp-python's `Llama`, one branch after another."""
        return self._llama.rate(self._prompt, n_branches, self._n_tokens, PRESETS["tidy"])

    def step_costs(self, n_branches: int) -> StepCosts:
        """Where the time of a step goes."""
        return self._backend.step_costs(self._prompt, n_branches, self._n_tokens)

    def close(self) -> None:
        """Free both models."""
        self._llama.close()
        self._backend.close()

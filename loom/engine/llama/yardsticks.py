"""What to hold loom's speed against: the bare library, and one branch after another.

Both read the prompt first, untimed, and then time the same number of new tokens.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing

import llama_cpp as lib

from loom.engine.backend import Row
from loom.engine.llama.backend import LlamaBackend
from loom.engine.llama.batch import Batch
from loom.engine.request import LoadSpec
from loom.records import Sampling


def bare_decode_rate(
    backend: LlamaBackend, prompt: Sequence[int], n_branches: int, n_tokens: int
) -> float:
    """Tokens per second of `llama_decode` alone on the batches of `n_branches` branches.

    No sampling and no records: every branch writes the tokens of the prompt again.
    """
    for sequence in range(n_branches + 1):
        backend.forget(sequence)
    shared = len(prompt) - 1
    for start in range(0, shared, backend.n_batch):
        end = min(shared, start + backend.n_batch)
        backend.decode([Row(prompt[i], i, 0, False) for i in range(start, end)])
    for sequence in range(1, n_branches + 1):
        backend.copy(0, sequence, shared)
    steps = [_step(prompt, shared + i, n_branches) for i in range(n_tokens)]
    batch = Batch(n_branches)
    began_s = time.perf_counter()
    for rows in steps:
        backend.decode_batch(batch.fill(rows)[0])
    elapsed_s = time.perf_counter() - began_s
    for sequence in range(n_branches + 1):
        backend.forget(sequence)
    return n_branches * n_tokens / elapsed_s


def _step(prompt: Sequence[int], position: int, n_branches: int) -> list[Row]:
    return [
        Row(prompt[(position + branch) % len(prompt)], position, 1 + branch, True)
        for branch in range(n_branches)
    ]


class OneAfterAnother:
    """llama-cpp-python's own `Llama`, which decodes one sequence at a time."""

    def __init__(self, spec: LoadSpec, n_ctx: int, n_threads: int) -> None:
        self._llama = lib.Llama(
            spec.path,
            n_ctx=n_ctx,
            n_batch=512,
            n_threads=n_threads,
            n_threads_batch=n_threads,
            n_gpu_layers=-1 if spec.gpu_layers is None else spec.gpu_layers,
            verbose=False,
        )

    def rate(
        self, prompt: Sequence[int], n_branches: int, n_tokens: int, sampling: Sampling
    ) -> float:
        """Tokens per second of `n_branches` continuations, the prompt read only once."""
        self._write(prompt, 1, sampling)
        began_s = time.perf_counter()
        n = sum(self._write(prompt, n_tokens, sampling) for _ in range(n_branches))
        return n / (time.perf_counter() - began_s)

    def _write(self, prompt: Sequence[int], n_tokens: int, sampling: Sampling) -> int:
        tokens = self._llama.generate(
            list(prompt),
            top_k=sampling.top_k or 0,
            top_p=1.0 if sampling.top_p is None else sampling.top_p,
            min_p=sampling.min_p or 0.0,
            temp=sampling.temperature,
            repeat_penalty=1.0,
        )
        with closing(tokens):
            for n_written, _ in enumerate(tokens, 1):
                if n_written == n_tokens:
                    break
        return n_written

    def close(self) -> None:
        """Free the model."""
        self._llama.close()

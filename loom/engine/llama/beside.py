"""Statistics of laws on threads of their own, while llama.cpp evaluates the next batch."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

import numpy as np

from loom.engine.backend import Coming
from loom.engine.block_statistics import Block
from loom.engine.devices import usable_processors
from loom.engine.statistics import Logits
from loom.records import ModelInfo, TokenStats
from loom.records.tokens import concat_statistics

QUICK_S = 0.05
"""Batches that take longer are told of at their end: the person would wait for one more."""

MOST_THREADS = 4
PROCESSORS_A_THREAD = 4
"""Of so many processors one computes statistics; the others are llama.cpp's and the app's."""

NUMBERS_A_THREAD = 1_000_000
"""Logits that one thread takes: to wake another for fewer costs more than it saves."""


class Beside:
    """Threads that compute statistics; the laws are copied, since llama.cpp reuses their room.

    numpy and llama.cpp both let other threads run while they compute.
    """

    def __init__(self) -> None:
        self._n_threads = max(1, min(MOST_THREADS, usable_processors() // PROCESSORS_A_THREAD))
        self._threads = ThreadPoolExecutor(self._n_threads, "loom statistics")
        self._copies = np.empty((0, 0), np.float32)
        self._blocks: list[Block] = []
        self._last: list[Future[TokenStats]] = []

    def begin(self, rows: Sequence[Logits], chosen: Sequence[int], top_k: int) -> Coming:
        """Begin to compute; what this returns waits for the end and raises what went wrong."""
        # They still read the copies.
        wait(self._last)
        n_rows, n_vocab = len(rows), len(rows[0])
        if len(self._copies) < n_rows:
            # New memory costs more than the copy, so it is kept for the next time.
            self._copies = np.empty((n_rows, n_vocab), np.float32)
        copies = np.stack(rows, out=self._copies[:n_rows])
        n = max(-(-n_rows // self._n_threads), NUMBERS_A_THREAD // n_vocab)
        starts = range(0, n_rows, n)
        self._blocks += [Block() for _ in starts[len(self._blocks) :]]
        self._last = begun = [
            self._threads.submit(block.statistics, copies[i : i + n], chosen[i : i + n], top_k)
            for i, block in zip(starts, self._blocks, strict=False)
        ]
        return lambda: concat_statistics([one.result() for one in begun])

    def close(self) -> None:
        """Wait until nothing is computed any more, and end the threads."""
        self._threads.shutdown()


def pays_beside(model: ModelInfo) -> bool:
    """Whether a processor has nothing to do while a batch of this model is evaluated.

    Where llama.cpp's threads take all of them, statistics beside it cost it as much time as they
    do alone, or a little more: every thread waits for the one that had to give way.
    """
    return model.gpu_layers > 0 or model.n_threads < usable_processors()

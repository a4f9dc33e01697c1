"""Statistics of laws on a thread of their own, while llama.cpp evaluates the next batch."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

import numpy as np

from loom.engine.backend import Coming
from loom.engine.devices import usable_processors
from loom.engine.statistics import Logits, statistics_of
from loom.records import ModelInfo, TokenStats

QUICK_S = 0.05
"""Batches that take longer are told of at their end: the person would wait for one more."""


class Beside:
    """One thread that computes statistics; the laws are copied, since llama.cpp reuses their room.

    numpy and llama.cpp both let other threads run while they compute.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "loom statistics")
        self._copies = np.empty((0, 0), np.float32)
        self._last: Future[TokenStats] | None = None

    def begin(self, rows: Sequence[Logits], chosen: Sequence[int], top_k: int) -> Coming:
        """Begin to compute; what this returns waits for the end and raises what went wrong."""
        if self._last is not None:
            # It still reads the copies.
            wait((self._last,))
        n_rows, n_vocab = len(rows), len(rows[0])
        if len(self._copies) < n_rows:
            # New memory costs more than the copy, so it is kept for the next time.
            self._copies = np.empty((n_rows, n_vocab), np.float32)
        copies = np.stack(rows, out=self._copies[:n_rows])
        self._last = self._thread.submit(statistics_of, list(copies), list(chosen), top_k)
        return self._last.result

    def close(self) -> None:
        """Wait until nothing is computed any more, and end the thread."""
        self._thread.shutdown()


def pays_beside(model: ModelInfo) -> bool:
    """Whether a processor has nothing to do while a batch of this model is evaluated.

    Where llama.cpp's threads take all of them, statistics beside it cost it as much time as they
    do alone, or a little more: every thread waits for the one that had to give way.
    """
    return model.gpu_layers > 0 or model.n_threads < usable_processors()

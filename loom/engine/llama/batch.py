"""A llama_batch that is filled from rows."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import llama_cpp as lib
import numpy as np
import numpy.typing as npt

from loom.engine.backend import Row


class Batch:
    """A llama_batch over arrays of our own: filling it is four numpy assignments."""

    def __init__(self, room: int) -> None:
        self._token = np.zeros(room, np.int32)
        self._position = np.zeros(room, np.int32)
        self._n_sequences = np.ones(room, np.int32)
        self._sequence = np.zeros(room, np.int32)
        self._wants_law = np.zeros(room, np.int8)
        base, size = self._sequence.ctypes.data, self._sequence.itemsize
        self._pointers = np.array([base + i * size for i in range(room)], np.uintp)
        self._batch = lib.llama_batch(
            n_tokens=0,
            token=_pointer(self._token, ctypes.c_int32),
            embd=None,
            pos=_pointer(self._position, ctypes.c_int32),
            n_seq_id=_pointer(self._n_sequences, ctypes.c_int32),
            seq_id=ctypes.cast(
                self._pointers.ctypes.data, ctypes.POINTER(ctypes.POINTER(ctypes.c_int32))
            ),
            logits=_pointer(self._wants_law, ctypes.c_int8),
        )

    def fill(self, rows: Sequence[Row]) -> tuple[lib.llama_batch, int]:
        """The batch of these rows, and how many of them want a law."""
        n = len(rows)
        columns = np.array(rows, np.int32).reshape(n, 4)
        self._token[:n] = columns[:, 0]
        self._position[:n] = columns[:, 1]
        self._sequence[:n] = columns[:, 2]
        self._wants_law[:n] = columns[:, 3]
        self._batch.n_tokens = n
        return self._batch, int(columns[:, 3].sum())


def _pointer(array: npt.NDArray[np.generic], ctype: type[ctypes._SimpleCData[int]]) -> object:
    return ctypes.cast(array.ctypes.data, ctypes.POINTER(ctype))

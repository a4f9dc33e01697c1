"""What llama.cpp can do with the memory of a model: copy, save and bring back its sequences.

Which memory a model gets is decided by its architecture. Plain attention keeps keys and values of
every position, which can be cut anywhere. Sliding-window attention reuses cells that have left
the window (in a full-size cache too, and it does not save them), so the beginning of a sequence
is whole only as long as the window before its end is there. Recurrent layers, alone or beside
attention, keep one state for all positions so far: it cannot go back.
"""

from __future__ import annotations

import ctypes

import llama_cpp as lib
import numpy as np

from loom.engine.backend import MemoryKind, Saved
from loom.engine.room import N_SEQUENCES

STATES_BYTES = 1 << 29
FEWEST_STATES, MOST_STATES = 8, 64
"""Recurrent states are allocated in advance, one a sequence; a large model's takes 25 MB."""

_POINTER = ctypes.POINTER(ctypes.c_uint8)


class States:
    """The memory in a context of `n_sequences` sequences; the last may be kept for passing through.

    `n_usable` of them are for others to use.
    """

    def __init__(
        self, model: lib.llama_model_p, context: lib.llama_context_p, n_sequences: int
    ) -> None:
        self.kind = memory_kind(model)
        self.n_usable = n_sequences - (self.kind == "anywhere")
        self._between = n_sequences - 1
        self._context = context
        self._memory = lib.llama_get_memory(context)
        self._n_window = lib.llama_model_n_swa(model)

    def copy(self, source: int, target: int, n_positions: int) -> None:
        """Let `target`, which is empty, share the first n positions of `source`."""
        end = n_positions if self.kind != "whole" else -1
        lib.llama_memory_seq_cp(self._memory, source, target, 0, end)

    def reaches(self, sequence: int, n_positions: int) -> bool:
        """Whether a sequence that ends after its first n positions would still be whole."""
        match self.kind:
            case "anywhere":
                return True
            case "window":
                first = lib.llama_memory_seq_pos_min(self._memory, sequence)
                return bool(0 <= first <= max(0, n_positions - self._n_window))
            case "whole":
                return self._n_positions(sequence) == n_positions

    def save(self, sequence: int, start: int, end: int) -> Saved | None:
        """What a sequence holds at positions [start, end); None if it cannot be had."""
        if self.kind != "anywhere":
            return self._read(sequence)
        lib.llama_memory_seq_cp(self._memory, sequence, self._between, start, end)
        saved = self._read(self._between)
        self.forget(self._between)
        return saved

    def restore(self, sequence: int, saved: Saved, start: int, end: int) -> bool:
        """Let a sequence, which holds [0, start), hold [start, end) of what was saved as well."""
        target = self._between if self.kind == "anywhere" else sequence
        read = lib.llama_state_seq_set_data(
            self._context, saved.ctypes.data_as(_POINTER), saved.nbytes, target
        )
        if self.kind == "anywhere":
            if read:
                lib.llama_memory_seq_cp(self._memory, target, sequence, start, end)
            self.forget(target)
        elif self._n_positions(sequence) != end:
            self.forget(sequence)
        return self._n_positions(sequence) == end

    def forget(self, sequence: int) -> None:
        """Drop all that a sequence holds."""
        lib.llama_memory_seq_rm(self._memory, sequence, -1, -1)

    def clear(self) -> None:
        """Drop all that every sequence holds."""
        lib.llama_memory_clear(self._memory, False)

    def _n_positions(self, sequence: int) -> int:
        return int(lib.llama_memory_seq_pos_max(self._memory, sequence)) + 1

    def _read(self, sequence: int) -> Saved | None:
        n_bytes = lib.llama_state_seq_get_size(self._context, sequence)
        try:
            saved = np.empty(n_bytes, np.uint8)
        except MemoryError:
            return None
        n_read = lib.llama_state_seq_get_data(
            self._context, saved.ctypes.data_as(_POINTER), n_bytes, sequence
        )
        return saved if n_read and n_read == n_bytes else None


def memory_kind(model: lib.llama_model_p) -> MemoryKind:
    """Where the memory of this model can be cut.

    Models that keep an index beside keys and values are taken to be whole, as the recurrent ones.
    """
    if lib.llama_model_is_recurrent(model) or lib.llama_model_is_hybrid(model):
        return "whole"
    if _has_index(model):
        return "whole"
    return "window" if lib.llama_model_n_swa(model) > 0 else "anywhere"


def n_sequences_for(model: lib.llama_model_p) -> int:
    """How many sequences a context of this model should have: recurrent states cost memory each."""
    if not (lib.llama_model_is_recurrent(model) or lib.llama_model_is_hybrid(model)):
        return N_SEQUENCES
    n_bytes = _state_bytes(model)
    return max(FEWEST_STATES, min(MOST_STATES, STATES_BYTES // n_bytes)) if n_bytes else MOST_STATES


def _state_bytes(model: lib.llama_model_p) -> int:
    """The size of one recurrent state: no architecture tells, so one token is evaluated."""
    params = lib.llama_context_default_params()
    params.n_ctx = params.n_batch = params.n_ubatch = 32
    params.n_seq_max = 1
    params.no_perf = True
    context = lib.llama_init_from_model(model, params)
    if not context:
        return 0
    token = (lib.llama_token * 1)(0)
    decoded = lib.llama_decode(context, lib.llama_batch_get_one(token, 1)) == 0
    n_bytes = lib.llama_state_seq_get_size(context, 0) if decoded else 0
    lib.llama_free(context)
    return int(n_bytes)


def _has_index(model: lib.llama_model_p) -> bool:
    name = ctypes.create_string_buffer(256)
    lib.llama_model_meta_val_str(model, b"general.architecture", name, len(name))
    key = name.value + b".attention.indexer.head_count"
    value = ctypes.create_string_buffer(32)
    return bool(lib.llama_model_meta_val_str(model, key, value, len(value)) >= 0)

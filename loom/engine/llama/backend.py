"""One model in llama.cpp: tokens, memory, laws."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from contextlib import ExitStack

import llama_cpp as lib
import numpy as np

from loom.engine.backend import BackendError, Row
from loom.engine.llama.batch import Batch
from loom.engine.llama.chain import ChainSampler
from loom.engine.llama.loading import N_BATCH, N_SEQUENCES, describe, load_model, open_context
from loom.engine.request import LoadSpec
from loom.engine.statistics import Logits, statistics_of
from loom.records import Sampling, TokenStats


class LlamaBackend:
    """One GGUF model in llama.cpp, with one unified KV cache for all sequences."""

    n_sequences = N_SEQUENCES
    n_batch = N_BATCH

    def __init__(self, spec: LoadSpec) -> None:
        """Load the model and make room for it; ModelFileError or LoomError says why it failed."""
        self._freed = ExitStack()
        with ExitStack() as undo:
            self._model = load_model(spec)
            undo.callback(lib.llama_model_free, self._model)
            self._vocab = _present(lib.llama_model_get_vocab(self._model))
            self.info = describe(self._model, self._vocab, spec)
            self._context = open_context(self._model, self.info)
            undo.callback(lib.llama_free, self._context)
            self._freed.push(undo.pop_all())
        self._memory = _present(lib.llama_get_memory(self._context))
        self._batch = Batch(N_BATCH)
        self._laws: list[Logits] = []
        self._pieces: dict[int, bytes] = {}
        add_bos = lib.llama_vocab_get_add_bos(self._vocab)
        self.bos_id: int | None = lib.llama_vocab_bos(self._vocab) if add_bos else None

    def tokenise(self, text: bytes, *, special: bool, at_start: bool) -> list[int]:
        """The token ids of a text; a vocabulary's own leading space is added only at the start."""
        ids = self._tokenise(text, special)
        if at_start or not ids:
            return ids
        # SentencePiece vocabularies put a space before whatever they read. In the middle of a
        # text that space would be a lie, so it is read behind a newline, which is then dropped.
        newline = self._tokenise(b"\n", special)
        behind = self._tokenise(b"\n" + text, special)
        if len(newline) > 1 and behind[: len(newline)] == newline:
            return behind[len(newline) :]
        return ids

    def _tokenise(self, text: bytes, special: bool) -> list[int]:
        room = len(text) + 8
        while True:
            buffer = (lib.llama_token * room)()
            n = lib.llama_tokenize(self._vocab, text, len(text), buffer, room, False, special)
            if n >= 0:
                return list(buffer[:n])
            room = -n

    def piece(self, token_id: int) -> bytes:
        """The bytes that a token stands for; none for tokens that end a text."""
        if token_id not in self._pieces:
            ends = self.ends_text(token_id)
            self._pieces[token_id] = b"" if ends else self._read_piece(token_id)
        return self._pieces[token_id]

    def _read_piece(self, token_id: int) -> bytes:
        buffer = ctypes.create_string_buffer(64)
        n = lib.llama_token_to_piece(self._vocab, token_id, buffer, len(buffer), 0, True)
        if n < 0:
            buffer = ctypes.create_string_buffer(-n)
            n = lib.llama_token_to_piece(self._vocab, token_id, buffer, len(buffer), 0, True)
        return buffer.raw[:n]

    def ends_text(self, token_id: int) -> bool:
        """Whether a token ends the text or the turn."""
        return bool(lib.llama_vocab_is_eog(self._vocab, token_id))

    def decode(self, rows: Sequence[Row]) -> None:
        """Evaluate rows and remember them; BackendError says why llama.cpp would not."""
        batch, n_laws = self._batch.fill(rows)
        self.decode_batch(batch)
        if not n_laws:
            self._laws = []
            return
        logits = np.ctypeslib.as_array(
            lib.llama_get_logits(self._context), shape=(n_laws, self.info.n_vocab)
        )
        self._laws = list(logits)

    def decode_batch(self, batch: lib.llama_batch) -> None:
        """Evaluate a batch that is filled already; BackendError says why llama.cpp would not."""
        code = lib.llama_decode(self._context, batch)
        if code == 1:
            raise BackendError(
                f"There is no room left for {batch.n_tokens} more tokens in the model's memory.",
                "Grow fewer or shorter branches, or reopen the model with a larger --ctx.",
            )
        if code != 0:
            raise BackendError(
                f"llama.cpp could not evaluate a batch of {batch.n_tokens} tokens (code {code}).",
                "What was written is kept; Space tries again.",
            )
        lib.llama_synchronize(self._context)

    def copy(self, source: int, target: int, n_positions: int) -> None:
        """Let `target`, which is empty, share the first n positions of `source`."""
        lib.llama_memory_seq_cp(self._memory, source, target, 0, n_positions)

    def forget(self, sequence: int) -> None:
        """Drop all that a sequence holds."""
        lib.llama_memory_seq_rm(self._memory, sequence, -1, -1)

    def sampler(self, sampling: Sampling, seed: int) -> ChainSampler:
        """llama.cpp's chain for that sampling, with its own dice."""
        return ChainSampler(self.law, sampling, seed)

    def law(self, index: int) -> Logits:
        """The logits of the i-th law that the last `decode` gave, shape (n_vocab,)."""
        return self._laws[index]

    def statistics(self, laws: Sequence[int], chosen: Sequence[int], top_k: int) -> TokenStats:
        """What the model's own law said where `chosen` were drawn."""
        return statistics_of([self._laws[i] for i in laws], chosen, top_k)

    def close(self) -> None:
        """Free the context and the model."""
        self._laws = []
        self._freed.close()


def _present(handle: object) -> object:
    assert handle is not None
    return handle

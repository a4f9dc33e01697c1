"""Texts as vectors, on a context of their own: one that embeds has other graphs and no cache."""

from __future__ import annotations

from collections.abc import Sequence

import llama_cpp as lib
import numpy as np
import numpy.typing as npt

from loom.engine.backend import BackendError, Row
from loom.engine.llama.batch import Batch
from loom.engine.llama.contexts import open_embedding_context
from loom.records import ModelInfo

MOST_TOKENS = 2048
MOST_TEXTS = 64

MOST_TOKENS_AT_ONCE = 256
"""Texts of a batch are held against each other's tokens, to be masked: so many pay for it."""

Vector = npt.NDArray[np.float32]


class Embedder:
    """A context that embeds texts; `n_tokens` is how many it takes at once, all texts together."""

    def __init__(self, model: lib.llama_model_p, info: ModelInfo) -> None:
        """LoomError if there is no memory for it."""
        self.n_tokens = min(info.n_ctx_train or MOST_TOKENS, MOST_TOKENS)
        self._context, self.pooling = open_embedding_context(model, info, self.n_tokens, MOST_TEXTS)
        self._width = lib.llama_model_n_embd(model)
        self._memory = lib.llama_get_memory(self._context)
        self._batch = Batch(self.n_tokens)

    def embed(self, texts: Sequence[Sequence[int]]) -> list[Vector]:
        """One vector of length 1 for each text, shape (width,)."""
        vectors: list[Vector] = []
        while len(vectors) < len(texts):
            vectors += self._embed(_beginning(texts[len(vectors) :]))
        return vectors

    def _embed(self, texts: Sequence[Sequence[int]]) -> list[Vector]:
        rows = [
            Row(token_id, position, sequence, True)
            for sequence, text in enumerate(texts)
            for position, token_id in enumerate(text)
        ]
        batch, _ = self._batch.fill(rows)
        if self._memory is None:
            code = lib.llama_encode(self._context, batch)
        else:
            lib.llama_memory_clear(self._memory, True)
            code = lib.llama_decode(self._context, batch)
        if code != 0:
            raise BackendError(
                f"llama.cpp could not embed {len(texts)} texts (code {code}).",
                "Try fewer or shorter ones.",
            )
        return [self._vector(sequence) for sequence in range(len(texts))]

    def _vector(self, sequence: int) -> Vector:
        pointer = lib.llama_get_embeddings_seq(self._context, sequence)
        vector = np.ctypeslib.as_array(pointer, shape=(self._width,)).astype(np.float32)
        return vector / np.float32(max(float(np.linalg.norm(vector)), 1e-12))

    def close(self) -> None:
        """Free the context."""
        lib.llama_free(self._context)


def _beginning(texts: Sequence[Sequence[int]]) -> Sequence[Sequence[int]]:
    """As many of the first texts as go into one batch, one at least."""
    n_tokens = 0
    for n, text in enumerate(texts[:MOST_TEXTS]):
        n_tokens += len(text)
        if n and n_tokens > MOST_TOKENS_AT_ONCE:
            return texts[:n]
    return texts[:MOST_TEXTS]

"""One model in llama.cpp: tokens, memory, laws."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack

import llama_cpp as lib
import numpy as np
import numpy.typing as npt

from loom.engine.backend import Coming, Row, Saved
from loom.engine.events import Pooling
from loom.engine.llama.beside import QUICK_S, Beside, pays_beside
from loom.engine.llama.context import LlamaContext
from loom.engine.llama.contexts import open_lonely_context
from loom.engine.llama.embedding import Embedder
from loom.engine.llama.loading import open_model
from loom.engine.llama.states import States
from loom.engine.llama.vocabulary import Vocabulary
from loom.engine.request import LoadSpec


class LlamaBackend(LlamaContext):
    """One GGUF model in llama.cpp, with one unified KV cache for all sequences."""

    def __init__(self, spec: LoadSpec) -> None:
        """Load the model and make room for it; ModelFileError or LoomError says why it failed."""
        opened = open_model(spec)
        self._freed = ExitStack()
        self._freed.callback(lib.llama_model_free, opened.model)
        self._freed.callback(lib.llama_free, opened.context)
        self._model = opened.model
        vocab = lib.llama_model_get_vocab(opened.model)
        super().__init__(opened.context, Vocabulary(vocab), opened.info, opened.info.n_batch)
        self._states = States(opened.model, opened.context, opened.n_sequences)
        self.n_sequences = self._states.n_usable
        self.memory_kind = self._states.kind
        self._alone: LlamaContext | None = None
        self._embedder: Embedder | None = None
        self._beside = Beside() if pays_beside(opened.info) else None
        self._decode_s = 0.0

    @property
    def generates(self) -> bool:
        """Whether it gives laws: encoders remember nothing and have none."""
        return self._memory is not None

    def decode(self, rows: Sequence[Row]) -> None:
        """Evaluate rows and remember them; BackendError says why llama.cpp would not."""
        began_s = time.perf_counter()
        super().decode(rows)
        self._decode_s = time.perf_counter() - began_s

    def statistics_beside(
        self, laws: Sequence[int], chosen: Sequence[int], top_k: int
    ) -> Coming | None:
        """Begin to compute statistics; None where nothing would be gained."""
        if self._beside is None or self._decode_s > QUICK_S:
            return None
        return self._beside.begin([self._laws[i] for i in laws], chosen, top_k)

    def copy(self, source: int, target: int, n_positions: int) -> None:
        """Let `target`, which is empty, share the first n positions of `source`."""
        self._states.copy(source, target, n_positions)

    def reaches(self, sequence: int, n_positions: int) -> bool:
        """Whether a sequence that ends after its first n positions would still be whole."""
        return self._states.reaches(sequence, n_positions)

    def save(self, sequence: int, start: int, end: int) -> Saved | None:
        """What a sequence holds at positions [start, end); None if it cannot be had."""
        return self._states.save(sequence, start, end)

    def restore(self, sequence: int, saved: Saved, start: int, end: int) -> bool:
        """Let a sequence, which holds [0, start), hold [start, end) of what was saved as well."""
        return self._states.restore(sequence, saved, start, end)

    def clear(self) -> None:
        """Drop all that every sequence holds."""
        self._states.clear()

    def alone(self) -> LlamaContext:
        """The same model with a memory of its own for one sequence, numbered 0."""
        if self._alone is None:
            context = open_lonely_context(self._model, self.info)
            self._freed.callback(lib.llama_free, context)
            self._alone = LlamaContext(context, self._words, self.info, self.n_batch)
        return self._alone

    @property
    def n_embedded(self) -> int:
        """How many tokens one call of `embed` takes, all its texts together."""
        return self._embedding().n_tokens

    @property
    def pooling(self) -> Pooling:
        """Where the vectors of `embed` come from."""
        return self._embedding().pooling

    def embed(self, texts: Sequence[Sequence[int]]) -> Sequence[npt.NDArray[np.float32]]:
        """One vector of length 1 for each text, shape (width,)."""
        return self._embedding().embed(texts)

    def _embedding(self) -> Embedder:
        if self._embedder is None:
            self._embedder = Embedder(self._model, self.info)
            self._freed.callback(self._embedder.close)
        return self._embedder

    def close(self) -> None:
        """Free the context and the model."""
        if self._beside is not None:
            self._beside.close()
        self._laws = []
        self._freed.close()

"""One llama.cpp context over a loaded model: evaluates rows, gives laws, draws from them."""

from __future__ import annotations

from collections.abc import Sequence

import llama_cpp as lib
import numpy as np

from loom.engine.backend import BackendError, Row
from loom.engine.llama.batch import Batch
from loom.engine.llama.chain import ChainSampler
from loom.engine.llama.recipe import Recipes
from loom.engine.llama.vocabulary import Vocabulary
from loom.engine.statistics import Logits, statistics_of
from loom.records import ModelInfo, Sampling, TokenStats


class LlamaContext:
    """A context and the memory in it; whoever made the context frees it."""

    def __init__(
        self, context: lib.llama_context_p, words: Vocabulary, info: ModelInfo, n_batch: int
    ) -> None:
        self.info = info
        self.n_batch = n_batch
        self.bos_id = words.bos_id
        self.blank_id = words.blank_id
        self._words = words
        self._recipes = Recipes(words)
        self._context = context
        self._memory = lib.llama_get_memory(context)
        self._batch = Batch(n_batch)
        self._laws: list[Logits] = []

    def tokenise(self, text: bytes, *, special: bool, at_start: bool) -> list[int]:
        """The token ids of a text; a vocabulary's own leading space is added only at the start."""
        return self._words.tokenise(text, special=special, at_start=at_start)

    def piece(self, token_id: int) -> bytes:
        """The bytes that a token stands for; none for tokens that end a text."""
        return self._words.piece(token_id)

    def ends_text(self, token_id: int) -> bool:
        """Whether a token ends the text or the turn."""
        return self._words.ends_text(token_id)

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
                "What was written is kept; growing again tries again.",
            )
        lib.llama_synchronize(self._context)

    def forget(self, sequence: int) -> None:
        """Drop all that a sequence holds."""
        lib.llama_memory_seq_rm(self._memory, sequence, -1, -1)

    def check_sampling(self, sampling: Sampling) -> None:
        """UsageError if no chain can be made of it with this vocabulary."""
        self._recipes.recipe(sampling)

    def sampler(self, sampling: Sampling, seed: int) -> ChainSampler:
        """llama.cpp's chain for that sampling, with its own dice."""
        return ChainSampler(self.law, self._recipes.recipe(sampling), seed)

    def law(self, index: int) -> Logits:
        """The logits of the i-th law that the last `decode` gave, shape (n_vocab,)."""
        return self._laws[index]

    def statistics(self, laws: Sequence[int], chosen: Sequence[int], top_k: int) -> TokenStats:
        """What the model's own law said where `chosen` were drawn."""
        return statistics_of([self._laws[i] for i in laws], chosen, top_k)

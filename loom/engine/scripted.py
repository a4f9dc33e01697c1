"""A backend with no model: it says what it was told to, token by token.

The k-th branch that begins says the k-th script (then the first again). Its laws are made up but
proper: the scripted token has probability 1/2, the rest is spread over a few others.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from loom.engine.backend import Coming, MemoryKind, Row, Saved
from loom.engine.events import Pooling
from loom.engine.statistics import statistics_of
from loom.records import ModelInfo, Sampling, TokenStats
from loom.records.sampling_limits import check_sampling

END = 0
N_VOCAB = 512

WORDS = re.compile(rb"\s*[^\s]+|\s+")


class ScriptedBackend:
    """Words as tokens, scripts as continuations."""

    n_sequences = 256
    memory_kind: MemoryKind = "anywhere"
    n_batch = 512
    bos_id = None
    blank_id: int | None = END
    generates = True

    def __init__(self, scripts: Sequence[str], name: str = "scripted", n_ctx: int = 4096) -> None:
        self.info = ModelInfo(
            name=name,
            path=name,
            fingerprint="scripted",
            architecture="scripted",
            quantisation="none",
            n_parameters=0,
            n_vocab=N_VOCAB,
            n_ctx_train=n_ctx,
            n_ctx=n_ctx,
            n_cells=2 * n_ctx,
            device="CPU",
            build="scripted",
            n_threads=1,
            n_batch=self.n_batch,
            gpu_layers=0,
            chat_template=None,
        )
        self._ids: dict[bytes, int] = {b"": END}
        self._words: list[bytes] = [b""]
        self._scripts = [
            [*self.tokenise(text.encode(), special=False, at_start=True), END] for text in scripts
        ]
        self._n_begun = 0

    def tokenise(self, text: bytes, *, special: bool, at_start: bool) -> list[int]:  # noqa: ARG002
        """One token a word, with the white space before it."""
        return [self._id_of(word) for word in WORDS.findall(text)]

    def _id_of(self, word: bytes) -> int:
        if word not in self._ids:
            self._ids[word] = len(self._words)
            self._words.append(word)
        return self._ids[word]

    def piece(self, token_id: int) -> bytes:
        """The word."""
        return self._words[token_id]

    def ends_text(self, token_id: int) -> bool:
        """Whether it is the end of a script."""
        return token_id == END

    def decode(self, rows: Sequence[Row]) -> None:
        """Nothing is to be computed."""

    def copy(self, source: int, target: int, n_positions: int) -> None:
        """Nothing is held."""

    def forget(self, sequence: int) -> None:
        """Nothing is held."""

    def reaches(self, sequence: int, n_positions: int) -> bool:  # noqa: ARG002
        """Anything can be cut anywhere."""
        return True

    def save(self, sequence: int, start: int, end: int) -> Saved:  # noqa: ARG002
        """Nothing is held."""
        return np.empty(0, np.uint8)

    def restore(self, sequence: int, saved: Saved, start: int, end: int) -> bool:  # noqa: ARG002
        """Nothing is held."""
        return True

    def clear(self) -> None:
        """Nothing is held."""

    def check_sampling(self, sampling: Sampling) -> None:
        """A script can be said however it is sampled, if that makes sense at all."""
        check_sampling(sampling)

    def sampler(self, sampling: Sampling, seed: int) -> ScriptedSampler:  # noqa: ARG002
        """The next script."""
        script = self._scripts[self._n_begun % len(self._scripts)]
        self._n_begun += 1
        return ScriptedSampler(script)

    def statistics(
        self,
        laws: Sequence[int],  # noqa: ARG002
        chosen: Sequence[int],
        top_k: int,
    ) -> TokenStats:
        """Statistics of the made-up laws."""
        rows = [self._law(token_id) for token_id in chosen]
        return statistics_of(rows, chosen, top_k)

    def statistics_beside(
        self,
        laws: Sequence[int],  # noqa: ARG002
        chosen: Sequence[int],  # noqa: ARG002
        top_k: int,  # noqa: ARG002
    ) -> Coming | None:
        """Nothing is gained: a batch takes no time."""
        return None

    def _law(self, token_id: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        n_vocab = max(N_VOCAB, len(self._words))
        law = np.full(n_vocab, -30.0, np.float32)
        others = [(token_id + step) % n_vocab for step in range(1, 9)]
        law[others] = np.log(0.5 / len(others))
        law[token_id] = np.log(0.5)
        return law

    def alone(self) -> ScriptedBackend:
        """Itself: nothing is held."""
        return self

    @property
    def n_embedded(self) -> int:
        """As much as is read at once."""
        return self.n_batch

    @property
    def pooling(self) -> Pooling:
        """As if a generating model had made the vectors."""
        return "mean of hidden states"

    def embed(self, texts: Sequence[Sequence[int]]) -> Sequence[npt.NDArray[np.float32]]:
        """How often each word stands in a text, as a direction."""
        counts = [np.bincount(text, minlength=N_VOCAB)[:N_VOCAB] for text in texts]
        return [(count / np.linalg.norm(count)).astype(np.float32) for count in counts]

    def close(self) -> None:
        """Nothing is to be freed."""


class ScriptedSampler:
    """Says one script, then its end for ever."""

    def __init__(self, script: Sequence[int]) -> None:
        self._rest = iter(script)
        self._last = END

    def prime(self, token_ids: Sequence[int]) -> None:
        """The script does not depend on them."""

    def draw(self, law: int, *, may_end: bool) -> int:  # noqa: ARG002
        """The next word; its last word again and again where it may not end."""
        token_id = next(self._rest, END)
        if token_id != END or may_end:
            self._last = token_id
        return self._last

    def permits(self, token_id: int) -> bool:  # noqa: ARG002
        """There is no grammar."""
        return True

    def accept(self, token_id: int) -> None:
        """Another word was said in place of the next."""
        next(self._rest, None)
        self._last = token_id

    def close(self) -> None:
        """Nothing is to be freed."""

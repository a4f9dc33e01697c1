"""A world behind the engine's protocol: its memory is beliefs, its laws are exact.

So the app explores a world with no weights as it explores a model, and every measure can be held
against what is known.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Generic, Literal

import numpy as np
import numpy.typing as npt

from loom.engine.backend import BackendError, Coming, MemoryKind, Row
from loom.records import ModelInfo, Sampling, TokenStats
from loom.records.sampling_limits import check_sampling
from loom.worlds.belief import OUTSIDE, Belief, Filter
from loom.worlds.dice import WorldDice, check_steps
from loom.worlds.law_statistics import statistics_of_laws
from loom.worlds.machine import State
from loom.worlds.vocabulary import Vocabulary

N_CONTEXT = 8_192
N_CELLS = 65_536
N_BATCH = 512
N_SEQUENCES = 256

LawsNow = Callable[[], Sequence[npt.NDArray[np.float64]]]


class WorldBackend(Generic[State]):
    """One machine with its vocabulary, as the engine needs it."""

    n_sequences = N_SEQUENCES
    n_batch = N_BATCH
    memory_kind: MemoryKind = "anywhere"
    generates = True
    n_embedded = 0
    pooling: Literal["embedding model", "mean of hidden states"] = "mean of hidden states"

    def __init__(
        self,
        name: str,
        fingerprint: str,
        filter_: Filter[State],
        vocabulary: Vocabulary,
        chat_template: str | None = None,
    ) -> None:
        """Serve the machine of `filter_` under a name; `fingerprint` tells two worlds apart."""
        self.filter = filter_
        self.vocabulary = vocabulary
        self.bos_id: int | None = vocabulary.end_of_text
        self.blank_id: int | None = self.bos_id
        self.info = _info(name, fingerprint, len(vocabulary), chat_template)
        self._ends = (vocabulary.end_of_text, vocabulary.turn_ends)
        self._sequences: dict[int, list[tuple[int, Belief[State]]]] = {}
        self._laws: list[npt.NDArray[np.float64]] = []

    def tokenise(self, text: bytes, *, special: bool, at_start: bool) -> list[int]:  # noqa: ARG002
        """The token ids of a text."""
        return self.vocabulary.encode_bytes(text, special=special)

    def piece(self, token_id: int) -> bytes:
        """The bytes that a token stands for."""
        return self.vocabulary.piece(token_id)

    def ends_text(self, token_id: int) -> bool:
        """Whether a token ends the document or the turn."""
        return token_id in self._ends

    def decode(self, rows: Sequence[Row]) -> None:
        """Read tokens, and keep the laws that are wanted."""
        self._laws = []
        for row in rows:
            held = self._sequences.setdefault(row.sequence, [])
            if row.position > len(held):
                raise BackendError(
                    f"Sequence {row.sequence} holds {len(held)} tokens, and position "
                    f"{row.position} was asked for.",
                    "Grow again: what was held is read anew.",
                )
            before = held[row.position - 1][1] if row.position else self.filter.start()
            _, after = self.filter.advance(before, row.token_id)
            held[row.position :] = [(row.token_id, after)]
            if row.wants_law:
                self._laws.append(self.log_law(after))

    def log_law(self, belief: Belief[State]) -> npt.NDArray[np.float64]:
        """The natural logarithm of the exact law of the next token, shape (V,)."""
        said = self.filter.said(belief)
        law = np.full(len(self.vocabulary), math.log(OUTSIDE))
        ids = np.fromiter(said.keys(), np.intp, len(said))
        chances = np.fromiter(said.values(), np.float64, len(said))
        law[ids] = np.log(self.filter.inside * chances + OUTSIDE)
        return law

    def copy(self, source: int, target: int, n_positions: int) -> None:
        """Let a sequence begin as another does; beliefs are values, so they are shared."""
        self._sequences[target] = self._sequences.get(source, [])[:n_positions]

    def forget(self, sequence: int) -> None:
        """Drop all that a sequence holds."""
        self._sequences.pop(sequence, None)

    def reaches(self, sequence: int, n_positions: int) -> bool:
        """Whether that much is held."""
        return n_positions <= len(self._sequences.get(sequence, []))

    def save(self, sequence: int, start: int, end: int) -> npt.NDArray[np.uint8] | None:
        """The tokens at some positions: a belief is soon made again from them."""
        held = self._sequences.get(sequence, [])[start:end]
        if len(held) < end - start:
            return None
        return np.array([token for token, _ in held], np.int32).view(np.uint8)

    def restore(self, sequence: int, saved: npt.NDArray[np.uint8], start: int, end: int) -> bool:
        """Read saved tokens again, behind what the sequence holds."""
        held = self._sequences.setdefault(sequence, [])[:start]
        belief = held[-1][1] if held else self.filter.start()
        tokens = saved.view(np.int32)[: end - start]
        for token in tokens.tolist():
            _, belief = self.filter.advance(belief, token)
            held.append((token, belief))
        self._sequences[sequence] = held
        return True

    def clear(self) -> None:
        """Drop all that every sequence holds."""
        self._sequences.clear()

    def alone(self) -> WorldBackend[State]:
        """The same world with a memory of its own."""
        other = WorldBackend(
            self.info.name,
            self.info.fingerprint,
            self.filter,
            self.vocabulary,
            self.info.chat_template,
        )
        other.info = self.info
        return other

    def embed(self, texts: Sequence[Sequence[int]]) -> Sequence[npt.NDArray[np.float32]]:  # noqa: ARG002
        """A world has no vectors, which `n_embedded` says to whoever asks."""
        raise AssertionError("nothing asks a world for vectors")

    def check_sampling(self, sampling: Sampling) -> None:
        """UsageError if a world cannot draw so."""
        check_sampling(sampling)
        check_steps(sampling)

    def sampler(self, sampling: Sampling, seed: int) -> WorldSampler:
        """New dice for one branch."""
        dice = WorldDice(sampling, seed, self._ends, self._biases(sampling))
        return WorldSampler(self._laws_now, dice)

    def _laws_now(self) -> Sequence[npt.NDArray[np.float64]]:
        return self._laws

    def _biases(self, sampling: Sampling) -> dict[int, float]:
        biases: dict[int, float] = {}
        for one in sampling.biases:
            tokens = (
                [one.token] if isinstance(one.token, int) else self.vocabulary.encode(one.token)
            )
            for token in tokens:
                biases[token] = -math.inf if one.bias is None else one.bias
        return biases

    def statistics(self, laws: Sequence[int], chosen: Sequence[int], top_k: int) -> TokenStats:
        """What the exact law said where `chosen` were drawn."""
        return statistics_of_laws([self._laws[law] for law in laws], chosen, top_k)

    def statistics_beside(
        self,
        laws: Sequence[int],  # noqa: ARG002
        chosen: Sequence[int],  # noqa: ARG002
        top_k: int,  # noqa: ARG002
    ) -> Coming | None:
        """Nothing is gained: a batch takes no time."""
        return None

    def close(self) -> None:
        """Nothing but memory is held."""
        self.clear()


class WorldSampler:
    """A branch's dice on the laws of the last batch."""

    def __init__(self, laws: LawsNow, dice: WorldDice) -> None:
        """Draw with `dice` from what `laws` gives now."""
        self._laws = laws
        self._dice = dice

    def prime(self, token_ids: Sequence[int]) -> None:
        """No step of a world's chain looks back."""

    def draw(self, law: int, *, may_end: bool = True) -> int:
        """A token of the i-th law."""
        return self._dice.draw(self._laws()[law], may_end=may_end)

    def permits(self, token_id: int) -> bool:  # noqa: ARG002
        """There is no grammar."""
        return True

    def accept(self, token_id: int) -> None:
        """No step of a world's chain looks back."""

    def close(self) -> None:
        """Nothing is held."""


def _info(name: str, fingerprint: str, n_vocab: int, chat_template: str | None) -> ModelInfo:
    return ModelInfo(
        name=name,
        path=name,
        fingerprint=fingerprint,
        architecture="world",
        quantisation="exact",
        n_parameters=0,
        n_vocab=n_vocab,
        n_ctx_train=N_CONTEXT,
        n_ctx=N_CONTEXT,
        n_cells=N_CELLS,
        device="exact",
        build="exact law",
        n_threads=1,
        n_batch=N_BATCH,
        gpu_layers=0,
        chat_template=chat_template,
    )

"""What the engine needs of a model: a Protocol over token ids, sequences and laws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from loom.errors import LoomError
from loom.records import ModelInfo, Sampling, TokenStats


class BackendError(LoomError):
    """The model could not evaluate a batch; what it held is no longer to be trusted."""


class Row(NamedTuple):
    """One token to evaluate: its id, its position in its sequence, and if its law is wanted."""

    token_id: int
    position: int
    sequence: int
    wants_law: bool


class Sampler(Protocol):
    """One branch's dice: a sampler chain with its own seed and memory of what it drew."""

    def draw(self, law: int) -> int:
        """Draw a token from the i-th law that the last `decode` gave, and remember it."""

    def close(self) -> None:
        """Free it; it is of no use afterwards."""


class Backend(Protocol):
    """A model that keeps the memory of several sequences of tokens at once.

    Sequences are numbered from 0 to `n_sequences` - 1. A backend belongs to one thread.
    """

    info: ModelInfo
    n_sequences: int
    n_batch: int
    bos_id: int | None

    def tokenise(self, text: bytes, *, special: bool, at_start: bool) -> list[int]:
        """The token ids of a text; never adds one that is not in it."""

    def piece(self, token_id: int) -> bytes:
        """The bytes that a token stands for; none for tokens that end a text."""

    def ends_text(self, token_id: int) -> bool:
        """Whether a token ends the text or the turn."""

    def decode(self, rows: Sequence[Row]) -> None:
        """Evaluate rows (at most `n_batch`) and remember them.

        The laws of the rows that want one are numbered 0, 1, ... in the order of the rows, and
        live until the next call. BackendError if the model fails.
        """

    def copy(self, source: int, target: int, n_positions: int) -> None:
        """Let `target`, which is empty, share the first n positions of `source`."""

    def forget(self, sequence: int) -> None:
        """Drop all that a sequence holds."""

    def sampler(self, sampling: Sampling, seed: int) -> Sampler:
        """New dice for one branch."""

    def statistics(self, laws: Sequence[int], chosen: Sequence[int], top_k: int) -> TokenStats:
        """What the model's own law (T = 1, nothing cut) said where `chosen` were drawn."""

    def close(self) -> None:
        """Free the model; the backend is of no use afterwards."""

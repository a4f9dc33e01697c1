"""What the engine needs of a model: a Protocol over token ids, sequences and laws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from loom.engine.events import Pooling
from loom.errors import LoomError
from loom.records import ModelInfo, Sampling, TokenStats

Coming = Callable[[], TokenStats]
"""Statistics that are being computed: waits for them, and raises what went wrong."""

Saved = npt.NDArray[np.uint8]
"""What a sequence held, as bytes of this machine's memory that only its backend understands."""

MemoryKind = Literal["anywhere", "window", "whole"]
"""Where a model's memory of a sequence can be cut.

"anywhere": any range of positions can be copied, saved and restored. "window": the beginning of a
sequence can be copied as long as `reaches` says so, and only all of it can be saved. "whole": a
sequence can be copied and saved only as it is, up to its last position.
"""


class BackendError(LoomError):
    """The model could not evaluate a batch; what it held is no longer to be trusted."""


class NothingToDrawError(LoomError):
    """A sampling leaves no token of a law; other branches are not touched by it."""


class Row(NamedTuple):
    """One token to evaluate: its id, its position in its sequence, and if its law is wanted."""

    token_id: int
    position: int
    sequence: int
    wants_law: bool


class Sampler(Protocol):
    """One branch's dice: a sampler chain with its own seed and memory of what it drew."""

    def prime(self, token_ids: Sequence[int]) -> None:
        """Remember the tokens before the branch, where repetition counts; called once, first."""

    def draw(self, law: int, *, may_end: bool) -> int:
        """Draw a token from the i-th law that the last `decode` gave, and remember it.

        Unless it may end, no token that ends the text is drawn as long as there is another.
        NothingToDrawError if there is no token at all.
        """

    def permits(self, token_id: int) -> bool:
        """Whether a grammar, if there is one, lets the text go on with this token."""

    def accept(self, token_id: int) -> None:
        """Remember a token that was not drawn; one that a grammar forbids ends the text."""

    def close(self) -> None:
        """Free it; it is of no use afterwards."""


class Evaluator(Protocol):
    """A model that reads tokens, remembers them by sequence, and gives laws.

    `bos_id` begins every prompt, if it is one; `blank_id` stands for an empty text, which some
    models can only begin behind a token that they put before no other text.
    """

    info: ModelInfo
    n_batch: int
    bos_id: int | None
    blank_id: int | None

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

    def forget(self, sequence: int) -> None:
        """Drop all that a sequence holds."""

    def check_sampling(self, sampling: Sampling) -> None:
        """UsageError if no chain can be made of it with this vocabulary."""

    def sampler(self, sampling: Sampling, seed: int) -> Sampler:
        """New dice for one branch; UsageError as `check_sampling`."""

    def statistics(self, laws: Sequence[int], chosen: Sequence[int], top_k: int) -> TokenStats:
        """What the model's own law (T = 1, nothing cut) said where `chosen` were drawn."""


class Backend(Evaluator, Protocol):
    """A model that keeps the memory of several sequences of tokens at once.

    Sequences are numbered from 0 to `n_sequences` - 1. A backend belongs to one thread.
    """

    n_sequences: int
    memory_kind: MemoryKind

    @property
    def generates(self) -> bool:
        """Whether it gives laws of what comes next; models that only embed texts do not."""

    def statistics_beside(
        self, laws: Sequence[int], chosen: Sequence[int], top_k: int
    ) -> Coming | None:
        """Begin to compute what `statistics` tells, for the next `decode` to go on meanwhile.

        None where nothing would be gained: then it is to be asked for at once.
        """

    def copy(self, source: int, target: int, n_positions: int) -> None:
        """Let `target`, which is empty, share the first n positions of `source`."""

    def reaches(self, sequence: int, n_positions: int) -> bool:
        """Whether a sequence that ends after its first n positions would still be whole."""

    def save(self, sequence: int, start: int, end: int) -> Saved | None:
        """What a sequence holds at positions [start, end); None if it cannot be had.

        Where memory cannot be cut anywhere, the range must be the whole sequence.
        """

    def restore(self, sequence: int, saved: Saved, start: int, end: int) -> bool:
        """Let a sequence, which holds [0, start), hold [start, end) of what was saved as well.

        It comes into cells of its own. False, with nothing changed, if there is no room: all that
        was saved needs room for a moment. Where memory cannot be cut anywhere, the range must be
        the whole of it and the sequence empty.
        """

    def clear(self) -> None:
        """Drop all that every sequence holds."""

    def alone(self) -> Evaluator:
        """The same model with a memory of its own for one sequence, numbered 0; there is only one.

        It lives as long as this backend and is closed with it.
        """

    @property
    def n_embedded(self) -> int:
        """How many tokens one call of `embed` takes, all its texts together; 0: it cannot embed."""

    @property
    def pooling(self) -> Pooling:
        """Where the vectors of `embed` come from."""

    def embed(self, texts: Sequence[Sequence[int]]) -> Sequence[npt.NDArray[np.float32]]:
        """One vector of length 1 for each text (none of them empty), shape (width,)."""

    def close(self) -> None:
        """Free the model; the backend is of no use afterwards."""

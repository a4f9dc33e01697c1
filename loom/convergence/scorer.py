"""What convergence asks of a model: futures of a history, and how likely given ones are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from loom.records import Measure

TokenIds = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Future:
    """What a model said after a history, at temperature 1 with nothing cut.

    `token_ids` has at most the horizon's length; one that ended has the end's token as its last.
    `log2_probs` has the model's own log-probability of each token, in bits, shape (n,).
    """

    token_ids: TokenIds
    log2_probs: npt.NDArray[np.float64]
    ended: bool


@dataclass(frozen=True, slots=True)
class Item:
    """A text whose probability after a history is wanted."""

    history: TokenIds
    text: TokenIds


class Vectors(NamedTuple):
    """A vector of length 1 for each text, shape (width,), and where they come from."""

    measure: Measure
    rows: Sequence[npt.NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Cost:
    """What answers took: tokens evaluated or drawn, and seconds of the engine's time."""

    n_tokens: int = 0
    elapsed_s: float = 0.0


class ScoringStopped(Exception):  # noqa: N818 - it is no error
    """The person stopped, or the session closes: nothing is wrong, and nothing more is answered."""


class Scorer(Protocol):
    """A model under which futures are judged; calls block until everything asked is answered.

    `ScoringStopped` ends any call when the person stops or the session closes; CannotScoreError
    if the model cannot do what is asked, before anything is computed.
    """

    @property
    def fingerprint(self) -> str:
        """Which model it is."""

    @property
    def document_start(self) -> TokenIds:
        """The token at which this model's documents begin, or nothing if it has none."""

    @property
    def document_end(self) -> TokenIds:
        """The token with which this model's documents end, or nothing if it has none."""

    @property
    def spent(self) -> Cost:
        """What all answers so far took."""

    def futures(
        self, histories: Sequence[TokenIds], n_each: int, horizon: int, seeds: Sequence[int]
    ) -> list[list[Future]]:
        """`n_each` futures of each history with its own seed; one history may stand there twice.

        A longer run with the same seed begins the same.
        """

    def score(self, items: Sequence[Item]) -> list[npt.NDArray[np.float64]]:
        """The log-probability in bits of each token of each text, shape (n,) for each item."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One vector for each text; CannotScoreError if the model has none."""

    def piece(self, token_id: int) -> bytes:
        """The bytes that a token stands for."""

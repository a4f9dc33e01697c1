"""What an engine has answered so far to one request of the judge's."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from loom.engine.events import Pooling
from loom.errors import CannotScoreError, LoomError
from loom.records import TokenColumns


class Said(NamedTuple):
    """A token that was drawn, its bytes and its log-probability in nats: None if there is none."""

    token_id: int
    piece: bytes
    logprob: float | None


@dataclass(slots=True, eq=False)
class Answer:
    """What has come of one request; `done` when nothing more will."""

    n_expected: int
    done: threading.Event = field(default_factory=threading.Event)
    rows: dict[int, list[TokenColumns]] = field(default_factory=dict)
    said: dict[int, list[Said]] = field(default_factory=dict)
    vectors: dict[int, npt.NDArray[np.float32]] = field(default_factory=dict)
    finishes: dict[int, str] = field(default_factory=dict)
    pooling: Pooling = "mean of hidden states"
    failure: LoomError | None = None
    stopped: bool = False


def said_in(tokens: TokenColumns, row: int) -> Said:
    """One row of a step, as little of it as a future needs."""
    logprob = None if tokens.stats is None else float(tokens.stats.logprob[row])
    return Said(int(tokens.ids[row]), tokens.pieces[row], logprob)


def bits_of(tokens: TokenColumns) -> npt.NDArray[np.float64]:
    """The log-probability of each token in bits, shape (n,); CannotScoreError if there is none."""
    if len(tokens) and tokens.stats is None:
        raise cannot_score()
    logprob = np.zeros(0) if tokens.stats is None else tokens.stats.logprob
    return np.asarray(logprob, np.float64) / math.log(2)


def cannot_score() -> CannotScoreError:
    """What there is to say of a model that gives no log-probabilities."""
    return CannotScoreError(
        "This model does not say how likely given texts are, so futures cannot be compared.",
        "Judge with another model; shared words need none.",
    )

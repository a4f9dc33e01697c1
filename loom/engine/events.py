"""What the engine answers. All events of a request carry its id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from loom.records import ModelInfo, Provenance, TokenColumns

BranchFinish = Literal["eos", "stop", "length", "until", "context", "cancelled", "error"]

Pooling = Literal["embedding model", "mean of hidden states"]


@dataclass(frozen=True, slots=True)
class Ready:
    """The model is loaded."""

    model: ModelInfo


@dataclass(frozen=True, slots=True)
class ReadPart:
    """How the model read one text part of a prompt: token ids and the bytes of each."""

    ids: tuple[int, ...]
    pieces: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A request is in the schedule; `parts` tells how each text part was read (else None)."""

    request_id: str
    parts: tuple[ReadPart | None, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Stepped:
    """Decode steps: row i of `tokens` continues `branches[i]` = (request id, branch index).

    Where several steps are told in one, a branch has several rows, in order.
    """

    branches: tuple[tuple[str, int], ...]
    tokens: TokenColumns


@dataclass(frozen=True, slots=True)
class BranchEnded:
    """A branch will get no more tokens; `queue_s` is how long it waited before it could begin.

    `message` says what went wrong if it ends in error.
    """

    request_id: str
    index: int
    finish: BranchFinish
    queue_s: float = 0.0
    message: str = ""


@dataclass(frozen=True, slots=True)
class Covered:
    """A growth that covers the next tokens has seen their law: it grows `n_branches` branches.

    They begin with the `n_branches` likeliest tokens, which hold `mass` of the probability.
    """

    request_id: str
    n_branches: int
    mass: float


@dataclass(frozen=True, slots=True)
class Scored:
    """One item of a `Score`: the tokens of its text, in order, and what the model's law said."""

    request_id: str
    index: int
    tokens: TokenColumns


@dataclass(frozen=True, slots=True, eq=False)
class Embedded:
    """One text of an `Embed` as a vector of length 1, shape (width,), float32."""

    request_id: str
    index: int
    vector: npt.NDArray[np.float32]
    pooling: Pooling


@dataclass(frozen=True, slots=True)
class RequestEnded:
    """Everything that a `Score` or `Embed` asked for has been answered, or it was cancelled."""

    request_id: str
    cancelled: bool


@dataclass(frozen=True, slots=True)
class RequestFailed:
    """A request could not be run, or its rest could not; its open branches have ended."""

    request_id: str
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Gauge:
    """How the engine is doing: its memory now, and what it did since the model was loaded.

    `n_cells_used` of `n_cells` cells of the KV cache hold a token, `n_cells_held` of those are
    kept only to come back to; `n_host_tokens` are kept in the machine's memory, `host_bytes` in
    size. `n_evaluated` tokens were computed and `n_reused` were not, thanks to the cache;
    `n_restored` of those came back from the machine's memory. `n_evictions` sequences left the
    KV cache, `n_compactions` times it was packed.
    """

    n_cells_used: int
    n_cells: int
    n_evaluated: int
    n_reused: int
    n_cells_held: int = 0
    n_host_tokens: int = 0
    host_bytes: int = 0
    n_restored: int = 0
    n_evictions: int = 0
    n_compactions: int = 0


@dataclass(frozen=True, slots=True)
class LoadFailed:
    """The model could not be opened; with `short_bytes` more of memory it could."""

    what: str
    remedy: str
    short_bytes: int = 0


@dataclass(frozen=True, slots=True)
class EngineDied:
    """The engine's process ended; what it was growing is kept as far as it got."""

    what: str
    remedy: str


EngineEvent = (
    Ready
    | Accepted
    | Covered
    | Stepped
    | BranchEnded
    | Scored
    | Embedded
    | RequestEnded
    | RequestFailed
    | Gauge
    | LoadFailed
    | EngineDied
)

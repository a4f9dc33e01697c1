"""What the engine answers. All events of a request carry its id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from loom.records import ModelInfo, Provenance, TokenColumns

BranchFinish = Literal["eos", "length", "context", "cancelled", "error"]


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
    """One decode step: row i of `tokens` continues `branches[i]` = (request id, branch index)."""

    branches: tuple[tuple[str, int], ...]
    tokens: TokenColumns


@dataclass(frozen=True, slots=True)
class BranchEnded:
    """A branch will get no more tokens."""

    request_id: str
    index: int
    finish: BranchFinish


@dataclass(frozen=True, slots=True)
class RequestFailed:
    """A request could not be run, or its rest could not; its open branches have ended."""

    request_id: str
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Gauge:
    """How the engine is doing: cells of the KV cache in use, tokens evaluated and reused so far."""

    n_cells_used: int
    n_cells: int
    n_evaluated: int
    n_reused: int


@dataclass(frozen=True, slots=True)
class LoadFailed:
    """The model could not be opened."""

    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class EngineDied:
    """The engine's process ended; what it was growing is kept as far as it got."""

    what: str
    remedy: str


EngineEvent = (
    Ready | Accepted | Stepped | BranchEnded | RequestFailed | Gauge | LoadFailed | EngineDied
)

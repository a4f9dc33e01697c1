"""Everything that can happen to a tree; live and replayed sessions feed the same stream.

`at` is seconds since the Unix epoch. An event is a fact: it has happened and is committed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from loom.records import Provenance, Sampling, TokenColumns

Mode = Literal["plain", "chat"]
Role = Literal["text", "system", "user", "assistant"]
Finish = Literal["eos", "stop", "length", "until", "context", "cancelled", "error"]


@dataclass(frozen=True, slots=True)
class SessionStarted:
    """A session came to be; `model` is the name or path it was made for.

    `n_ctx` and `gpu_layers` are how it is opened; None lets the engine choose.
    """

    at: float
    title: str
    mode: Mode
    model: str
    loom_version: str
    n_ctx: int | None = None
    gpu_layers: int | None = None


@dataclass(frozen=True, slots=True)
class NodeAdded:
    """A person wrote a text; it is whole from the start."""

    at: float
    node_id: str
    parent_id: str | None
    role: Role
    author: str
    text: bytes


@dataclass(frozen=True, slots=True)
class NodeTokenised:
    """A written text was read as these tokens by the model of that fingerprint."""

    at: float
    node_id: str
    token_ids: tuple[int, ...]
    pieces: tuple[bytes, ...]
    model: str


@dataclass(frozen=True, slots=True)
class GrowthRequested:
    """A person asked for `n_branches` continuations of a node."""

    at: float
    request_id: str
    parent_id: str
    n_branches: int
    max_tokens: int
    sampling: Sampling
    seed: int


@dataclass(frozen=True, slots=True)
class GrowthAccepted:
    """The engine has read the prompt and says how it will run the request."""

    at: float
    request_id: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class BranchOpened:
    """A continuation begins to grow: branch `index` of its request, counted from 0."""

    at: float
    node_id: str
    parent_id: str
    request_id: str
    index: int
    role: Role
    author: str


@dataclass(frozen=True, slots=True)
class TokensAppended:
    """A growing branch became longer; `start` is how many tokens it had before."""

    at: float
    node_id: str
    start: int
    tokens: TokenColumns


@dataclass(frozen=True, slots=True)
class BranchClosed:
    """A branch stopped growing and what is there is kept; `message` says why if it failed."""

    at: float
    node_id: str
    finish: Finish
    message: str = ""


@dataclass(frozen=True, slots=True)
class NodeSelected:
    """The person stands at a node."""

    at: float
    node_id: str


@dataclass(frozen=True, slots=True)
class ModelChosen:
    """From now on the session grows with another model."""

    at: float
    model: str
    mode: Mode


TreeEvent = (
    SessionStarted
    | NodeAdded
    | NodeTokenised
    | GrowthRequested
    | GrowthAccepted
    | BranchOpened
    | TokensAppended
    | BranchClosed
    | NodeSelected
    | ModelChosen
)

"""What the engine can be asked for."""

from __future__ import annotations

from dataclasses import dataclass

from loom.records import Sampling


@dataclass(frozen=True, slots=True)
class LoadSpec:
    """Which model to open and how; None lets the engine choose.

    `n_ctx` is the window of one branch in tokens, `gpu_layers` how many layers go to a GPU
    (None: all that fit). `fingerprint` identifies the file in what is recorded.
    """

    path: str
    fingerprint: str = ""
    n_ctx: int | None = None
    gpu_layers: int | None = None
    n_threads: int | None = None


@dataclass(frozen=True, slots=True)
class TokensPart:
    """A stretch of a prompt that a model of this vocabulary wrote or read before."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TextPart:
    """A stretch of a prompt still to be read; `special` lets the names of special tokens count."""

    text: bytes
    special: bool = False


PromptPart = TokensPart | TextPart


@dataclass(frozen=True, slots=True)
class Grow:
    """Continue one prompt n times; branch i draws from the hash of (seed, i)."""

    request_id: str
    prompt: tuple[PromptPart, ...]
    n_branches: int
    max_tokens: int
    sampling: Sampling
    seed: int
    top_k_records: int = 50


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop a request within one step and keep what it wrote; None stops all."""

    request_id: str | None


Request = Grow | Cancel

"""What the engine can be asked for."""

from __future__ import annotations

from dataclasses import dataclass, field

from loom.records import (
    CacheType,
    Cover,
    Ending,
    FlashAttention,
    Priority,
    RunMode,
    Sampling,
)


@dataclass(frozen=True, slots=True)
class LoadSpec:
    """Which model to open and how; None lets the engine choose.

    `name` is what a person calls it; without one the file's own name is taken.
    `n_ctx` is the window of one branch in tokens, `gpu_layers` how many layers go to a GPU
    (None: all that fit), `device` one of llama.cpp's own names of devices. `fingerprint`
    identifies the file in what is recorded. `host_bytes` bounds what is kept of evicted
    branches in the memory of this machine, `room_bytes` what the model may take of it in all:
    what needs more is refused in a sentence, for the system would give it and end us later.
    """

    path: str
    fingerprint: str = ""
    name: str = ""
    n_ctx: int | None = None
    gpu_layers: int | None = None
    n_threads: int | None = None
    device: str | None = None
    flash_attention: FlashAttention = "auto"
    cache_type: CacheType = "f16"
    host_bytes: int | None = None
    room_bytes: int | None = None


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
    """Continue one prompt n times; branch i draws from the hash of (seed, i).

    With `cover` the first tokens are not drawn but taken in turn, and `n_branches` is how many
    there may be at most.
    """

    request_id: str
    prompt: tuple[PromptPart, ...]
    n_branches: int
    max_tokens: int
    sampling: Sampling
    seed: int
    top_k_records: int = 50
    ending: Ending = field(default_factory=Ending)
    cover: Cover | None = None
    mode: RunMode = "fast"
    priority: Priority = "now"


@dataclass(frozen=True, slots=True)
class ScoreItem:
    """A text whose probability under a history is wanted; the text is read in its place."""

    history: tuple[PromptPart, ...]
    text: tuple[PromptPart, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """Log-probabilities and statistics of given texts; item i is answered by `Scored` i.

    Items that begin alike share their beginning in the cache.
    """

    request_id: str
    items: tuple[ScoreItem, ...]
    top_k_records: int = 50
    priority: Priority = "now"


@dataclass(frozen=True, slots=True)
class Embed:
    """One vector for each text; text i is answered by `Embedded` i."""

    request_id: str
    texts: tuple[tuple[PromptPart, ...], ...]
    priority: Priority = "now"


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop a request within one step and keep what it wrote; None stops all."""

    request_id: str | None


Request = Grow | Score | Embed | Cancel

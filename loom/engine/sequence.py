"""What is in flight: a text that is read once, one request being grown, one continuation of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from loom.engine.backend import Sampler
from loom.engine.events import BranchFinish
from loom.engine.memory import Memory
from loom.engine.request import Grow
from loom.engine.stopping import StopWatch, Verdict

RANDOM_SEED = 0xFFFFFFFF
"""The seed that llama.cpp replaces by one of its own choice."""


def branch_seed(seed: int, index: int) -> int:
    """The seed of branch `index`: the first 8 of 16 are the 8 of 8, and two seeds share none."""
    digest = hashlib.sha256(f"loom branch {seed} {index}".encode()).digest()
    value = int.from_bytes(digest[:4], "little")
    return value if value != RANDOM_SEED else 0


@dataclass(slots=True, eq=False)
class Reading:
    """Tokens that are evaluated once, in chunks, for others to share.

    `n_held` of them are evaluated; `sequence` is None while there is no room to begin.
    """

    tokens: list[int]
    sequence: int | None = None
    n_held: int = 0

    @property
    def whole(self) -> bool:
        """Whether all of it is evaluated."""
        return self.sequence is not None and self.n_held == len(self.tokens)


@dataclass(slots=True, eq=False)
class Growth:
    """A request between acceptance and its last branch.

    All of the prompt but its last token is evaluated once, as `trunk`; every branch shares it
    and evaluates the last token itself, because only that gives it a law to draw from. A growth
    that covers the next tokens evaluates the whole prompt once, and its branches begin with
    `firsts`. `waiting` are the indices of branches that have not begun; `most_tokens` is how
    long a branch may become before the window is full.
    """

    request: Grow
    prompt: list[int]
    accepted_s: float
    most_tokens: int
    trunk: Reading
    waiting: list[int]
    firsts: list[int] | None = None
    branches: list[Continuation] = field(default_factory=list)

    @property
    def wants_cover(self) -> bool:
        """Whether its first tokens are to be taken from a law that has not been seen yet."""
        return self.request.cover is not None and self.firsts is None

    @property
    def rests(self) -> bool:
        """Whether it holds room, but nothing of it is being written."""
        return self.trunk.sequence is not None and not self.branches

    def suspend(self, memory: Memory) -> None:
        """Give the room of the prompt back; branches that have not begun wait for it again."""
        assert self.rests
        assert self.trunk.sequence is not None
        memory.release(self.trunk.sequence)
        self.trunk.sequence, self.trunk.n_held = None, 0

    @property
    def ended(self) -> bool:
        """Whether no branch grows or waits, and none is still to be found."""
        return not (self.branches or self.waiting or self.wants_cover)


def finish_of(
    growth: Growth, verdict: Verdict, n_tokens: int, *, ends_text: bool
) -> BranchFinish | None:
    """How a branch of so many tokens ends with the last of them, if it does."""
    if ends_text:
        return "eos"
    if verdict == "stop after":
        return "stop"
    if verdict == "until after":
        return "until"
    if n_tokens < growth.most_tokens:
        return None
    return "length" if n_tokens == growth.request.max_tokens else "context"


@dataclass(slots=True, eq=False)
class Continuation:
    """One branch: the sequence it is written in, the token to evaluate next, and its dice."""

    growth: Growth
    index: int
    sequence: int
    sampler: Sampler
    watch: StopWatch
    next_token: int
    position: int
    queue_s: float
    n_tokens: int = 0

    @property
    def n_left(self) -> int:
        """Tokens that it may still get."""
        return self.growth.most_tokens - self.n_tokens

    @property
    def may_end(self) -> bool:
        """Whether the model may end its text with the next token."""
        return self.n_tokens >= self.growth.request.ending.min_tokens

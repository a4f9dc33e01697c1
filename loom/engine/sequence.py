"""What is in flight: one request being grown, and one continuation of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from loom.engine.backend import Sampler
from loom.engine.request import Grow

RANDOM_SEED = 0xFFFFFFFF
"""The seed that llama.cpp replaces by one of its own choice."""


def branch_seed(seed: int, index: int) -> int:
    """The seed of branch `index`: the first 8 of 16 are the 8 of 8, and two seeds share none."""
    digest = hashlib.sha256(f"loom branch {seed} {index}".encode()).digest()
    value = int.from_bytes(digest[:4], "little")
    return value if value != RANDOM_SEED else 0


@dataclass(slots=True, eq=False)
class Growth:
    """A request between acceptance and its last branch.

    All of the prompt but its last token is evaluated once, into `trunk`; every branch shares it
    and evaluates the last token itself, because only that gives it a law to draw from.
    `most_tokens` is how long a branch may become before the window is full.
    """

    request: Grow
    prompt: list[int]
    accepted_s: float
    most_tokens: int
    trunk: int | None = None
    n_started: int = 0
    branches: list[Continuation] = field(default_factory=list)

    @property
    def n_trunk(self) -> int:
        """How many tokens the trunk holds when it is whole."""
        return len(self.prompt) - 1

    @property
    def n_waiting(self) -> int:
        """Branches that have not begun."""
        return self.request.n_branches - self.n_started

    @property
    def ended(self) -> bool:
        """Whether no branch grows or waits."""
        return not self.branches and not self.n_waiting


@dataclass(slots=True, eq=False)
class Continuation:
    """One branch: the sequence it is written in, the token to evaluate next, and its dice."""

    growth: Growth
    index: int
    sequence: int
    sampler: Sampler
    next_token: int
    position: int
    n_tokens: int = 0

    @property
    def n_left(self) -> int:
        """Tokens that it may still get."""
        return self.growth.most_tokens - self.n_tokens

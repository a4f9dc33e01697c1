"""What a benchmark finds out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from loom.engine.events import Gauge
from loom.records import StepCosts

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Measured:
    """What is being measured, and on what."""

    model: str
    device: str
    n_threads: int


@dataclass(frozen=True, slots=True)
class Run:
    """Tokens per second of `n_branches` branches, each that of its quickest round."""

    n_branches: int
    prefix: int
    n_tokens: int
    tok_per_s: float
    bare_decode_tok_per_s: float
    sequential_tok_per_s: float


@dataclass(frozen=True, slots=True)
class Regrow:
    """Growing again from every leaf of a tree, in random order; the most and the median over them.

    `n_evaluated_tokens` is how many were evaluated before the first new token could be drawn,
    `n_restored_tokens` how many came back from the machine's memory, `first_token_steps` the time
    until that token in decode steps of one branch.
    """

    n_leaves: int
    n_evaluated_tokens: int
    n_restored_tokens: int
    first_token_steps: float


@dataclass(frozen=True, slots=True)
class ModelResult:
    """All that is measured of one model."""

    model: str
    device: str
    n_threads: int
    runs: tuple[Run, ...]
    step: StepCosts
    regrow: Regrow
    regrow_from_host: Regrow
    memory: Gauge


Found = Measured | Run | ModelResult
"""What is known of a model, in this order."""

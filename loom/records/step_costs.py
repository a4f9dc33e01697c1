"""Where the time of a step goes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StepCosts:
    """Milliseconds of one step of `n_branches` branches in the engine's process: means.

    `overhead_ms` is all that is neither llama.cpp nor sampling nor records: scheduling, the
    memory's bookkeeping, events.
    """

    n_branches: int
    decode_ms: float
    sampling_ms: float
    records_ms: float
    overhead_ms: float

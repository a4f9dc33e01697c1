"""How much judging may cost, and whether it has."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from loom.convergence.scorer import Cost


@dataclass(frozen=True, slots=True)
class Budget:
    """Tokens evaluated or drawn, or seconds of the engine's time, at most; None sets no bound.

    `tokens_per_s` is the pace as it was before, until there is one of this run.
    """

    n_tokens: int | None = None
    seconds: float | None = None
    tokens_per_s: float | None = None

    def in_tokens(self, now: Cost) -> float:
        """How many tokens it buys, at the pace so far; without a bound infinitely many."""
        bounds = [] if self.n_tokens is None else [float(self.n_tokens)]
        pace = now.n_tokens / now.elapsed_s if now.elapsed_s > 0 else self.tokens_per_s
        if self.seconds is not None and pace is not None:
            bounds.append(self.seconds * pace)
        return min(bounds, default=inf)

    def share_spent(self, begun: Cost, now: Cost) -> float:
        """How much of it is gone since it began, 0 to 1 and more; 0 without a bound."""
        tokens = 0.0
        if self.n_tokens is not None:
            tokens = (now.n_tokens - begun.n_tokens) / max(1, self.n_tokens)
        seconds = 0.0
        if self.seconds is not None:
            seconds = (now.elapsed_s - begun.elapsed_s) / max(1e-9, self.seconds)
        return max(tokens, seconds)

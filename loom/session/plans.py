"""Growing at many places at once: what is to be grown, what it comes to, how far it is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from loom.session.settings import GrowSettings


@dataclass(frozen=True, slots=True)
class Plan:
    """Grow at each of these nodes, then from the end of every new branch, `depth` levels in all.

    Each place gets `settings.n_branches` branches. `budget` is how many tokens may be grown in
    all; None sets no bound. A branch that came to its own end is not grown from.
    """

    node_ids: tuple[str, ...]
    settings: GrowSettings
    depth: int = 1
    budget: int | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a plan comes to if no branch ends before its greatest length.

    `seconds` is None where nothing has been measured yet.
    """

    n_requests: int
    n_branches: int
    n_tokens: int
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far all that grows is; the totals are what it may come to, and fall as branches end.

    `is_planned` says that more is to follow than the branches that have been asked for.
    """

    n_ended: int
    n_branches: int
    n_tokens: int
    most_tokens: int
    is_planned: bool


def estimated(plan: Plan, rate: float | None) -> Estimate:
    """What a plan comes to, at `rate` tokens a second; whole branches first, as a budget allows."""
    width, longest = plan.settings.n_branches, plan.settings.max_tokens
    n_left = None if plan.budget is None else -(-plan.budget // longest)
    n_requests = n_branches = 0
    n_places = len(plan.node_ids)
    for _ in range(plan.depth):
        n_here = n_places * width if n_left is None else min(n_places * width, n_left - n_branches)
        n_requests += -(-n_here // width)
        n_branches += n_here
        n_places = n_here
    n_tokens = n_branches * longest
    if plan.budget is not None:
        n_tokens = min(n_tokens, plan.budget)
    return Estimate(n_requests, n_branches, n_tokens, n_tokens / rate if rate else None)


_HUGE = 10**9


def told(estimate: Estimate) -> str:
    """An estimate in words, without a full stop."""
    words = f"up to {_counted(estimate.n_branches, 'branch', 'branches')}"
    words += f" and {_counted(estimate.n_tokens, 'token', 'tokens')}"
    return words if estimate.seconds is None else f"{words}, {_lasting(estimate.seconds)}"


def _counted(n: int, one: str, many: str) -> str:
    return f"over a billion {many}" if n > _HUGE else f"{n:,} {one if n == 1 else many}"


def _lasting(seconds: float) -> str:
    """How long in words: nobody plans by the second what takes hours."""
    if seconds < 1:
        return "less than a second"
    for size, unit, most in ((1, "s", 100), (60, "min", 100), (3_600, "hours", 48)):
        if seconds < size * most:
            return f"about {seconds / size:.0f} {unit}"
    return f"about {min(seconds / 86_400, _HUGE):,.0f} days"


def seed_within(seed: int, index: int) -> int:
    """The seed of place `index` within what has this seed, so that one number grows a whole plan.

    It depends on the place alone, not on which branch happened to be finished first.
    """
    digest = hashlib.sha256(f"loom plan {seed} {index}".encode()).digest()
    return int.from_bytes(digest[:4], "little") >> 1

"""What the status line says of judging: what was found, what it cost, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence

from loom.records import Join, JudgingCost
from loom.session.judging.service import JudgingStatus


def found_told(joins: Sequence[Join]) -> list[str]:
    """How many joins there are; the rule under the branches says what else was found."""
    n = sum(join.verdict == "joined" and not join.denied for join in joins)
    return [f"joins {n:,}"] if n else []


def judging_told(status: JudgingStatus, why_not: str | None) -> list[str]:
    """How far judging is and what it bought, or why nothing is judged unasked."""
    if bought := _bought(status):
        return [bought]
    return [] if why_not is None else [f"not judging: {why_not}"]


def _bought(status: JudgingStatus) -> str:
    spent = status.spent
    if status.running:
        return f"judging, {_pairs(spent)}" if spent.n_judged else "judging"
    if not spent.n_judged:
        return ""
    return f"judged {_pairs(spent)}, {spent.elapsed_s:.1f} s"


def _pairs(spent: JudgingCost) -> str:
    """Such as: 14 of 60 pairs."""
    of = f" of {spent.n_pairs:,}" if spent.n_pairs > spent.n_judged else ""
    one = spent.n_judged == 1 and not of
    return f"{spent.n_judged:,}{of} pair{'' if one else 's'}"

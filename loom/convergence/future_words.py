"""What futures say of branches, in one sentence each, in the words of a person."""

from __future__ import annotations

from collections.abc import Sequence

from loom.convergence.sentence import MOST_NAMES
from loom.records import JoinKind, JudgeSettings, PredictiveEvidence

SAID_BEFORE: dict[JoinKind, str] = {
    "full": "Same words and same gist before it.",
    "paraphrase": "Same gist before it, in other words.",
    "same_road": "Same words before it.",
    "hidden": "Nothing in common before it: only what follows says so.",
}
_MOST_QUOTED = 3

ALIKE: dict[JoinKind, str] = {
    "look_alike": "say the same words and the same gist",
    "echo": "say the same words",
    "same_gist": "have the same gist",
}


def one_road(
    names: Sequence[str], n_branches: int, n_compared: int, kind: JoinKind, e: PredictiveEvidence
) -> str:
    """Branches that meet. Of more than two, those compared with each other are meant."""
    whose = "which of the two it was" if len(names) == 2 else "between any two compared"
    if e.both_end:
        return (
            f"{_who(names)} ({n_branches} of {n_compared}) are about to end here, "
            f"and that is all they have in common."
        )
    return (
        f"{_who(names)} ({n_branches} of {n_compared}) are one road from here: for the next "
        f"{e.horizon} tokens the best guess {whose} is right {_in_100(e.best_guess)} times in 100 "
        f"({_beside(e)}). {SAID_BEFORE[kind]}"
    )


def not_one_road(names: Sequence[str], kind: JoinKind, e: PredictiveEvidence) -> str:
    """Branches that seem to meet and do not."""
    words = [told.word for told in e.telling[:_MOST_QUOTED]]
    telling = f", such as {_quoted(words)}" if words else ""
    return (
        f"{_who(names)} {ALIKE[kind]} but are not one road: what follows{telling} tells them "
        f"apart {_in_100(e.best_guess)} times in 100 ({_beside(e)})."
    )


def apart(names: Sequence[str], e: PredictiveEvidence) -> str:
    """Branches that were asked about and do not meet."""
    return (
        f"{_who(names)} are not one road: what follows tells them apart "
        f"{_in_100(e.best_guess)} times in 100 ({_beside(e)})."
    )


def cannot_tell(names: Sequence[str], e: PredictiveEvidence, settings: JudgeSettings) -> str:
    """Branches that need more looks."""
    under = joined_under(e, settings)
    return (
        f"Cannot tell yet whether {_and(names)} meet: best guess {_in_100(e.best_guess)} in 100, "
        f"could be {_in_100(e.best_guess_low)} to {_in_100(e.best_guess_high)}, and a join needs "
        f"all of it under {_in_100(under)}, after {e.n_futures} looks."
    )


def joined_under(e: PredictiveEvidence, settings: JudgeSettings) -> float:
    """The best guess under which all of the interval has to lie for a join, in [1/2, 1]."""
    floor = 2 * e.same_place_twice - 1
    return (1 + floor + settings.joined_below * (1 - floor)) / 2


def _beside(e: PredictiveEvidence) -> str:
    return f"chance 50, same place twice {_in_100(e.same_place_twice)}"


def _in_100(share: float) -> str:
    return f"{100 * share:.0f}"


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"“{word}”" for word in words)


def _who(names: Sequence[str]) -> str:
    return f"Branches {_and(names)}"


def _and(names: Sequence[str]) -> str:
    shown = list(names)
    if len(names) > MOST_NAMES:
        shown = [*names[: MOST_NAMES - 1], f"{len(names) - MOST_NAMES + 1} more"]
    return f"{', '.join(shown[:-1])} and {shown[-1]}"

"""What one round of judging futures found, as it is kept in the session."""

from __future__ import annotations

from dataclasses import dataclass, field

from loom.records.join import FloorSource, Judged, JudgeSettings


@dataclass(frozen=True, slots=True)
class FloorFound:
    """How well a model tells a place from itself: a total variation in [0, 1] and its bounds.

    The bounds err with the chance `doubt`; `n_looks` futures were looked at for it, 0 if nobody
    wrote it down.
    """

    value: float
    low: float
    high: float
    source: FloorSource
    doubt: float = 0.05
    n_looks: int = 0


@dataclass(frozen=True, slots=True)
class JudgingCost:
    """What a run of the judge bought so far, and for how much.

    `n_judged` pairs were compared of `n_pairs` that may meet; `n_tokens` were drawn or scored for
    it, in `elapsed_s` seconds of the engine.
    """

    n_judged: int = 0
    n_pairs: int = 0
    n_tokens: int = 0
    elapsed_s: float = 0.0


@dataclass(frozen=True, slots=True)
class JudgedRound:
    """Comparisons made in a row by the model of that fingerprint and name.

    `n_not_reached` places might meet another and were not looked at when the budget was spent.
    `spent` is what this run of the judge had cost by then.
    """

    model: str
    model_name: str
    settings: JudgeSettings
    floor: FloorFound
    judged: tuple[Judged, ...]
    n_not_reached: int
    spent: JudgingCost = field(default_factory=JudgingCost)

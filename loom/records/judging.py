"""What one round of judging futures found, as it is kept in the session."""

from __future__ import annotations

from dataclasses import dataclass

from loom.records.join import FloorSource, Judged, JudgeSettings


@dataclass(frozen=True, slots=True)
class FloorFound:
    """How well a model tells a place from itself: a total variation in [0, 1] and its bounds."""

    value: float
    low: float
    high: float
    source: FloorSource


@dataclass(frozen=True, slots=True)
class JudgedRound:
    """Comparisons made in a row by the model of that fingerprint and name.

    `n_not_reached` places might meet another and were not looked at when the budget was spent.
    """

    model: str
    model_name: str
    settings: JudgeSettings
    floor: FloorFound
    judged: tuple[Judged, ...]
    n_not_reached: int

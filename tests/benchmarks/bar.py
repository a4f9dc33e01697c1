"""A row of a table of figures, each with the bound it has to keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Bar:
    """A figure, its bound, and what else there is to say of it; without a bound it is only told."""

    name: str
    value: float
    bound: float | None = None
    side: Literal["at most", "at least"] = "at least"
    note: str = ""

    @property
    def line(self) -> str:
        """A row of the table."""
        holds = self.bound is None or (
            self.value >= self.bound if self.side == "at least" else self.value <= self.bound
        )
        asked = "" if self.bound is None else f"{self.side} {self.bound:g}"
        verdict = "" if self.bound is None else ("holds" if holds else "MISSED")
        return f"| {self.name} | {self.value:.3f} | {asked} | {verdict} | {self.note} |"

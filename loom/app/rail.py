"""The rail: the line at the side that shows which rows lead into one join."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Rail:
    """The rows on which it stops, from 0; it is whole for a join and broken for anything weaker.

    ╮A    ┄a
    │     ┊
    ┤A    ┄a
    ╯A
    """

    stops: frozenset[int] = field(default_factory=frozenset)
    is_whole: bool = True

    @classmethod
    def through(cls, rows: Iterable[int], *, is_whole: bool) -> Rail:
        """The rail that stops on these rows."""
        return cls(frozenset(rows), is_whole)

    def at(self, row: int) -> str:
        """What is drawn on a row: one cell."""
        if len(self.stops) < 2 or not min(self.stops) <= row <= max(self.stops):
            return " "
        stops = row in self.stops
        if not self.is_whole:
            return "┄" if stops else "┊"
        if not stops:
            return "│"
        return "╮" if row == min(self.stops) else "╯" if row == max(self.stops) else "┤"

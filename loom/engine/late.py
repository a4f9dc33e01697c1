"""Steps whose statistics are computed during the next batch, told once they are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from loom.engine.backend import Coming
from loom.engine.events import EngineEvent, Stepped


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A step without the statistics of its tokens, which are still being computed."""

    step: Stepped
    coming: Coming

    def finish(self) -> Stepped:
        """The whole step; waits for its statistics, and raises what went wrong with them."""
        tokens = replace(self.step.tokens, stats=self.coming())
        return Stepped(self.step.branches, tokens)


Told = EngineEvent | Unfinished
"""What came of a batch, some of it perhaps not yet whole."""


class Late:
    """Keeps what came of a batch, in its order, until its statistics are computed."""

    def __init__(self) -> None:
        self._told: list[Told] = []

    @property
    def can_wait(self) -> bool:
        """Whether something is still being computed, so that another batch may go first."""
        return any(isinstance(one, Unfinished) for one in self._told)

    def keep(self, told: Sequence[Told]) -> None:
        """Take what came of a batch; what came of the one before must have been taken out."""
        assert not self._told
        self._told = list(told)

    def take(self) -> list[EngineEvent]:
        """All that is kept, whole."""
        told, self._told = self._told, []
        return [one.finish() if isinstance(one, Unfinished) else one for one in told]

"""Judging that nobody asked for: after each growth, for a quarter of the time that it took."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from loom.convergence.budget import Budget
from loom.engine.request import LoadSpec
from loom.errors import CannotScoreError, LoomError, UsageError
from loom.session.judging.scope import Asked
from loom.session.judging.service import Judging
from loom.session.judging.usual import POWER, usual_after, why_not_unasked
from loom.session.settings import ModelStatus
from loom.tree.events import BranchClosed, BranchOpened, TreeEvent
from loom.tree.graph import Tree

ASKED_S = 15.0
"""What a person who asks for it now spends, in seconds."""


class Unasked:
    """Watches what grows, and has its ends compared when it has ended.

    Belongs to the thread that owns the tree: `take` hears what happens, not what is read from a
    file, and `advance` is to be called when there is no more news. A model is never loaded for it,
    and what a person asks the engine for goes before it.
    """

    def __init__(
        self,
        tree: Tree,
        judging: Judging,
        judge: Callable[[Asked], None],
        spec: Callable[[], LoadSpec],
        status: Callable[[], ModelStatus],
        power: Path = POWER,
    ) -> None:
        self._tree = tree
        self._judging = judging
        self._judge = judge
        self._spec = spec
        self._status = status
        self._power = power
        self._growing: set[str] = set()
        self._since = 0.0
        self._grown_s = 0.0
        self._grown_at: str | None = None
        self._cannot: dict[str, str] = {}

    @property
    def why_not(self) -> str | None:
        """Why nothing is compared unasked, in words; None if it is, or no model is there."""
        model = self._status().model
        if model is None:
            return None
        return self._cannot.get(model.fingerprint) or why_not_unasked(model, self._power)

    def take(self, event: TreeEvent) -> None:
        """Something happened."""
        match event:
            case BranchOpened():
                if not self._growing:
                    self._since = event.at
                    self._make_ready()
                self._growing.add(event.node_id)
            case BranchClosed() if event.node_id in self._growing:
                self._growing.discard(event.node_id)
                if event.finish in ("cancelled", "error"):
                    return
                self._grown_at = self._tree.node(event.node_id).parent_id
                if not self._growing:
                    self._grown_s += max(0.0, event.at - self._since)
            case _:
                pass

    def advance(self) -> None:
        """Begin what is due, unless something speaks against it."""
        self._learn()
        at = self._grown_at
        if self._growing or at is None:
            return
        grown_s, self._grown_s, self._grown_at = self._grown_s, 0.0, None
        if self._status().state != "ready" or self.why_not is not None:
            return
        # Branches of which no two can meet are nobody's mistake.
        with suppress(LoomError):
            self._judge(usual_after(self._tree, at, grown_s))

    def check_now(self, node_id: str) -> None:
        """Compare the ways on from a node, or beside it, whatever spoke against it unasked.

        LoomError if nothing can be compared.
        """
        asked = usual_after(self._tree, node_id, 0.0)
        if len(asked.node_ids or ()) < 2:
            raise UsageError(
                "There is one way on from here, and it takes two to meet.", "Grow more."
            )
        self._judge(replace(asked, budget=Budget(seconds=ASKED_S)))

    def _make_ready(self) -> None:
        if self._status().model is not None and self.why_not is None:
            # A model that is gone is told of by who needs it.
            with suppress(LoomError):
                self._judging.make_ready(self._spec())

    def _learn(self) -> None:
        """A model that cannot say how likely texts are is not asked again."""
        model, failure = self._status().model, self._judging.failure
        if model is not None and isinstance(failure, CannotScoreError):
            self._cannot[model.fingerprint] = "this model cannot score texts"

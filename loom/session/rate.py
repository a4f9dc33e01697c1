"""How fast a model has grown text here, measured from what happened."""

from __future__ import annotations

from loom.tree.events import BranchClosed, BranchOpened, GrowthAccepted, TokensAppended, TreeEvent

_FEWEST_TOKENS = 32
_SHORTEST_S = 0.05
"""Less than this says more of starting than of growing."""


class RateMeter:
    """Tokens a second over the last stretch in which a model was growing without a pause.

    Exact growing, a branch at a time, is not counted. It hears a session's events, also those
    that are read from a file, so that a session that is opened again knows how fast it was.
    """

    def __init__(self) -> None:
        self._rates: dict[str, float] = {}
        self._models: dict[str, str] = {}
        self._open: set[str] = set()
        self._model: str | None = None
        self._since = 0.0
        self._n_tokens = 0

    def rate(self, fingerprint: str) -> float | None:
        """Tokens a second of the model with this fingerprint, None before it has grown any."""
        return self._rates.get(fingerprint)

    def take(self, event: TreeEvent) -> None:
        """Something happened."""
        match event:
            case GrowthAccepted() if event.provenance.mode == "fast":
                self._models[event.request_id] = event.provenance.model.fingerprint
            case BranchOpened():
                if not self._open:
                    self._since, self._n_tokens = event.at, 0
                    self._model = self._models.get(event.request_id)
                self._open.add(event.node_id)
            case TokensAppended():
                self._n_tokens += len(event.tokens)
            case BranchClosed():
                self._open.discard(event.node_id)
                if not self._open:
                    self._measure(event.at)
            case _:
                pass

    def _measure(self, until: float) -> None:
        elapsed_s = until - self._since
        is_enough = self._n_tokens >= _FEWEST_TOKENS and elapsed_s >= _SHORTEST_S
        if self._model is not None and is_enough:
            self._rates[self._model] = self._n_tokens / elapsed_s

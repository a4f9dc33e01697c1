"""An engine that is asked one thing at a time, by whoever waits for the answer."""

from __future__ import annotations

import queue
from types import TracebackType

from loom.engine.client import Connect
from loom.engine.events import (
    BranchEnded,
    Covered,
    EngineDied,
    EngineEvent,
    LoadFailed,
    Ready,
    RequestEnded,
    RequestFailed,
)
from loom.engine.request import Embed, Grow, LoadSpec, Score
from loom.errors import EngineDiedError, LoomError
from loom.records import ModelInfo


class Asking:
    """Opens a model and holds it until it is closed; LoomError if it cannot be opened."""

    def __init__(self, connect: Connect, spec: LoadSpec) -> None:
        self._heard: queue.SimpleQueue[tuple[EngineEvent, ...]] = queue.SimpleQueue()
        self._client = connect(spec, self._heard.put)
        self.model: ModelInfo
        try:
            while not any(isinstance(event, Ready) for event in self._next()):
                pass
        except BaseException:
            self._client.close()
            raise

    def __enter__(self) -> Asking:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free the model."""
        self._client.close()

    def ask(self, request: Grow | Score | Embed) -> list[EngineEvent]:
        """All that the engine answers; LoomError if it cannot, or no longer."""
        answers: list[EngineEvent] = []
        n_left = request.n_branches if isinstance(request, Grow) else 1
        self._client.submit(request)
        while n_left > 0:
            for event in self._next():
                if getattr(event, "request_id", request.request_id) != request.request_id:
                    continue
                answers.append(event)
                match event:
                    case RequestFailed():
                        raise LoomError(event.what, event.remedy)
                    case Covered():
                        n_left += event.n_branches - request.n_branches  # type: ignore[union-attr]
                    case BranchEnded() | RequestEnded():
                        n_left -= 1
        return answers

    def _next(self) -> tuple[EngineEvent, ...]:
        events = self._heard.get()
        for event in events:
            match event:
                case Ready():
                    self.model = event.model
                case LoadFailed():
                    raise LoomError(event.what, event.remedy)
                case EngineDied():
                    raise EngineDiedError(event.what, event.remedy)
        return events

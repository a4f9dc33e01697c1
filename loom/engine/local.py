"""Engines in this process: one on a thread of its own, one that a test steps by hand."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

from loom.engine.backend import Backend
from loom.engine.client import Listener
from loom.engine.engine import Engine
from loom.engine.events import EngineDied, EngineEvent, LoadFailed, Ready
from loom.engine.request import Request
from loom.errors import LoomError


class LocalEngine:
    """An engine on a thread of this process, for backends that cannot abort it.

    A mistake in one ends the thread, and the listener gets `EngineDied` as from a process.
    """

    def __init__(self, make_backend: Callable[[], Backend], listener: Listener) -> None:
        self._requests: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._thread = threading.Thread(
            target=self._run, args=(make_backend, listener), name="loom engine", daemon=True
        )
        self._thread.start()

    def submit(self, request: Request) -> None:
        """Hand over a request."""
        self._requests.put(request)

    def close(self) -> None:
        """Unload the model and end."""
        self._requests.put(None)
        self._thread.join()

    def _run(self, make_backend: Callable[[], Backend], listener: Listener) -> None:
        try:
            backend = make_backend()
        except LoomError as error:
            listener((LoadFailed(error.what, error.remedy),))
            return
        listener((Ready(backend.info),))
        was_told_to_end = False
        try:
            engine = Engine(backend)
            while (events := self._turn(engine)) is not None:
                if events:
                    listener(tuple(events))
            was_told_to_end = True
        finally:
            if not was_told_to_end:
                listener((_death(backend),))
            backend.close()

    def _turn(self, engine: Engine) -> list[EngineEvent] | None:
        """Take the next request, waiting only if there is nothing to do; None at the end."""
        try:
            request = self._requests.get(block=not engine.busy)
        except queue.Empty:
            return engine.step()
        return None if request is None else engine.submit(request)


def _death(backend: Backend) -> EngineDied:
    return EngineDied(
        f"{backend.info.name} came upon a mistake in loom itself and was stopped.",
        "What was written is kept. Growing starts it again.",
    )


class SteppedEngine:
    """An engine that moves only when told to: `step` evaluates one batch and reports it."""

    def __init__(self, backend: Backend, listener: Listener) -> None:
        self._backend = backend
        self._engine = Engine(backend)
        self._listener = listener
        listener((Ready(backend.info),))

    @property
    def busy(self) -> bool:
        """Whether a step would do anything."""
        return self._engine.busy

    def submit(self, request: Request) -> None:
        """Take a request at once."""
        self._report(self._engine.submit(request))

    def step(self, n_steps: int = 1) -> None:
        """Evaluate so many batches."""
        for _ in range(n_steps):
            self._report(self._engine.step())

    def close(self) -> None:
        """Unload the model."""
        self._backend.close()

    def _report(self, events: list[EngineEvent]) -> None:
        if events:
            self._listener(tuple(events))

"""How the rest of loom talks to an engine, wherever it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from loom.engine.events import EngineEvent
from loom.engine.request import LoadSpec, Request

Listener = Callable[[tuple[EngineEvent, ...]], None]
"""Called from the engine's own reading thread with the events of one step, in order."""


class EngineClient(Protocol):
    """A running engine with one model; `submit` and `close` may be called from any thread."""

    def submit(self, request: Request) -> None:
        """Hand over a request; everything about it is answered through the listener."""

    def close(self) -> None:
        """Unload the model and end; the listener is not called afterwards."""


Connect = Callable[[LoadSpec, Listener], EngineClient]
"""Starts an engine; loading happens behind it and ends in `Ready` or `LoadFailed`."""

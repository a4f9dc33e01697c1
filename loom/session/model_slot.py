"""The session's model: found by name, loaded when first needed, watched while it works."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import replace
from pathlib import Path

from loom.engine.client import Connect, EngineClient, Listener
from loom.engine.events import EngineDied, EngineEvent, Gauge, LoadFailed, Ready, Stepped
from loom.engine.request import LoadSpec, Request
from loom.models.discovery import find_model
from loom.models.gguf_file import fingerprint
from loom.session.settings import ModelStatus

RATE_WINDOW_S = 1.0


class ModelSlot:
    """Room for one engine. `submit` starts it if it does not run; its events go to `hear`.

    Opening finds the file but loads nothing.
    """

    def __init__(self, connect: Connect, hear: Listener) -> None:
        self._connect = connect
        self._hear = hear
        self._lock = threading.Lock()
        self._client: EngineClient | None = None
        self._status = ModelStatus()
        self._recent: deque[tuple[float, int]] = deque()

    @property
    def status(self) -> ModelStatus:
        """The engine now."""
        status = self._status
        return replace(status, tokens_per_s=self._rate()) if status.state == "ready" else status

    def name(self, model: str) -> None:
        """Say which model would be loaded."""
        if self._status.state == "unloaded":
            self._status = ModelStatus(name=Path(model).stem)

    def load(self, spec: LoadSpec) -> None:
        """Begin to load the model; nothing if it is there."""
        with self._lock:
            if self._client is None:
                self._status = ModelStatus("loading", Path(spec.path).stem)
                self._client = self._connect(spec, self._listen)
                # It may have failed before we could take hold of it.
                if self._status.state == "failed":
                    self._client = None

    def submit(self, spec: LoadSpec, request: Request) -> None:
        """Hand a request to the engine, starting it first if need be."""
        self.load(spec)
        client = self._client
        if client is not None:
            client.submit(request)

    def tell(self, request: Request) -> None:
        """Hand a request to the engine if it runs."""
        if self._client is not None:
            self._client.submit(request)

    def unload(self) -> None:
        """Free the model; returns when it is gone."""
        with self._lock:
            client, self._client = self._client, None
            self._status = ModelStatus(name=self._status.name)
        if client is not None:
            client.close()

    def _listen(self, events: tuple[EngineEvent, ...]) -> None:
        for event in events:
            self._notice(event)
        self._hear(events)

    def _notice(self, event: EngineEvent) -> None:
        match event:
            case Ready(model):
                self._status = ModelStatus("ready", model.name, model, n_cells=model.n_cells)
            case Gauge():
                self._status = replace(
                    self._status,
                    n_cells_used=event.n_cells_used,
                    n_cells=event.n_cells,
                    n_evaluated=event.n_evaluated,
                    n_reused=event.n_reused,
                )
            case Stepped():
                self._recent.append((time.monotonic(), len(event.branches)))
            case LoadFailed() | EngineDied():
                self._client = None
                self._status = ModelStatus("failed", self._status.name)

    def _rate(self) -> float:
        since = time.monotonic() - RATE_WINDOW_S
        while self._recent and self._recent[0][0] < since:
            self._recent.popleft()
        return sum(n for _, n in list(self._recent)) / RATE_WINDOW_S


def load_spec(model: str, n_ctx: int | None, gpu_layers: int | None) -> LoadSpec:
    """How to open a model by name or path; ModelFileError if there is none."""
    path = find_model(model).path
    return LoadSpec(str(path), fingerprint(path), n_ctx, gpu_layers)

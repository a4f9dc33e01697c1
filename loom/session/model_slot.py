"""One model of a session: the engine that has it, and how it is doing."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field, replace
from pathlib import Path

from loom.engine.client import EngineClient
from loom.engine.events import EngineDied, EngineEvent, Gauge, LoadFailed, Ready, Stepped
from loom.engine.request import Cancel, LoadSpec, Request
from loom.models.split import model_stem, part_paths
from loom.records import Opening
from loom.session.model_source import find_source
from loom.session.settings import ModelStatus

RATE_WINDOW_S = 1.0


@dataclass(frozen=True, slots=True)
class FileStamp:
    """What changes of a model's files when they do, all parts together: cheap to look at."""

    parts: tuple[tuple[str, int, int, int], ...]

    @classmethod
    def of(cls, path: Path) -> FileStamp:
        """Each part's path, size in bytes, time of its last change (ns) and inode."""
        parts = []
        for part in part_paths(path):
            try:
                stat = part.stat()
            except OSError:
                continue
            parts.append((str(part), stat.st_size, stat.st_mtime_ns, stat.st_ino))
        return cls(tuple(parts))

    @property
    def n_bytes(self) -> int:
        """The size of all parts."""
        return sum(size for _, size, _, _ in self.parts)

    def same_files(self, other: FileStamp) -> bool:
        """Whether these are the same files on the disk, written to or not."""
        return [part[3] for part in self.parts] == [part[3] for part in other.parts]


@dataclass(eq=False)
class ModelSlot:
    """A model that is loaded or on its way.

    `waiting` are requests that came while it was on its way; `request_ids` all that it was ever
    handed, of which those that have not ended are lost with it. `made_room` names the models that
    had to go for it, `failure` says why it is not there. Times are of the owner's clock, in
    seconds.
    """

    spec: LoadSpec
    stamp: FileStamp
    began_s: float
    status: ModelStatus
    used_s: float
    client: EngineClient | None = None
    waiting: list[Request] = field(default_factory=list)
    request_ids: set[str] = field(default_factory=set)
    made_room: list[str] = field(default_factory=list)
    was_replaced: bool = False
    failure: LoadFailed | EngineDied | None = None
    _recent: deque[tuple[float, int]] = field(default_factory=deque)

    @classmethod
    def begun(cls, spec: LoadSpec, now_s: float) -> ModelSlot:
        """A model that is about to be loaded."""
        path = Path(spec.path)
        status = ModelStatus("loading", model_stem(path))
        return cls(spec, FileStamp.of(path), now_s, status, now_s)

    @property
    def name(self) -> str:
        """What a person calls it."""
        return self.status.name

    @property
    def is_alive(self) -> bool:
        """Whether it is loaded or on its way."""
        return self.status.state in ("loading", "ready")

    @property
    def is_ready(self) -> bool:
        """Whether it is loaded."""
        return self.status.state == "ready"

    @property
    def status_now(self) -> ModelStatus:
        """The engine now, with its speed of the last second."""
        status = self.status
        return replace(status, tokens_per_s=self._rate()) if self.is_ready else status

    def begin(self, client: EngineClient) -> None:
        """There is an engine; it gets what came before it."""
        self.client = client
        for request in self.waiting:
            client.submit(request)

    def end(self) -> EngineClient | None:
        """The model is let go; returns the engine, which is still to be closed."""
        client, self.client = self.client, None
        self.status = ModelStatus(name=self.name)
        return client

    def take(self, request: Request, now_s: float) -> None:
        """Hand a request to the engine, when there is one."""
        self.used_s = now_s
        if not isinstance(request, Cancel):
            self.request_ids.add(request.request_id)
        if self.status.state == "loading":
            self.waiting.append(request)
        if self.client is not None:
            self.client.submit(request)

    def notice(self, event: EngineEvent, now_s: float) -> None:
        """The engine said something."""
        self.used_s = now_s
        match event:
            case Ready(model):
                self.waiting.clear()
                self.status = ModelStatus(
                    "ready",
                    self.name,
                    model,
                    n_cells=model.n_cells,
                    load_s=now_s - self.began_s,
                )
            case Gauge():
                self.status = replace(
                    self.status,
                    n_cells_used=event.n_cells_used,
                    n_cells=event.n_cells,
                    n_evaluated=event.n_evaluated,
                    n_reused=event.n_reused,
                    gauge=event,
                )
            case Stepped():
                self._recent.append((time.monotonic(), len(event.branches)))
            case LoadFailed() | EngineDied():
                self.failure = event
                self.client = None
                self.status = ModelStatus("failed", self.name)

    def _rate(self) -> float:
        since = time.monotonic() - RATE_WINDOW_S
        while self._recent and self._recent[0][0] < since:
            self._recent.popleft()
        return sum(n for _, n in list(self._recent)) / RATE_WINDOW_S


def load_spec(model: str, opening: Opening | None = None) -> LoadSpec:
    """How to open a model by name or path; ModelFileError if there is none."""
    source = find_source(model)
    chosen = opening or Opening()
    return LoadSpec(
        source.place,
        source.fingerprint(),
        source.name,
        n_ctx=chosen.n_ctx,
        gpu_layers=chosen.gpu_layers,
        device=chosen.device,
        flash_attention=chosen.flash_attention,
        cache_type=chosen.cache_type,
    )

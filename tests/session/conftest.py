"""Sessions on a scripted engine that moves only when a test says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from loom.engine.client import Listener
from loom.engine.local import SteppedEngine
from loom.engine.request import LoadSpec
from loom.engine.scripted import ScriptedBackend
from loom.session.session import Beginning, Session
from loom.tree.events import Mode

SCRIPTS = (
    "Marco laughed, and so did everyone.",
    "Nobody moved. Marco put down the knife.",
    "The bride stood up and walked out.",
)


@dataclass
class ScriptedModel:
    """Stands where the child process would: every load makes an engine that a test steps."""

    scripts: tuple[str, ...] = SCRIPTS
    n_ctx: int = 4096
    engines: list[SteppedEngine] = field(default_factory=list)
    specs: list[LoadSpec] = field(default_factory=list)
    listeners: list[Listener] = field(default_factory=list)

    def connect(self, spec: LoadSpec, listener: Listener) -> SteppedEngine:
        self.specs.append(spec)
        self.listeners.append(listener)
        backend = ScriptedBackend(self.scripts, name="scripted", n_ctx=self.n_ctx)
        self.engines.append(SteppedEngine(backend, listener))
        return self.engines[-1]

    def run(self) -> None:
        """Let the last engine finish all it has to do."""
        while self.engines[-1].busy:
            self.engines[-1].step()


@pytest.fixture
def model() -> ScriptedModel:
    return ScriptedModel()


@pytest.fixture
def begin(tmp_path: Path, model: ScriptedModel) -> Iterator[Callable[..., Session]]:
    sessions: list[Session] = []

    def make(
        prompt: str = "Friends, raise your glasses.", mode: Mode = "plain", **more: str
    ) -> Session:
        path = tmp_path / f"session-{len(sessions)}.loom"
        beginning = Beginning("toast", "story-base", mode, prompt=prompt, **more)  # type: ignore[arg-type]
        sessions.append(Session.create(path, beginning, model.connect))
        return sessions[-1]

    yield make
    for session in sessions:
        session.close()


def settle(session: Session, request_id: str, model: ScriptedModel) -> None:
    """Let a request end and everything of it come into the tree."""
    model.run()
    assert session.ended(request_id)
    session.drain()

"""Engines that do nothing by themselves: a test says what they say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from loom.engine.client import Listener
from loom.engine.events import EngineEvent, LoadFailed, Ready
from loom.engine.request import LoadSpec, Request
from loom.session.residents import Heard, Loss
from tests.store.specimens import MODEL


@dataclass
class FakeEngine:
    """One engine, what it was asked for, and whether it was closed."""

    spec: LoadSpec
    listener: Listener
    asked: list[Request] = field(default_factory=list)
    is_closed: bool = False
    last_words: tuple[EngineEvent, ...] = ()

    def submit(self, request: Request) -> None:
        self.asked.append(request)

    def close(self) -> None:
        if self.last_words:
            self.listener(self.last_words)
        self.is_closed = True

    def say(self, *events: EngineEvent) -> None:
        self.listener(events)

    def ready(self, weight_bytes: int = 0) -> None:
        name = Path(self.spec.path).stem
        info = replace(
            MODEL, name=name, fingerprint=self.spec.fingerprint, weight_bytes=weight_bytes
        )
        self.say(Ready(info))

    def refuse(self, short_bytes: int = 1) -> None:
        self.say(LoadFailed("It does not fit.", "Close other programs.", short_bytes))


@dataclass
class Engines:
    """Every engine that was started, in order, and what came of them."""

    started: list[FakeEngine] = field(default_factory=list)
    events: list[EngineEvent] = field(default_factory=list)
    lost: list[tuple[set[str], Loss]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)

    def connect(self, spec: LoadSpec, listener: Listener) -> FakeEngine:
        self.started.append(FakeEngine(spec, listener))
        return self.started[-1]

    def heard(self) -> Heard:
        return Heard(self.events.extend, self._lose, self._say, self.hashes.__setitem__)

    def running(self) -> list[str]:
        return [Path(e.spec.path).stem for e in self.started if not e.is_closed]

    def _lose(self, request_ids: Iterable[str], why: Loss) -> None:
        self.lost.append((set(request_ids), why))

    def _say(self, severity: str, what: str, remedy: str) -> None:
        self.said.append(what)

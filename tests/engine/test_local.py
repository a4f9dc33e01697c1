"""Engines in this process: what their listener hears."""

from __future__ import annotations

import queue
from collections.abc import Sequence

import pytest

from loom.engine.backend import Row
from loom.engine.events import BranchEnded, EngineDied, EngineEvent, LoadFailed, Ready
from loom.engine.local import LocalEngine
from loom.engine.request import Grow, TextPart
from loom.engine.scripted import ScriptedBackend
from loom.errors import LoomError
from loom.records import Sampling

GROW = Grow("r", (TextPart(b"Once"),), 1, 4, Sampling(), seed=1)


class Broken(ScriptedBackend):
    """A backend with a mistake in it."""

    def decode(self, rows: Sequence[Row]) -> None:
        raise ZeroDivisionError


class Ear:
    def __init__(self) -> None:
        self._heard: queue.SimpleQueue[EngineEvent] = queue.SimpleQueue()

    def __call__(self, events: tuple[EngineEvent, ...]) -> None:
        for event in events:
            self._heard.put(event)

    def until(self, kind: type[EngineEvent]) -> EngineEvent:
        while not isinstance(event := self._heard.get(timeout=60), kind):
            pass
        return event


def test_it_opens_grows_and_ends() -> None:
    ear = Ear()
    engine = LocalEngine(lambda: ScriptedBackend((" upon a time.",)), ear)
    ear.until(Ready)
    engine.submit(GROW)
    ended = ear.until(BranchEnded)
    assert isinstance(ended, BranchEnded)
    assert ended.finish == "eos"
    engine.close()


def test_what_cannot_be_opened_is_said() -> None:
    def fail() -> ScriptedBackend:
        raise LoomError("It is broken.", "Mend it.")

    ear = Ear()
    engine = LocalEngine(fail, ear)
    assert ear.until(LoadFailed) == LoadFailed("It is broken.", "Mend it.")
    engine.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_mistake_ends_it_with_a_sentence_and_not_in_silence() -> None:
    ear = Ear()
    engine = LocalEngine(lambda: Broken(("x",), name="kit"), ear)
    engine.submit(GROW)
    died = ear.until(EngineDied)
    assert isinstance(died, EngineDied)
    assert died.what.startswith("kit came upon a mistake")
    engine.close()

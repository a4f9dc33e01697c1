"""The child that owns the model: it may be killed, and nothing else is."""

from __future__ import annotations

import os
import queue
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from loom.engine.events import (
    BranchEnded,
    EngineDied,
    EngineEvent,
    LoadFailed,
    Ready,
    Stepped,
)
from loom.engine.process import ProcessEngine
from loom.engine.request import Cancel, Grow, LoadSpec, TextPart
from loom.records import Sampling

TIMEOUT_S = 120

Start = Callable[[Path], "Heard"]


class Heard:
    """An engine and what it has said so far."""

    def __init__(self, model: Path, log: Path) -> None:
        self._events: queue.Queue[EngineEvent] = queue.Queue()
        self.engine = ProcessEngine(LoadSpec(str(model)), self._take, log)

    def _take(self, events: tuple[EngineEvent, ...]) -> None:
        for event in events:
            self._events.put(event)

    def until(self, kind: type, n: int = 1) -> list[EngineEvent]:
        """Everything up to the n-th event of a kind."""
        found: list[EngineEvent] = []
        while sum(isinstance(event, kind) for event in found) < n:
            found.append(self._events.get(timeout=TIMEOUT_S))
        return found

    def silent(self) -> bool:
        return self._events.empty()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Heard] = []

    def begin(model: Path) -> Heard:
        started.append(Heard(model, tmp_path / "engine.log"))
        return started[-1]

    yield begin
    for heard in started:
        heard.engine.close()


def grow(n: int = 2, tokens: int = 8) -> Grow:
    return Grow("r", (TextPart(b"The wedding of"),), n, tokens, Sampling(), 1)


def test_branches_come_through_the_pipe(start: Start, story_base: Path) -> None:
    heard = start(story_base)
    heard.until(Ready)
    heard.engine.submit(grow())
    events = heard.until(BranchEnded, 2)
    assert sum(len(e.tokens) for e in events if isinstance(e, Stepped)) > 2


def test_a_request_may_be_made_before_the_model_is_there(start: Start, story_base: Path) -> None:
    heard = start(story_base)
    heard.engine.submit(grow())
    assert isinstance(heard.until(BranchEnded, 2)[0], Ready)


def test_cancel_reaches_a_running_batch(start: Start, story_base: Path) -> None:
    heard = start(story_base)
    heard.engine.submit(grow(n=4, tokens=900))
    heard.until(Stepped)
    heard.engine.submit(Cancel("r"))
    ended = [e for e in heard.until(BranchEnded, 4) if isinstance(e, BranchEnded)]
    assert "cancelled" in {event.finish for event in ended}


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGABRT])
def test_a_killed_child_is_reported_in_a_sentence(
    start: Start, story_base: Path, how: signal.Signals
) -> None:
    heard = start(story_base)
    heard.engine.submit(grow(n=4, tokens=900))
    heard.until(Stepped)
    assert heard.engine.pid is not None
    os.kill(heard.engine.pid, how)
    died = heard.until(EngineDied)[-1]
    assert isinstance(died, EngineDied)
    assert how.name in died.what
    assert died.remedy
    heard.engine.submit(grow())
    assert heard.silent()


def test_a_model_that_cannot_be_opened_is_reported(start: Start, tmp_path: Path) -> None:
    heard = start(tmp_path / "nothing.gguf")
    failed = heard.until(LoadFailed)[-1]
    assert isinstance(failed, LoadFailed)
    assert "nothing.gguf" in failed.what


def test_what_llama_cpp_prints_goes_to_the_log(
    start: Start, story_base: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    heard = start(story_base)
    heard.until(Ready)
    heard.engine.close()
    assert (tmp_path / "engine.log").exists()
    assert capfd.readouterr() == ("", "")


PARENT = """
import sys, time
from pathlib import Path
from loom.engine.process import ProcessEngine
from loom.engine.request import LoadSpec

if __name__ == "__main__":
    engine = ProcessEngine(LoadSpec(sys.argv[1]), lambda events: print(engine.pid, flush=True),
                           Path(sys.argv[2]))
    time.sleep(600)
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="this system cannot wait for a stranger")
def test_the_child_ends_when_its_parent_is_killed(story_base: Path, tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    command = [sys.executable, str(script), str(story_base), str(tmp_path / "log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
    ended, _, _ = select.select([child], [], [], TIMEOUT_S)
    os.close(child)
    assert ended

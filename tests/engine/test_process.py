"""The child that owns the model: it may be killed, and nothing else is."""

from __future__ import annotations

import io
import os
import queue
import select
import signal
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from loom.engine import process
from loom.engine.events import (
    BranchEnded,
    EngineDied,
    EngineEvent,
    LoadFailed,
    Ready,
    Stepped,
)
from loom.engine.log_file import MOST_BYTES
from loom.engine.process import Check, ProcessEngine
from loom.engine.request import Cancel, Grow, LoadSpec, TextPart
from loom.errors import ModelFileError
from loom.models.gguf_file import read_metadata, read_vocabulary
from loom.records import Sampling

TIMEOUT_S = 120

Start = Callable[..., "Heard"]


class Heard:
    """An engine and what it has said so far."""

    def __init__(self, model: Path, log: Path, check: Check | None = None) -> None:
        self._events: queue.Queue[EngineEvent] = queue.Queue()
        self.engine = ProcessEngine(LoadSpec(str(model)), self._take, log, check)

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

    def begin(model: Path, check: Check | None = None) -> Heard:
        started.append(Heard(model, tmp_path / "engine.log", check))
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


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGHUP])
def test_what_a_terminal_tells_all_its_processes_is_left_to_the_parent(
    start: Start, story_base: Path, how: signal.Signals
) -> None:
    heard = start(story_base)
    heard.engine.submit(grow(n=2, tokens=900))
    heard.until(Stepped)
    os.kill(heard.engine.pid or 0, how)
    heard.engine.submit(Cancel("r"))
    ended = [e for e in heard.until(BranchEnded, 2) if isinstance(e, BranchEnded)]
    assert {event.finish for event in ended} <= {"cancelled", "length", "eos"}


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


@pytest.mark.parametrize("how", [signal.SIGILL, signal.SIGSEGV, signal.SIGABRT])
def test_where_llama_cpp_fails_in_mid_branch_smaller_batches_are_the_remedy(
    start: Start, story_base: Path, how: signal.Signals
) -> None:
    heard = start(story_base)
    heard.engine.submit(grow(n=4, tokens=900))
    heard.until(Stepped)
    os.kill(heard.engine.pid or 0, how)
    died = heard.until(EngineDied)[-1]
    assert isinstance(died, EngineDied)
    assert "fewer branches" in died.remedy
    assert "--flash-attention off" in died.remedy


def test_the_words_of_a_failing_gpu_are_the_reason(
    start: Start, story_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "CUDA error: an illegal instruction was encountered\n  current device: 0\n"
    program = f"import os, sys; sys.stderr.write({said!r}); sys.stderr.flush(); os.abort()"
    monkeypatch.setattr(process, "_PROGRAM", program.replace("{", "{{"))
    (died,) = start(story_base).until(EngineDied)
    assert isinstance(died, EngineDied)
    assert "SIGABRT (CUDA error: an illegal instruction was encountered)" in died.what


def test_a_model_that_cannot_be_opened_is_reported(start: Start, tmp_path: Path) -> None:
    heard = start(tmp_path / "nothing.gguf")
    failed = heard.until(LoadFailed)[-1]
    assert isinstance(failed, LoadFailed)
    assert "nothing.gguf" in failed.what
    heard.engine.close()
    assert heard.silent()


def test_a_child_killed_while_it_opens_a_model_is_reported(start: Start, story_base: Path) -> None:
    heard = start(story_base)
    assert heard.engine.pid is not None
    os.kill(heard.engine.pid, signal.SIGKILL)
    (died,) = heard.until(EngineDied)
    assert isinstance(died, EngineDied)
    assert "was opening story-base was ended by SIGKILL" in died.what


def test_an_abort_of_llama_cpp_is_reported_with_its_reason(
    start: Start, story_base: Path, tmp_path: Path
) -> None:
    tokens = read_vocabulary(read_metadata(story_base)).tokens
    one, other = [token for token in tokens if len(token) == 9 and token.isascii()][:2]
    spelled = [struct.pack("<Q", len(token)) + token for token in (one, other)]
    twice = tmp_path / "twice.gguf"
    twice.write_bytes(story_base.read_bytes().replace(*spelled))
    (died,) = start(twice).until(EngineDied)
    assert isinstance(died, EngineDied)
    assert "SIGABRT (GGML_ASSERT(" in died.what


def test_a_child_that_cannot_begin_is_reported_with_its_last_words(
    start: Start, story_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_PROGRAM", "raise ImportError('libllama.so is missing')")
    (died,) = start(story_base).until(EngineDied)
    assert isinstance(died, EngineDied)
    assert "with code 1 (ImportError: libllama.so is missing)" in died.what


def test_a_child_that_cannot_be_started_is_reported(
    start: Start, story_base: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    heard = start(story_base)
    (failed,) = heard.until(LoadFailed)
    assert isinstance(failed, LoadFailed)
    assert "cannot be started" in failed.what
    heard.engine.submit(grow())
    heard.engine.close()


def test_a_file_that_does_not_pass_the_check_is_not_opened(start: Start, story_base: Path) -> None:
    def refuse(path: Path) -> None:
        raise ModelFileError(f"{path.name} looks wrong.", "Take another.")

    heard = start(story_base, refuse)
    assert heard.until(LoadFailed) == [LoadFailed("story-base.gguf looks wrong.", "Take another.")]
    heard.engine.close()
    assert heard.silent()


def test_a_child_that_does_not_answer_is_killed_on_closing(start: Start, story_base: Path) -> None:
    heard = start(story_base)
    heard.until(Ready)
    assert heard.engine.pid is not None
    os.kill(heard.engine.pid, signal.SIGSTOP)
    # More than a pipe takes: who asks must not wait for a child that does not read.
    heard.engine.submit(Grow("r", (TextPart(b"x" * 4_000_000),), 1, 1, Sampling(), 1))
    heard.engine.close()
    with pytest.raises(ProcessLookupError):
        os.kill(heard.engine.pid, 0)


def test_what_was_written_before_closing_is_heard(start: Start, story_base: Path) -> None:
    heard = start(story_base)
    heard.until(Ready)
    heard.engine.submit(grow(n=4, tokens=900))
    heard.until(Stepped)
    heard.engine.submit(Cancel(None))
    heard.engine.close()
    assert len([e for e in heard.until(BranchEnded, 4) if isinstance(e, BranchEnded)]) == 4


def test_a_model_may_be_let_go_while_it_is_being_opened(start: Start, story_base: Path) -> None:
    heard = start(story_base)
    heard.engine.close()
    with pytest.raises(ProcessLookupError):
        os.kill(heard.engine.pid or 0, 0)


class Screen(io.StringIO):
    """Stands for stderr while an app has the screen: there is no file behind it."""

    def fileno(self) -> int:
        return -1


def test_an_engine_starts_while_an_app_has_the_screen(
    start: Start, story_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", Screen())
    start(story_base).until(Ready)


def test_the_child_imports_only_what_computing_needs() -> None:
    program = """
import sys
from loom.engine.child import serve
from loom.engine.llama.bare_binding import import_bare_binding
import_bare_binding()
import loom.engine.llama.backend
print(*sys.modules)
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    imported = set(done.stdout.split())
    assert "llama_cpp.llama_cpp" in imported
    unwanted = {"textual", "rich", "networkx", "sqlite3", "click", "tiktoken", "jinja2", "gguf"}
    assert not imported & unwanted


def test_a_long_log_is_put_aside(start: Start, story_base: Path, tmp_path: Path) -> None:
    log = tmp_path / "engine.log"
    log.write_bytes(b"x" * (MOST_BYTES + 1))
    start(story_base).until(Ready)
    assert (tmp_path / "engine.log.1").stat().st_size == MOST_BYTES + 1
    assert 0 < log.stat().st_size < MOST_BYTES


def test_a_log_that_cannot_be_written_is_done_without(story_base: Path, tmp_path: Path) -> None:
    (tmp_path / "no-folder").write_text("a file")
    heard = Heard(story_base, tmp_path / "no-folder" / "engine.log")
    heard.until(Ready)
    heard.engine.close()


def test_what_llama_cpp_prints_goes_to_the_log(
    start: Start, story_base: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    heard = start(story_base)
    heard.until(Ready)
    heard.engine.close()
    assert (tmp_path / "engine.log").exists()
    assert capfd.readouterr() == ("", "")


# Without a guard around its last lines: the child must not run them again.
PARENT = """
import sys, time
from pathlib import Path
from loom.engine.events import Ready, Stepped
from loom.engine.process import ProcessEngine
from loom.engine.request import Grow, LoadSpec, TextPart
from loom.records import Sampling

def hear(events):
    if isinstance(events[0], {"opening": object, "idle": Ready, "busy": Stepped}[sys.argv[3]]):
        print(engine.pid, flush=True)

engine = ProcessEngine(LoadSpec(sys.argv[1]), hear, Path(sys.argv[2]))
if sys.argv[3] == "opening":
    print(engine.pid, flush=True)
if sys.argv[3] == "busy":
    engine.submit(Grow("r", (TextPart(b"Once"),), 64, 900, Sampling(), 1))
time.sleep(600)
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="this system cannot wait for a stranger")
@pytest.mark.parametrize("while_it_is", ["opening", "idle", "busy"])
def test_the_child_ends_when_its_parent_is_killed(
    story_base: Path, tmp_path: Path, while_it_is: str
) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    command = [sys.executable, str(script), str(story_base), str(tmp_path / "log"), while_it_is]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
    ended, _, _ = select.select([child], [], [], TIMEOUT_S)
    os.close(child)
    assert ended

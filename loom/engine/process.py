"""The child process that owns the model: llama.cpp may abort there and take nothing with it."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from loom.engine.client import Listener
from loom.engine.events import EngineDied, EngineEvent, LoadFailed, Ready
from loom.engine.log_file import LogFile
from loom.engine.request import LoadSpec, Request
from loom.errors import LoomError

Check = Callable[[Path], object]
"""Looks at a model file before llama.cpp does, and raises a LoomError if it should not."""

CLOSE_S = 2.0
"""How long a child may take to end by itself before it is killed."""

_OF_LLAMA_CPP = frozenset(
    (signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGSEGV)
)
"""How a process ends over what was computed in it; other signals come from elsewhere."""

# The child gets this process's folders to import from, and no module of its own: what was started
# here, be it a script without a guard around its last lines, is not started again there.
_PROGRAM = """import sys
sys.path[:] = {path!r}
from loom.engine.child import serve
serve({handle})"""


class ProcessEngine:
    """An engine in a child of its own; the listener hears it from a reading thread of this process.

    What llama.cpp prints goes to `log_path`. If the child dies the listener gets `EngineDied`, if
    it cannot be started `LoadFailed`, and the engine is of no use afterwards. While `close` waits
    for the end the listener still hears what is said, and nothing after it has returned.
    """

    def __init__(
        self, spec: LoadSpec, listener: Listener, log_path: Path, check: Check | None = None
    ) -> None:
        """Start the child; meanwhile `check` looks at the file, and its LoomError is a failure."""
        self._spec = spec
        self._check = check
        self._model = spec.name or Path(spec.path).stem
        self._listener = listener
        self._log = LogFile(log_path)
        self._closing = threading.Event()
        self._is_ready = False
        self._has_failed = False
        ours, theirs = multiprocessing.Pipe()
        self._pipe: Connection = ours
        self._requests: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        try:
            self._child: subprocess.Popen[bytes] | None = _start(theirs.fileno(), self._log)
        except OSError as error:
            self._child = None
            self._failure = LoadFailed(
                f"The process that should run {self._model} cannot be started ({error.strerror}).",
                "Close other programs, then try again.",
            )
        theirs.close()
        self._writer = threading.Thread(target=self._write, name="loom engine writer", daemon=True)
        self._writer.start()
        self._reader = threading.Thread(target=self._read, name="loom engine reader", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int | None:
        """The child's process id."""
        return None if self._child is None else self._child.pid

    def submit(self, request: Request) -> None:
        """Hand over a request, without waiting; if the child is gone the reading thread says so."""
        self._requests.put(request)

    def close(self) -> None:
        """Let the child free the model and end; kill it if it is too deep in a batch to hear."""
        self._closing.set()
        self._requests.put(None)
        if self._child is not None:
            _end(self._child)
        self._reader.join()
        self._writer.join()
        self._pipe.close()

    def _write(self) -> None:
        """Send what is asked for: a child that does not read must not hold up who asks."""
        with contextlib.suppress(OSError):
            if not self._passes_check():
                return
            self._pipe.send(self._spec)
            while True:
                asked = self._requests.get()
                self._pipe.send(asked)
                if asked is None:
                    return

    def _passes_check(self) -> bool:
        try:
            if self._check is not None:
                self._check(Path(self._spec.path))
        except LoomError as error:
            self._has_failed = True
            self._listener((LoadFailed(error.what, error.remedy),))
            self._pipe.send(None)
            return False
        return True

    def _read(self) -> None:
        if self._child is None:
            self._listener((self._failure,))
            return
        with contextlib.suppress(EOFError, OSError):
            while True:
                events: tuple[EngineEvent, ...] = self._pipe.recv()
                self._is_ready = self._is_ready or isinstance(events[0], Ready)
                self._has_failed = self._has_failed or isinstance(events[-1], LoadFailed)
                self._listener(events)
        if not self._closing.is_set():
            _end(self._child)
            self._requests.put(None)
        if not (self._closing.is_set() or self._has_failed):
            self._listener((self._death(self._child.returncode),))

    def _death(self, exit_code: int) -> EngineDied:
        does = "runs" if self._is_ready else "was opening"
        what = f"The process that {does} {self._model} was ended {_how(exit_code)}"
        if exit_code == -signal.SIGKILL:
            what += "" if self._is_ready else ", perhaps for want of memory"
        elif why := self._log.last_words():
            what += f" ({why})"
        return EngineDied(f"{what}.", self._remedy(exit_code))

    def _remedy(self, exit_code: int) -> str:
        again = "What was written is kept. Growing starts it again"
        if not self._is_ready or -exit_code not in _OF_LLAMA_CPP:
            return f"{again}."
        # Kernels of a GPU are made for some shapes of batch and attention, and not for all.
        return (
            f"{again}; if it ends so once more, grow fewer branches at once, or begin a session"
            " with loom new --flash-attention off."
        )


def _start(handle: int, log: LogFile) -> subprocess.Popen[bytes]:
    program = _PROGRAM.format(path=sys.path, handle=handle)
    # An abort in ggml would otherwise call a debugger, which takes seconds.
    environment = os.environ | {"GGML_NO_BACKTRACE": "1"}
    with log.opened() as output:
        return subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=(handle,),
            env=environment,
        )


def _end(child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(timeout=CLOSE_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _how(exit_code: int) -> str:
    if exit_code < 0:
        with contextlib.suppress(ValueError):
            return f"by {signal.Signals(-exit_code).name}"
    return f"with code {exit_code}"


def connect_to_child(
    log_path: Path, check: Check | None = None
) -> Callable[[LoadSpec, Listener], ProcessEngine]:
    """How a session reaches its models: one child each, whose words go to the log."""
    return lambda spec, listener: ProcessEngine(spec, listener, log_path, check)

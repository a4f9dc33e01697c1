"""The child process that owns the model: llama.cpp may abort there and take nothing with it."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from loom.engine.backend import Backend
from loom.engine.client import Listener
from loom.engine.engine import Engine
from loom.engine.events import EngineDied, EngineEvent, LoadFailed, Ready
from loom.engine.request import LoadSpec, Request
from loom.errors import LoomError

Channel = Connection


SEND_EVERY_S = 0.03
"""How long steps are collected before they are sent: each message wakes the parent, and on two
processors the parent wakes in place of one of llama.cpp's threads."""


class ProcessEngine:
    """An engine in a spawned child; the listener hears it from a reading thread of this process.

    What llama.cpp prints goes to `log_path`. If the child dies the listener gets `EngineDied`,
    and the engine is of no use afterwards.
    """

    def __init__(self, spec: LoadSpec, listener: Listener, log_path: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self._spec = spec
        self._listener = listener
        self._closing = threading.Event()
        self._sending = threading.Lock()
        ours, theirs = context.Pipe()
        self._pipe: Channel = ours
        self._child: BaseProcess = context.Process(
            target=serve, args=(theirs, spec, str(log_path)), name="loom engine", daemon=True
        )
        # multiprocessing hands the file behind sys.stderr to the children it starts, and while an
        # app has the screen there is none.
        with contextlib.redirect_stderr(sys.__stderr__):
            self._child.start()
        theirs.close()
        self._reader = threading.Thread(target=self._read, name="loom engine reader", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int | None:
        """The child's process id."""
        return self._child.pid

    def submit(self, request: Request) -> None:
        """Hand over a request; if the child is gone the reading thread says so."""
        with self._sending, contextlib.suppress(OSError):
            self._pipe.send(request)

    def close(self) -> None:
        """Let the child free the model and end; kill it if it is too deep in a batch to hear."""
        self._closing.set()
        with self._sending, contextlib.suppress(OSError):
            self._pipe.send(None)
        self._child.join(timeout=2)
        if self._child.is_alive():
            self._child.kill()
            self._child.join()
        self._reader.join()
        self._pipe.close()

    def _read(self) -> None:
        try:
            while True:
                events: tuple[EngineEvent, ...] = self._pipe.recv()
                if not self._closing.is_set():
                    self._listener(events)
        except (EOFError, OSError):
            pass
        if self._closing.is_set():
            return
        self._child.join()
        self._listener((_death(self._child.exitcode, Path(self._spec.path).stem),))


def _death(exit_code: int | None, model: str) -> EngineDied:
    how = f"with code {exit_code}"
    if exit_code is not None and exit_code < 0:
        with contextlib.suppress(ValueError):
            how = f"by {signal.Signals(-exit_code).name}"
    return EngineDied(
        f"The process that runs {model} was ended {how}.",
        "What was written is kept. Space starts it again.",
    )


def serve(pipe: Channel, spec: LoadSpec, log_path: str) -> None:
    """The child: load the model, then take requests and send events until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _speak_to(log_path)
    try:
        backend = _open(spec)
    except LoomError as error:
        pipe.send((LoadFailed(error.what, error.remedy),))
        return
    pipe.send((Ready(backend.info),))
    # A parent that is gone has nothing left to hear: the end of the pipe is the end of the child.
    with contextlib.suppress(EOFError, OSError):
        _answer(pipe, Engine(backend))
    backend.close()


def _answer(pipe: Channel, engine: Engine) -> None:
    said: list[EngineEvent] = []
    due_s = 0.0
    while True:
        while not engine.busy or pipe.poll():
            due_s = _send(pipe, said)
            request: Request | None = pipe.recv()
            if request is None:
                return
            said += engine.submit(request)
        said += engine.step()
        if time.monotonic() >= due_s:
            due_s = _send(pipe, said)


def _send(pipe: Channel, said: list[EngineEvent]) -> float:
    """Send what was said, if anything; returns when it is due again."""
    if said:
        pipe.send(tuple(said))
        said.clear()
    return time.monotonic() + SEND_EVERY_S


def _open(spec: LoadSpec) -> Backend:
    from loom.engine.llama.backend import LlamaBackend

    return LlamaBackend(spec)


def _speak_to(log_path: str) -> None:
    """Send this process's stdout and stderr, C's included, to the log: the screen is taken."""
    log = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)


def connect_to_child(log_path: Path) -> Callable[[LoadSpec, Listener], ProcessEngine]:
    """How a session reaches its models: one child each, whose words go to the log."""
    return lambda spec, listener: ProcessEngine(spec, listener, log_path)

"""The child's side: load the model, then take requests and send events until the pipe ends.

It imports what computing needs and nothing else; a test says so.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection

from loom.engine.engine import Engine
from loom.engine.events import EngineEvent, LoadFailed, Ready
from loom.engine.request import LoadSpec, Request
from loom.engine.room import NotEnoughMemoryError
from loom.engine.steps_in_one import steps_in_one
from loom.errors import LoomError

SEND_EVERY_S = 0.03
"""How long steps are collected before they are sent, at least."""

LONG_STEP_S = 0.1
"""What takes longer than this is not worth another step's wait."""


def serve(handle: int) -> None:
    """Serve the parent at the other end of this socket (a file descriptor)."""
    # A terminal tells the whole group of processes; what grows is for the parent to stop.
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    pipe: Connection = Connection(handle)
    threading.Thread(target=_die_with_parent, args=(handle,), daemon=True).start()
    # A parent that is gone has nothing left to hear: the end of the pipe is the end of the child.
    with contextlib.suppress(EOFError, OSError):
        _serve(pipe)


def _serve(pipe: Connection) -> None:
    from loom.engine.llama.bare_binding import import_bare_binding

    import_bare_binding()
    from loom.engine.llama.backend import LlamaBackend
    from loom.engine.llama.words import words

    words().pass_on(_write)
    # All that has been imported by now was imported while the parent looked at the file.
    spec: LoadSpec | None = pipe.recv()
    if spec is None:
        return
    try:
        backend = LlamaBackend(spec)
    except NotEnoughMemoryError as error:
        pipe.send((LoadFailed(error.what, error.remedy, error.short_bytes),))
        return
    except LoomError as error:
        pipe.send((LoadFailed(error.what, error.remedy),))
        return
    pipe.send((Ready(backend.info),))
    outbox = Outbox(pipe.send)
    _answer(pipe, Engine(backend, spec.host_bytes, outbox.batch_evaluated), outbox)
    backend.close()


def _answer(pipe: Connection, engine: Engine, outbox: Outbox) -> None:
    while True:
        while not engine.busy or pipe.poll():
            outbox.send()
            request: Request | None = pipe.recv()
            if request is None:
                return
            outbox.put(engine.submit(request))
        outbox.put(engine.step())
        outbox.step_ended()


class Outbox:
    """Events on their way to the parent, in batches and at the right moment.

    Each message wakes the parent. On two processors it wakes in place of one of llama.cpp's
    threads, and the other one waits: so a message leaves when a batch has just been evaluated
    and this process goes on with one thread, drawing tokens. Only where steps take longer than a
    person should wait it leaves at their end.
    """

    def __init__(
        self,
        send: Callable[[tuple[EngineEvent, ...]], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._send = send
        self._clock = clock
        self._said: list[EngineEvent] = []
        self._sent_s = self._evaluated_s = clock()
        self._step_s = 0.0

    def put(self, events: Sequence[EngineEvent]) -> None:
        """Take events along with the next message."""
        self._said += events

    def batch_evaluated(self) -> None:
        """The moment to send, if it is time."""
        now_s = self._clock()
        self._step_s, self._evaluated_s = now_s - self._evaluated_s, now_s
        if now_s >= self._sent_s + SEND_EVERY_S:
            self.send()

    def step_ended(self) -> None:
        """Send at once where the next batch may take long."""
        if self._step_s >= LONG_STEP_S:
            self.send()

    def send(self) -> None:
        """Send what there is."""
        self._sent_s = self._clock()
        if self._said:
            self._send(steps_in_one(self._said))
            self._said.clear()


def _die_with_parent(handle: int) -> None:
    """Wait until the other end of the pipe is closed, and end the process whatever it is at.

    While a model is being loaded or a batch computed nobody reads the pipe, and that may take
    minutes.
    """
    hangup = select.poll()
    hangup.register(handle, 0)
    hangup.poll()
    os._exit(1)


def _write(line: str) -> None:
    with contextlib.suppress(OSError):
        sys.stderr.write(line)

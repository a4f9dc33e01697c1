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
from multiprocessing.connection import Connection

from loom.engine.engine import Engine
from loom.engine.events import EngineEvent, LoadFailed, Ready
from loom.engine.request import LoadSpec, Request
from loom.engine.room import NotEnoughMemoryError
from loom.errors import LoomError

SEND_EVERY_S = 0.03
"""How long steps are collected before they are sent: each message wakes the parent, and on two
processors the parent wakes in place of one of llama.cpp's threads."""


def serve(handle: int) -> None:
    """Serve the parent at the other end of this socket (a file descriptor)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
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
    _answer(pipe, Engine(backend, spec.host_bytes))
    backend.close()


def _answer(pipe: Connection, engine: Engine) -> None:
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


def _send(pipe: Connection, said: list[EngineEvent]) -> float:
    """Send what was said, if anything; returns when it is due again."""
    if said:
        pipe.send(tuple(said))
        said.clear()
    return time.monotonic() + SEND_EVERY_S


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

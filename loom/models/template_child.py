"""The child process that renders chat templates: a line of JSON in, a line of JSON out.

It is started by `template_process`, has little memory, and ends itself when a template spins, so
that nothing is left running whatever becomes of its parent.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Mapping

from loom.errors import ChatTemplateError
from loom.models.template_failure import TemplateFailedError
from loom.models.template_sandbox import render

MOST_MEMORY_BYTES = 2**29
READY = b"ready\n"


def serve(limit_s: float) -> None:
    """Answer until the input ends; a template that takes twice the limit ends the process."""
    _take_little_memory()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _say(READY)
    for line in sys.stdin.buffer:
        _set_alarm(2 * limit_s)
        answer = _answer(json.loads(line))
        _set_alarm(0)
        _say(json.dumps(answer).encode() + b"\n")


def _answer(question: Mapping[str, object]) -> Mapping[str, object]:
    source, variables = question["source"], question["variables"]
    assert isinstance(source, str)
    assert isinstance(variables, dict)
    try:
        return {"text": render(source, variables)}
    except ChatTemplateError as error:
        failed = isinstance(error, TemplateFailedError)
        return {"what": error.what, "remedy": error.remedy, "failed": failed}


def _say(line: bytes) -> None:
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


def _take_little_memory() -> None:
    """Where the system can hold a process to it."""
    if sys.platform != "win32":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        if hard == resource.RLIM_INFINITY or hard > MOST_MEMORY_BYTES:
            # macOS knows the limit and refuses to set it; the clock still holds there.
            try:
                resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, hard))
            except (ValueError, OSError):
                return


def _set_alarm(seconds: float) -> None:
    """The default of this signal ends the process even in the middle of C; 0 sets none."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds)

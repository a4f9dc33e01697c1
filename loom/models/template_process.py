"""Rendering templates that nobody has vouched for: in a child process that is killed if it spins.

The sandbox of jinja2 keeps a template from reaching Python; only a process can be stopped whatever
it does, in C too, and only a process can be kept to some memory.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Mapping

from loom.errors import ChatTemplateError
from loom.models.template_failure import USE_ANOTHER, TemplateFailedError

LIMIT_S = 2.0
"""How long one rendering may take; a hundred turns take a hundredth of it."""

_START_LIMIT_S = 60.0
_MOST_ANSWER_BYTES = 2**24
_BEGIN = (
    "import sys; sys.path[:] = sys.argv[2:]; "
    "from loom.models.template_child import serve; serve(float(sys.argv[1]))"
)


class TemplateProcess:
    """Renders templates one after another in a child, which starts with the first of them.

    May be used from any thread. `close` ends the child; the next rendering starts another.
    """

    def __init__(self, limit_s: float = LIMIT_S) -> None:
        self._limit_s = limit_s
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def render(self, source: str, variables: Mapping[str, object]) -> str:
        """The text that a template makes of variables (which JSON must be able to spell).

        TemplateFailedError if it fails or refuses them, ChatTemplateError if it is broken, takes
        more time or memory than it may, or writes without end.
        """
        question = json.dumps({"source": source, "variables": variables}).encode() + b"\n"
        with self._lock:
            child = self._running()
            answer, expired = _ask(child, question, self._limit_s)
            if expired or not answer:
                self._end()
        if not answer:
            what = (
                f"The chat template was stopped: it ran for more than {self._limit_s:g} s."
                if expired
                else "The chat template brought down the process in which it was tried."
            )
            raise ChatTemplateError(what, USE_ANOTHER)
        return _text(json.loads(answer))

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._child.poll() is not None:
            self._end()
        if self._child is None:
            self._child = subprocess.Popen(
                [sys.executable, "-I", "-c", _BEGIN, str(self._limit_s), *sys.path],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            ready, _ = _ask(self._child, b"", _START_LIMIT_S)
            if not ready:
                self._end()
                raise ChatTemplateError(
                    "The process that renders chat templates did not start.",
                    "Use plain text, or try again when the machine has more memory free.",
                )
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            # Closing the pipes as well; what was on its way is of no use to anybody.
            child.communicate()


def _ask(child: subprocess.Popen[bytes], line: bytes, limit_s: float) -> tuple[bytes, bool]:
    """One line to the child and its answer, empty if it gave no whole one; whether time ran out."""
    assert child.stdin is not None
    assert child.stdout is not None
    expired = threading.Event()

    def stop() -> None:
        expired.set()
        child.kill()

    timer = threading.Timer(limit_s, stop)
    timer.start()
    try:
        child.stdin.write(line)
        child.stdin.flush()
        answer = child.stdout.readline(_MOST_ANSWER_BYTES)
    except BrokenPipeError:
        answer = b""
    finally:
        timer.cancel()
        timer.join()
    return (answer if answer.endswith(b"\n") else b""), expired.is_set()


def _text(answer: Mapping[str, object]) -> str:
    if "text" in answer:
        return str(answer["text"])
    kind = TemplateFailedError if answer["failed"] else ChatTemplateError
    raise kind(str(answer["what"]), str(answer["remedy"]))

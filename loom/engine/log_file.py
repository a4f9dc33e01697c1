"""The file that takes what the engine's processes print."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MOST_BYTES = 1 << 20
"""A log that is longer is put aside when the next process starts, in place of the one before."""

_TAIL_BYTES = 16_384
_ABORT = re.compile(
    r"(GGML_ASSERT\(.*\) failed|^\w*(?:Error|Exception)\b.*|fatal error.*"
    r"|\b(?:CUDA|ROCm|MUSA) error: .*)"
)
_MOST_WORDS = 160


class LogFile:
    """The log as one process uses it; where it cannot be written, what is said is lost."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._start = 0

    @contextmanager
    def opened(self) -> Iterator[int]:
        """A file descriptor to append to."""
        log = self._open()
        try:
            yield log
        finally:
            os.close(log)

    def last_words(self) -> str:
        """The line with which the process explained its end, if it did."""
        with suppress(OSError), self._path.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(self._start, end - _TAIL_BYTES))
            for line in reversed(file.read().decode("utf-8", "replace").splitlines()):
                if found := _ABORT.search(line):
                    return found.group(1).strip().rstrip(".")[:_MOST_WORDS]
        return ""

    def _open(self) -> int:
        with suppress(OSError):
            self._put_aside()
            log = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            self._start = os.fstat(log).st_size
            return log
        return os.open(os.devnull, os.O_WRONLY)

    def _put_aside(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            if self._path.stat().st_size > MOST_BYTES:
                self._path.replace(self._path.with_name(f"{self._path.name}.1"))

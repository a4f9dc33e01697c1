"""The SHA-256 of whole model files, computed while nothing else is to do."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import queue
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from loom.session.model_slot import FileStamp

STRIDE_BYTES = 64 << 20
"""How much is read before it is asked again whether anybody waits for the machine."""

_BUFFER_BYTES = 1 << 20
_PAUSE_S = 0.5


class ModelHashes:
    """Hashes of models by fingerprint, remembered in a file across sessions.

    `tell(fingerprint, sha256)` is called once for each model that `want` asked for, from its
    caller's thread if the hash was remembered and from another one otherwise. That thread reads
    with the lowest priority, only while `is_idle()`, and stops at once on `close`.
    """

    def __init__(
        self, memory: Path, tell: Callable[[str, str], None], is_idle: Callable[[], bool]
    ) -> None:
        self._memory = memory
        self._tell = tell
        self._is_idle = is_idle
        self._known: dict[str, str] = {}
        self._wanted: queue.SimpleQueue[tuple[str, FileStamp] | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def known(self, fingerprint: str) -> str | None:
        """The hash of a model, if it was wanted and is known by now."""
        return self._known.get(fingerprint)

    def want(self, fingerprint: str, stamp: FileStamp) -> None:
        """Find out the hash of a model whose files look like this."""
        if fingerprint in self._known or not stamp.parts:
            return
        remembered = self._remembered().get(_key(stamp))
        if remembered is not None:
            self._learn(fingerprint, remembered)
            return
        self._wanted.put((fingerprint, stamp))
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="loom hashing", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop; what was half read is read again another time."""
        self._closing.set()
        self._wanted.put(None)
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        _step_back()
        while (wanted := self._wanted.get()) is not None and not self._closing.is_set():
            fingerprint, stamp = wanted
            sha256 = self._hash(stamp)
            if sha256 is not None:
                self._remember(_key(stamp), sha256)
                self._learn(fingerprint, sha256)

    def _learn(self, fingerprint: str, sha256: str) -> None:
        self._known[fingerprint] = sha256
        self._tell(fingerprint, sha256)

    def _hash(self, stamp: FileStamp) -> str | None:
        """The hash of the files; None if we are to stop, or they are not what they were."""
        digest = hashlib.sha256()
        buffer = memoryview(bytearray(_BUFFER_BYTES))
        try:
            for path, *_ in stamp.parts:
                with open(path, "rb", buffering=0) as file:
                    while n := self._read_when_idle(file.readinto, buffer, file.tell()):
                        digest.update(buffer[:n])
        except OSError:
            return None
        now = FileStamp.of(Path(stamp.parts[0][0]))
        return digest.hexdigest() if now == stamp and not self._closing.is_set() else None

    def _read_when_idle(
        self, read_into: Callable[[memoryview], int], buffer: memoryview, at: int
    ) -> int:
        while at % STRIDE_BYTES == 0 and not self._is_idle() and not self._closing.is_set():
            self._closing.wait(_PAUSE_S)
        return 0 if self._closing.is_set() else read_into(buffer)

    def _remembered(self) -> dict[str, str]:
        try:
            hashes = json.loads(self._memory.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(hashes, dict):
            return {}
        return {key: value for key, value in hashes.items() if isinstance(value, str)}

    def _remember(self, key: str, sha256: str) -> None:
        text = json.dumps(self._remembered() | {key: sha256}, indent=1)
        unfinished = self._memory.with_name(f"{self._memory.name}.{os.getpid()}")
        # A hash that cannot be remembered is computed again next time.
        with contextlib.suppress(OSError):
            self._memory.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_text(text, "utf-8")
            unfinished.replace(self._memory)


def _key(stamp: FileStamp) -> str:
    return "|".join(f"{path}:{size}:{changed_ns}" for path, size, changed_ns, _ in stamp.parts)


def _step_back() -> None:
    """Let every other thread go first, where threads have priorities of their own."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)

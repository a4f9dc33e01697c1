"""A thread that does something whenever it is due."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Keeper:
    """Calls `act` when `due_in_s()` seconds have passed; None: not until it is stirred.

    The thread begins with the first `stir` and has ended when `close` returns.
    """

    def __init__(self, due_in_s: Callable[[], float | None], act: Callable[[], None]) -> None:
        self._due_in_s = due_in_s
        self._act = act
        self._stirred = threading.Event()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def stir(self) -> None:
        """What is due when may have changed."""
        if self._thread is None and not self._closing.is_set():
            self._thread = threading.Thread(target=self._run, name="loom keeper", daemon=True)
            self._thread.start()
        self._stirred.set()

    def close(self) -> None:
        """End, after what is being done."""
        self._closing.set()
        self._stirred.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._closing.is_set():
            due_in_s = self._due_in_s()
            if due_in_s is not None and due_in_s <= 0:
                self._act()
            elif self._stirred.wait(due_in_s):
                self._stirred.clear()

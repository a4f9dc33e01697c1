"""A journal with somebody who hears what it publishes and what goes wrong."""

from __future__ import annotations

import threading
from pathlib import Path

from loom.errors import LoomError
from loom.store import Journal, Pace
from loom.tree.events import TreeEvent

NEVER = Pace(hold_s=3600, rest_s=3600, retry_s=3600)
"""The journal does nothing of its own accord."""


class Listening:
    def __init__(self, path: Path, pace: Pace | None = None) -> None:
        self.published: list[TreeEvent] = []
        self.faults: list[LoomError] = []
        self.heard = threading.Condition()
        self.journal = Journal(path, publish=self.publish, fault=self.fault, pace=pace)

    def publish(self, events: tuple[TreeEvent, ...]) -> None:
        with self.heard:
            self.published += events
            self.heard.notify_all()

    def fault(self, error: LoomError) -> None:
        with self.heard:
            self.faults.append(error)
            self.heard.notify_all()

    def wait_for_published(self, n: int) -> None:
        with self.heard:
            assert self.heard.wait_for(lambda: len(self.published) >= n, timeout=30)

    def wait_for_fault(self) -> None:
        with self.heard:
            assert self.heard.wait_for(lambda: self.faults, timeout=30)

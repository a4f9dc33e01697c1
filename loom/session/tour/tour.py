"""The tour as the app gives it: three sessions in a folder of their own, and the steps on them."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from loom.engine.client import Connect
from loom.session.session import Session
from loom.session.tour.figures import figures_of
from loom.session.tour.making import CHAPTERS, make
from loom.session.tour.steps import Step, steps_of


class Tour:
    """Sessions that are thrown away when the tour is over; `steps` are in their order."""

    def __init__(self, sessions: list[Session], steps: list[Step], folder: Path) -> None:
        self.sessions = sessions
        self.steps = steps
        self._folder = folder

    @classmethod
    def begin(cls, connect: Connect) -> Tour:
        """Make it: a second or two, and no model."""
        folder = Path(tempfile.mkdtemp(prefix="loom-tour-"))
        sessions: list[Session] = []
        try:
            sessions.extend(make(chapter, folder, connect) for chapter in CHAPTERS)
            steps = steps_of(sessions, [figures_of(chapter.world) for chapter in CHAPTERS])
        except BaseException:
            cls(sessions, [], folder).close()
            raise
        return cls(sessions, steps, folder)

    def close(self) -> None:
        """Throw all of it away."""
        for session in self.sessions:
            session.close()
        shutil.rmtree(self._folder, ignore_errors=True)

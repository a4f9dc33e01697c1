"""A session file played again: what the panes show comes from a tape instead of a model."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from loom.convergence.joins import find_joins
from loom.engine.request import LoadSpec, Request
from loom.errors import LoomError, SessionFileError
from loom.records import Join
from loom.replay.fork import fork
from loom.replay.marks import Mark, marks_of
from loom.replay.player import Player
from loom.replay.tape import record
from loom.replay.telling import Line, told
from loom.session.judging.telling import told_of
from loom.session.laws import Laws
from loom.session.opening import free_path
from loom.session.plans import Progress
from loom.session.prompt_maker import PromptMaker
from loom.session.replayed_joins import replayed_joins
from loom.session.second_model import Alone
from loom.session.settings import GrowSettings, ModelStatus
from loom.store.database import open_for_reading
from loom.tree.events import GrowthRequested, NodeSelected, SessionStarted, TreeEvent
from loom.tree.graph import Tree


class Replay:
    """The tape of a session file, its marks, and the tree at the place where it stands.

    It has what panes ask of a session: `tree` (another one after going back), `settings` (those
    of the last growth that was asked for), `status`, `progress`, `joins`. The file is read once
    and let go; no model is loaded, nothing is written.
    """

    progress: Progress | None = None
    is_read_only = False

    def __init__(self, path: Path) -> None:
        """Read a session file; SessionFileError says why it cannot be."""
        self.path = path
        with open_for_reading(path) as stored:
            self._player = Player(record(stored.load_events()))
        self.tape = self._player.tape
        self.marks: tuple[Mark, ...] = marks_of(self.tape)
        self._joins = replayed_joins(self.tape)
        self.settings = GrowSettings()
        # What was recorded of tokens could be read; nobody is asked for more.
        self.laws = Laws(path, self.tree, PromptMaker(), _no_model, _no_request, lambda: None)
        self.second = Alone(self.laws)

    @property
    def tree(self) -> Tree:
        """The tree at this moment."""
        return self._player.tree

    @property
    def place(self) -> int:
        """How many places of the tape have been played."""
        return self._player.place

    @property
    def happened(self) -> tuple[TreeEvent, ...]:
        """Everything up to this place but the tokens, in order."""
        n = int(np.searchsorted(self.tape.places, self.place, side="left"))
        return self.tape.journal[:n]

    @property
    def status(self) -> ModelStatus:
        """The model's name; none is loaded."""
        return ModelStatus(name=Path(self.tree.model).stem)

    def joins(self) -> tuple[Join, ...]:
        """Where branches meet at this moment, strongest first.

        Of a long session that is known once `find_marks` has been through it.
        """
        return self._joins.joins(self.tree, self.place)

    def go_to(self, place: int) -> tuple[TreeEvent, ...]:
        """Stand at a place; what happened up to it, from the beginning if it was left behind."""
        before = self.tree
        events = self._player.go_to(place)
        if self.tree is not before:
            self._joins.begin_anew()
        for event in events:
            self._joins.take(event, self.tree)
            if isinstance(event, SessionStarted):
                self.settings = GrowSettings.for_mode(event.mode)
            elif isinstance(event, GrowthRequested):
                self.settings = GrowSettings.like(event)
        return events

    def find_marks(self) -> tuple[Mark, ...]:
        """All marks, joins as well, for which the whole session is compared; in any thread."""
        player = Player(self.tape)
        player.go_to(len(self.tape))
        tree = player.tree
        marks = marks_of(self.tape, told_of(tree, find_joins(tree), tree.judged))
        self._joins.find(marks)
        return marks

    def lines(self) -> Iterator[tuple[float, Line]]:
        """What happens from here to the end, each with its second, in the order of the tape."""
        joins = [mark for mark in self.find_marks() if mark.kind == "join"]
        waiting = deque(mark for mark in joins if mark.place > self.place)
        for event, place in zip(self.tape.journal, self.tape.places.tolist(), strict=True):
            if place < self.place:
                continue
            while waiting and waiting[0].place <= place:
                yield from self._line(waiting.popleft())
            self.go_to(place + 1)
            if (line := told(event, self.tree)) is not None:
                yield self.tape.second_of(place + 1), line
        for mark in waiting:
            yield from self._line(mark)

    def take_over(self, here: str | None) -> Path:
        """Fork a new session from this moment into the folder of sessions; returns its file.

        The person stands at `here` in it. SessionFileError if it cannot be written.
        """
        selected = None if here is None else NodeSelected(time.time(), here)
        try:
            path = free_path(f"{self.tree.title} taken over")
        except OSError as error:
            raise SessionFileError(
                f"The folder of sessions cannot be made ({error.strerror}).",
                "Set LOOM_HOME to a folder that can be written.",
            ) from error
        fork(self.path, self.tape, self.place, path, selected)
        return path

    def _line(self, mark: Mark) -> Iterator[tuple[float, Line]]:
        if (line := told(mark.about, self.tree)) is not None:
            yield mark.second, line


def _no_model() -> LoadSpec:
    raise LoomError("A replay loads no model.", "Taking over goes on from here.")


def _no_request(_spec: LoadSpec, _request: Request) -> None:
    _no_model()

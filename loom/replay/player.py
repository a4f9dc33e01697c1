"""The player: a tree at any moment of a tape, and the events that lead from one to the next."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from loom.records.tokens import rows_of
from loom.replay.tape import Tape, Voice
from loom.tree.events import BranchClosed, BranchOpened, NodeAdded, TokensAppended, TreeEvent
from loom.tree.graph import Tree


class Player:
    """Stands at a place of a tape with the tree as it was there.

    Going on applies the events in between to `tree`, tokens that follow one another as one
    event; going back begins with a new tree. What it costs hangs on how many events lie between,
    not on how many tokens.
    """

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.tree = Tree()
        self.place = 0
        self._n_events = 0
        self._n_said: dict[str, int] = {}

    @property
    def second(self) -> float:
        """When the last thing was played that the tree has in it."""
        return self.tape.second_of(self.place)

    @property
    def at_end(self) -> bool:
        """Whether everything has been played."""
        return self.place == len(self.tape)

    def go_to(self, place: int) -> tuple[TreeEvent, ...]:
        """Stand after the first `place` places; the events applied, from the first if it went back.

        Whether it went back shows in `tree`, which is then another one.
        """
        place = min(max(0, place), len(self.tape))
        if place < self.place:
            self.tree, self.place, self._n_events = Tree(), 0, 0
            self._n_said.clear()
        events = tuple(self._between(place))
        self.place = place
        for event in events:
            self.tree.apply(event)
        return events

    def _between(self, place: int) -> Iterator[TreeEvent]:
        tape = self.tape
        n_events = int(np.searchsorted(tape.places, place, side="left"))
        for index in range(self._n_events, n_events):
            event = tape.journal[index]
            if isinstance(event, BranchOpened | NodeAdded) and event.node_id in tape.voices:
                self._n_said[event.node_id] = 0
            elif isinstance(event, BranchClosed) and event.node_id in self._n_said:
                yield from self._said(tape.voices[event.node_id], int(tape.places[index]))
                del self._n_said[event.node_id]
            yield event
        self._n_events = n_events
        for node_id in self._n_said:
            yield from self._said(tape.voices[node_id], place)

    def _said(self, voice: Voice, place: int) -> Iterator[TokensAppended]:
        """What a branch said since it was asked last, up to a place."""
        start = self._n_said[voice.node_id]
        end = int(np.searchsorted(voice.places, place, side="left"))
        if end > start:
            self._n_said[voice.node_id] = end
            at = float(self.tape.happened_at[voice.places[end - 1]])
            yield TokensAppended(at, voice.node_id, start, rows_of(voice.tokens, start, end))

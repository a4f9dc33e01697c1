"""The player: a tree at any moment of a tape, and the events that lead from one to the next."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from loom.records.tokens import rows_of
from loom.replay.tape import Tape, Voice
from loom.tree.checkpoint import Checkpoint
from loom.tree.events import BranchClosed, BranchOpened, NodeAdded, TokensAppended, TreeEvent
from loom.tree.graph import Tree

LEAST_STRIDE = 2_000
"""Events between two moments to which one can go back at once; fewer are folded in an instant."""

MOST_KEPT = 32
"""Moments that are kept of one tape at most: of a long one every so many thousandth event."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """The tree at a place, and how far its branches were by then."""

    place: int
    n_events: int
    n_said: Mapping[str, int]
    tree: Checkpoint


class Player:
    """Stands at a place of a tape with the tree as it was there.

    Going on applies the events in between to `tree`, tokens that follow one another as one
    event; going back begins at the last moment before that was kept on the way, with a new tree.
    What it costs hangs on how many events lie between, not on how many tokens.
    """

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.tree = Tree()
        self.place = 0
        self._n_events = 0
        self._n_said: dict[str, int] = {}
        stride = max(LEAST_STRIDE, -(-len(tape.journal) // MOST_KEPT))
        self._stops: list[int] = (tape.places[stride::stride] + 1).tolist()
        self._kept: list[_Kept] = []

    @property
    def second(self) -> float:
        """When the last thing was played that the tree has in it."""
        return self.tape.second_of(self.place)

    def go_to(self, place: int) -> tuple[TreeEvent, ...]:
        """Stand after the first `place` places; what was applied, from the first if it went back.

        Whether it went back shows in `tree`, which is then another one; of what was applied to it
        before a moment that was kept, the tokens are left out.
        """
        place = min(max(0, place), len(self.tape))
        events: list[TreeEvent] = []
        if place < self.place:
            events += self._go_back(place)
        for stop in self._stops[bisect_right(self._stops, self.place) :]:
            if stop >= place:
                break
            events += self._go_on(stop)
            self._keep()
        events += self._go_on(place)
        return tuple(events)

    def _go_on(self, place: int) -> tuple[TreeEvent, ...]:
        events = tuple(self._between(place))
        self.place = place
        for event in events:
            self.tree.apply(event)
        return events

    def _go_back(self, place: int) -> Sequence[TreeEvent]:
        """Stand at the last moment kept up to a place, or at the beginning."""
        self.tree, self.place, self._n_events = Tree(), 0, 0
        self._n_said = {}
        at = bisect_right(self._kept, place, key=lambda kept: kept.place)
        if at:
            kept = self._kept[at - 1]
            self.tree.resume(kept.tree)
            self.place, self._n_events = kept.place, kept.n_events
            self._n_said = dict(kept.n_said)
        return self.tape.journal[: self._n_events]

    def _keep(self) -> None:
        """Remember this moment, unless one that is later is remembered already."""
        if self._kept and self._kept[-1].place >= self.place:
            return
        if (tree := self.tree.checkpoint()) is not None:
            self._kept.append(_Kept(self.place, self._n_events, dict(self._n_said), tree))

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

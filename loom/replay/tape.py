"""The tape: every event and every token of a session, one after another, with its second."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from loom.records.tokens import TokenColumns
from loom.replay.rhythm import journal_of, slots_of, without_long_pauses
from loom.tree.events import TreeEvent

Places = npt.NDArray[np.int64]
Seconds = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """All tokens of one branch, in order; `places[i]` is where token i stands on the tape."""

    node_id: str
    tokens: TokenColumns
    places: Places


@dataclass(frozen=True, slots=True, eq=False)
class Tape:
    """n places in the order in which things happened: an event of the journal, or one token.

    `journal` is every event but the tokens, in its own order, and `places` (m,) where each
    stands; `voices` are the tokens by node. `seconds` (n,) is when a place is played, from 0 and
    never falling, pauses shortened; `happened_at` (n,) when it happened, in seconds since the
    Unix epoch.
    """

    journal: tuple[TreeEvent, ...]
    places: Places
    voices: Mapping[str, Voice]
    seconds: Seconds
    happened_at: Seconds

    def __len__(self) -> int:
        return len(self.seconds)

    @property
    def duration_s(self) -> float:
        """How long it plays."""
        return float(self.seconds[-1]) if len(self) else 0.0

    def place_at(self, second: float) -> int:
        """How many places have been played at this second."""
        return int(np.searchsorted(self.seconds, second, side="right"))

    def second_of(self, place: int) -> float:
        """The second at which so many places have been played; 0 before the first."""
        return float(self.seconds[min(place, len(self)) - 1]) if place and len(self) else 0.0

    def moment_after(self, place: int) -> int:
        """The next place that differs from this one in time: a step of all growing branches."""
        if place >= len(self):
            return len(self)
        return self.place_at(float(self.seconds[place]))

    def moment_before(self, place: int) -> int:
        """The place before the last thing that was played; 0 at the beginning."""
        if not place:
            return 0
        return int(np.searchsorted(self.seconds, self.second_of(place), side="left"))


def record(events: Iterable[TreeEvent]) -> Tape:
    """A tape of events as a session file gives them: tokens in blocks, with their own seconds."""
    journal = journal_of(events)
    n_events, heard = len(journal.events), list(journal.voices.values())
    second = np.concatenate([journal.seconds, *(voice.seconds for voice in heard)])
    slot = np.concatenate([np.arange(n_events), slots_of(journal, second[n_events:])])
    is_event = np.arange(len(slot)) < n_events
    # A token stands before the event of its slot; tokens of one slot by their seconds.
    order = np.lexsort((np.arange(len(slot)), second, is_event, slot))
    place_of = np.empty(len(order), np.int64)
    place_of[order] = np.arange(len(order))
    ends = np.cumsum([n_events, *(len(voice.until) for voice in heard)])
    parts = np.split(place_of, ends[:-1])
    real = np.concatenate([journal.happened_at, *(voice.happened_at for voice in heard)])
    return Tape(
        journal=journal.events,
        places=parts[0],
        voices={
            voice.node_id: Voice(voice.node_id, voice.tokens, places)
            for voice, places in zip(heard, parts[1:], strict=True)
        },
        seconds=without_long_pauses(second[order]),
        happened_at=real[order],
    )

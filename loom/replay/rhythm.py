"""When each thing happened: clocks that were set back, tokens between events, long pauses.

Events carry the time of a wall clock, which can be set back; tokens carry the seconds since their
request, of a clock that cannot. So the seconds of the journal only ever add what passed, and the
tokens of a branch are laid out from its first one on, between its opening and its closing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from loom.records.tokens import TokenColumns, concat
from loom.tree.events import BranchClosed, BranchOpened, NodeAdded, TokensAppended, TreeEvent

LONGEST_PAUSE_S = 1.2
"""A longer silence is played as one of this length."""

_LONGEST_STEP_S = 3_600.0
"""A token that took longer than this is taken for a mistake of whatever wrote the file."""

Seconds = npt.NDArray[np.float64]
Slots = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """The tokens of one branch before they have places.

    `opened` is the index of the event before them all, `until` (n,) that of the event before
    which each was written down; `seconds` and `happened_at` (n,) are as those of the journal.
    """

    node_id: str
    tokens: TokenColumns
    opened: int
    until: Slots
    seconds: Seconds
    happened_at: Seconds


@dataclass(frozen=True, slots=True, eq=False)
class Journal:
    """The events that are no tokens, (m,) seconds from the first one on, and the branches."""

    events: tuple[TreeEvent, ...]
    seconds: Seconds
    happened_at: Seconds
    voices: Mapping[str, Heard]


@dataclass(slots=True, eq=False)
class _Listening:
    """One branch while the journal is read."""

    opened: int
    opened_at: float
    second: float
    blocks: list[TokenColumns] = field(default_factory=list)
    until: list[int] = field(default_factory=list)
    tokens: TokenColumns | None = None
    passed_s: Seconds = field(default_factory=lambda: np.zeros(0))

    def listen_back(self) -> None:
        """Put together what was heard, `passed_s` from the first token on, never falling."""
        self.tokens = self.blocks[0] if len(self.blocks) == 1 else concat(self.blocks)
        steps = np.zeros(len(self.tokens))
        steps[1:] = np.diff(self.tokens.elapsed_s.astype(np.float64))
        self.passed_s = np.nan_to_num(steps, nan=0.0).clip(0.0, _LONGEST_STEP_S).cumsum()

    def heard(self, node_id: str, closed_s: float) -> Heard:
        """What was heard of it in all."""
        if self.tokens is None:
            self.listen_back()
        assert self.tokens is not None
        passed_s = self.passed_s
        return Heard(
            node_id,
            self.tokens,
            self.opened,
            np.array(self.until, np.int64),
            np.minimum(self.second + passed_s, closed_s),
            self.opened_at + passed_s,
        )


def journal_of(events: Iterable[TreeEvent]) -> Journal:
    """Events and tokens apart, each with its second."""
    kept: list[TreeEvent] = []
    seconds: list[float] = []
    voices: dict[str, _Listening] = {}
    closed_s: dict[str, float] = {}
    second, before = 0.0, None
    for event in events:
        if isinstance(event, TokensAppended):
            voice = voices[event.node_id]
            voice.blocks.append(event.tokens)
            voice.until += [len(kept)] * len(event.tokens)
            continue
        second += 0.0 if before is None else max(0.0, event.at - before)
        before = event.at
        if isinstance(event, NodeAdded | BranchOpened):
            voices[event.node_id] = _Listening(len(kept), event.at, second)
        if isinstance(event, BranchClosed) and (said := voices.get(event.node_id)) and said.until:
            said.listen_back()
            second = max(second, said.second + float(said.passed_s[-1]))
            closed_s[event.node_id] = second
        kept.append(event)
        seconds.append(second)
    return Journal(
        tuple(kept),
        np.array(seconds, np.float64),
        np.array([event.at for event in kept], np.float64),
        {
            node_id: voice.heard(node_id, closed_s.get(node_id, np.inf))
            for node_id, voice in voices.items()
            if voice.until
        },
    )


def slots_of(journal: Journal, seconds: Seconds) -> Slots:
    """Before which event each token of all branches, one branch after another, stands.

    After the opening of its branch, and not after it was written down.
    """
    voices = journal.voices.values()
    begun = np.array([voice.opened + 1 for voice in voices], np.int64)
    earliest = np.repeat(begun, [len(voice.until) for voice in voices])
    until = np.concatenate([np.zeros(0, np.int64), *(voice.until for voice in voices)])
    slots: Slots = np.searchsorted(journal.seconds, seconds, side="right").clip(earliest, until)
    return slots


def without_long_pauses(seconds: Seconds) -> Seconds:
    """Seconds (n,) from 0 on with every silence cut to `LONGEST_PAUSE_S`."""
    steps = np.diff(np.maximum.accumulate(seconds), prepend=seconds[:1])
    return np.cumsum(np.clip(steps, 0.0, LONGEST_PAUSE_S))

"""What the engine says, written down as events of the tree."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from loom.engine.events import (
    Accepted,
    BranchEnded,
    Covered,
    EngineEvent,
    RequestFailed,
    Stepped,
)
from loom.errors import LoomError
from loom.records.tokens import row_of, rows_at
from loom.session.prompt import Prompt
from loom.tree.events import (
    BranchClosed,
    BranchOpened,
    Finish,
    GrowthAccepted,
    GrowthCovered,
    GrowthRequested,
    NodeTokenised,
    Role,
    TokensAppended,
    TreeEvent,
)

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: nothing in an id can be taken for something else."""


def new_id() -> str:
    """A name for a node or a request that nothing else has (50 random bits)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(10))


@dataclass(slots=True, eq=False)
class Writing:
    """One request while its branches grow; `done` is set when nothing more will come of it.

    `node_ids` are the branches that grow now, by index; `n_opened` of them ever began, and
    `n_expected` are to end before it is done. Only the engine's thread writes; when `done` is
    set any thread may read.
    """

    requested: GrowthRequested
    prompt: Prompt
    role: Role
    n_expected: int
    author: str = ""
    node_ids: dict[int, str] = field(default_factory=dict)
    n_tokens: dict[int, int] = field(default_factory=dict)
    n_opened: int = 0
    n_ended: int = 0
    failure: LoomError | None = None
    done: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def of(cls, requested: GrowthRequested, prompt: Prompt, role: Role) -> Writing:
        """A request that is about to be made."""
        return cls(requested, prompt, role, requested.n_branches)


class Scribe:
    """Turns engine events into tree events. Called from whichever thread the engine reports on.

    A branch gets its node with its first token: one that is stopped while it waits, or whose
    request cannot be run, leaves no empty node behind.
    """

    def __init__(self, clock: Callable[[], float], make_id: Callable[[], str]) -> None:
        self._clock = clock
        self._make_id = make_id
        self._open: dict[str, Writing] = {}
        self._ended_writings: list[Writing] = []

    def begin(self, writing: Writing) -> None:
        """Expect what the engine will say of a request."""
        self._open[writing.requested.request_id] = writing

    def hear(self, event: EngineEvent) -> list[TreeEvent]:
        """What an engine event means for the tree."""
        match event:
            case Accepted():
                return self._accepted(event)
            case Covered():
                return self._covered(event)
            case Stepped():
                return self._stepped(event)
            case BranchEnded():
                return self._ended(event)
            case RequestFailed():
                return self.fail(event.request_id, LoomError(event.what, event.remedy))
            case _:
                return []

    def take_ended(self) -> list[Writing]:
        """Requests that have ended since the last call."""
        ended, self._ended_writings = self._ended_writings, []
        return ended

    def fail(self, request_id: str, failure: LoomError) -> list[TreeEvent]:
        """Nothing more will come of a request; what it wrote is kept."""
        return self._close(request_id, "error", failure)

    def abandon_one(self, request_id: str) -> list[TreeEvent]:
        """The engine of a request was let go: close what still grows of it as stopped."""
        return self._close(request_id, "cancelled", None)

    def abandon(self) -> list[TreeEvent]:
        """The engine was let go on purpose: close what still grows as stopped by the person."""
        return [event for request_id in list(self._open) for event in self.abandon_one(request_id)]

    def _close(self, request_id: str, finish: Finish, failure: LoomError | None) -> list[TreeEvent]:
        writing = self._open.pop(request_id, None)
        if writing is None:
            return []
        writing.failure = failure
        self._ended_writings.append(writing)
        now, message = self._clock(), failure.what if failure else ""
        return [
            BranchClosed(now, node_id, finish, message) for node_id in writing.node_ids.values()
        ]

    def _accepted(self, event: Accepted) -> list[TreeEvent]:
        writing = self._open[event.request_id]
        now = self._clock()
        model = event.provenance.model
        events: list[TreeEvent] = [
            NodeTokenised(now, node_id, part.ids, part.pieces, model.fingerprint)
            for node_id, part in zip(writing.prompt.node_ids, event.parts, strict=True)
            if node_id is not None and part is not None
        ]
        events.append(GrowthAccepted(now, event.request_id, event.provenance))
        writing.author = model.name
        return events

    def _covered(self, event: Covered) -> list[TreeEvent]:
        writing = self._open[event.request_id]
        writing.n_expected = event.n_branches
        self._end_if_nothing_is_left(writing)
        if not event.n_branches:
            # It was stopped before it had seen the law: nothing was covered, nothing is known.
            return []
        return [GrowthCovered(self._clock(), event.request_id, event.n_branches, event.mass)]

    def _stepped(self, event: Stepped) -> list[TreeEvent]:
        now = self._clock()
        events: list[TreeEvent] = []
        rows: dict[tuple[str, int], list[int]] = {}
        for row, branch in enumerate(event.branches):
            rows.setdefault(branch, []).append(row)
        for (request_id, index), own in rows.items():
            writing = self._open[request_id]
            if index not in writing.node_ids:
                events.append(self._begun(writing, index, now))
            start = writing.n_tokens[index]
            writing.n_tokens[index] = start + len(own)
            one = len(own) == 1
            tokens = row_of(event.tokens, own[0]) if one else rows_at(event.tokens, own)
            events.append(TokensAppended(now, writing.node_ids[index], start, tokens))
        return events

    def _begun(self, writing: Writing, index: int, now: float) -> BranchOpened:
        writing.node_ids[index] = node_id = self._make_id()
        writing.n_tokens[index] = 0
        writing.n_opened += 1
        requested = writing.requested
        return BranchOpened(
            now,
            node_id,
            requested.parent_id,
            requested.request_id,
            index,
            writing.role,
            writing.author,
        )

    def _ended(self, event: BranchEnded) -> list[TreeEvent]:
        writing = self._open[event.request_id]
        writing.n_ended += 1
        node_id = writing.node_ids.pop(event.index, None)
        self._end_if_nothing_is_left(writing)
        if node_id is None:
            return []
        return [BranchClosed(self._clock(), node_id, event.finish, event.message, event.queue_s)]

    def _end_if_nothing_is_left(self, writing: Writing) -> None:
        if writing.n_ended >= writing.n_expected:
            self._ended_writings.append(self._open.pop(writing.requested.request_id))

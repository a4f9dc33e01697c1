"""What the engine says, written down as events of the tree."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from loom.engine.events import Accepted, BranchEnded, EngineEvent, RequestFailed, Stepped
from loom.errors import LoomError
from loom.records.tokens import row_of
from loom.session.prompt import Prompt
from loom.tree.events import (
    BranchClosed,
    BranchOpened,
    GrowthAccepted,
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
    """One request while its branches grow; `done` is set when nothing more will come of it."""

    requested: GrowthRequested
    prompt: Prompt
    role: Role
    node_ids: dict[int, str] = field(default_factory=dict)
    n_tokens: dict[int, int] = field(default_factory=dict)
    failure: LoomError | None = None
    done: threading.Event = field(default_factory=threading.Event)


class Scribe:
    """Turns engine events into tree events. Called from whichever thread the engine reports on.

    A branch gets its node when the engine accepts the request, so that a request which cannot be
    run leaves no empty branches behind.
    """

    def __init__(self, clock: Callable[[], float], make_id: Callable[[], str]) -> None:
        self._clock = clock
        self._make_id = make_id
        self._open: dict[str, Writing] = {}
        self._ended_writings: list[Writing] = []

    @property
    def open_requests(self) -> tuple[Writing, ...]:
        """Requests of which something is still to come."""
        return tuple(self._open.values())

    def begin(self, writing: Writing) -> None:
        """Expect what the engine will say of a request."""
        self._open[writing.requested.request_id] = writing

    def hear(self, event: EngineEvent) -> list[TreeEvent]:
        """What an engine event means for the tree."""
        match event:
            case Accepted():
                return self._accepted(event)
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
        writing = self._open.pop(request_id, None)
        if writing is None:
            return []
        writing.failure = failure
        self._ended_writings.append(writing)
        now = self._clock()
        return [
            BranchClosed(now, node_id, "error", failure.what)
            for node_id in writing.node_ids.values()
        ]

    def fail_all(self, failure: LoomError) -> list[TreeEvent]:
        """The engine is gone, and with it every request."""
        return [
            event for request_id in list(self._open) for event in self.fail(request_id, failure)
        ]

    def abandon(self) -> list[TreeEvent]:
        """The person leaves: close what still grows as stopped by them."""
        now = self._clock()
        node_ids = [i for writing in self._open.values() for i in writing.node_ids.values()]
        self._open.clear()
        return [BranchClosed(now, node_id, "cancelled") for node_id in node_ids]

    def _accepted(self, event: Accepted) -> list[TreeEvent]:
        writing = self._open[event.request_id]
        now, requested = self._clock(), writing.requested
        model = event.provenance.model
        events: list[TreeEvent] = [
            NodeTokenised(now, node_id, part.ids, part.pieces, model.fingerprint)
            for node_id, part in zip(writing.prompt.node_ids, event.parts, strict=True)
            if node_id is not None and part is not None
        ]
        events.append(GrowthAccepted(now, event.request_id, event.provenance))
        for index in range(requested.n_branches):
            writing.node_ids[index] = node_id = self._make_id()
            writing.n_tokens[index] = 0
            events.append(
                BranchOpened(
                    now,
                    node_id,
                    requested.parent_id,
                    event.request_id,
                    index,
                    writing.role,
                    model.name,
                )
            )
        return events

    def _stepped(self, event: Stepped) -> list[TreeEvent]:
        now = self._clock()
        events: list[TreeEvent] = []
        for row, (request_id, index) in enumerate(event.branches):
            writing = self._open[request_id]
            start = writing.n_tokens[index]
            writing.n_tokens[index] = start + 1
            tokens = row_of(event.tokens, row)
            events.append(TokensAppended(now, writing.node_ids[index], start, tokens))
        return events

    def _ended(self, event: BranchEnded) -> list[TreeEvent]:
        writing = self._open[event.request_id]
        node_id = writing.node_ids.pop(event.index)
        if not writing.node_ids:
            self._ended_writings.append(self._open.pop(event.request_id))
        return [BranchClosed(self._clock(), node_id, event.finish)]

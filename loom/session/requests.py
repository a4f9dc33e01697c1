"""Requests to the engine and what it answers, written into the journal."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from loom.engine.events import EngineDied, EngineEvent, LoadFailed, RequestFailed
from loom.engine.request import Grow
from loom.errors import EngineDiedError
from loom.records import Priority
from loom.session.news import News
from loom.session.prompt import Prompt
from loom.session.residents import Loss
from loom.session.scribe import Scribe, Writing, new_id
from loom.session.settings import GrowSettings, fresh_seed
from loom.tree.events import GrowthRequested, TreeEvent


class Requests:
    """Every request of a session; `hear` and `lose` are called on the engine's own threads."""

    def __init__(self, append: Callable[..., None], news: News) -> None:
        self._append = append
        self._news = news
        self._scribe = Scribe(time.time, new_id)
        self._writings: dict[str, Writing] = {}

    def begin(
        self, node_id: str, settings: GrowSettings, prompt: Prompt, plan_id: str | None = None
    ) -> Writing:
        """Write down that a growth is asked for; what the engine says of it is expected now."""
        requested = GrowthRequested(
            time.time(),
            new_id(),
            node_id,
            settings.n_branches,
            settings.max_tokens,
            settings.sampling,
            fresh_seed() if settings.seed is None else settings.seed,
            settings.ending,
            settings.cover,
            settings.mode,
            prompt.template,
            plan_id,
        )
        # First, because it may be refused.
        self._append(requested)
        writing = Writing.of(requested, prompt, prompt.role)
        self._writings[requested.request_id] = writing
        self._scribe.begin(writing)
        return writing

    def writing(self, request_id: str) -> Writing:
        """A request of this session, also one that has ended."""
        return self._writings[request_id]

    def is_going(self, request_id: str) -> bool:
        """Whether a request of this session has not ended yet."""
        writing = self._writings.get(request_id)
        return writing is not None and not writing.done.is_set()

    def hear(self, said: tuple[EngineEvent, ...]) -> None:
        """The engine said this."""
        events: list[TreeEvent] = []
        for one in said:
            if isinstance(one, LoadFailed | EngineDied | RequestFailed):
                self._news.say("error", one.what, one.remedy)
            events += self._scribe.hear(one)
        self._write(events)

    def lose(self, request_ids: Iterable[str], why: Loss) -> None:
        """Nothing more comes of these: an engine was lost, or (None) let go on purpose."""
        events: list[TreeEvent] = []
        for request_id in request_ids:
            if why is None:
                events += self._scribe.abandon_one(request_id)
            else:
                events += self._scribe.fail(request_id, EngineDiedError(why.what, why.remedy))
        self._write(events)

    def abandon(self) -> None:
        """All engines were let go: what still grows is closed as stopped."""
        self._write(self._scribe.abandon())

    def _write(self, events: list[TreeEvent]) -> None:
        if events:
            self._append(*events)
        for writing in self._scribe.take_ended():
            writing.done.set()
            self._news.rouse()


def asked_of_engine(writing: Writing, priority: Priority) -> Grow:
    """The request as the engine gets it."""
    requested = writing.requested
    return Grow(
        requested.request_id,
        writing.prompt.parts,
        requested.n_branches,
        requested.max_tokens,
        requested.sampling,
        requested.seed,
        ending=requested.ending,
        cover=requested.cover,
        mode=requested.mode,
        priority=priority,
    )

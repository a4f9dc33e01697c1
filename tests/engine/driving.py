"""Running an engine to the end of what it was asked, and reading what it said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from loom.engine.engine import Engine
from loom.engine.events import BranchEnded, EngineEvent, Gauge, Scored, Stepped
from loom.engine.request import Request
from loom.records import TokenColumns
from loom.records.tokens import concat, row_of

Event = TypeVar("Event")


def run(engine: Engine, *requests: Request) -> list[EngineEvent]:
    """Submit, then step until nothing is left to do; the memory's books are checked throughout."""
    events = [event for request in requests for event in engine.submit(request)]
    while engine.busy:
        events += engine.step()
        engine.check()
    return events


def only(events: Sequence[EngineEvent], kind: type[Event]) -> list[Event]:
    """The events of one kind."""
    return [event for event in events if isinstance(event, kind)]


def texts(events: Sequence[EngineEvent]) -> dict[tuple[str, int], bytes]:
    """What each branch wrote."""
    return {name: b"".join(tokens.pieces) for name, tokens in written(events).items()}


def written(events: Sequence[EngineEvent]) -> dict[tuple[str, int], TokenColumns]:
    """The tokens of each branch."""
    rows: dict[tuple[str, int], list[TokenColumns]] = {}
    for event in only(events, Stepped):
        for row, branch in enumerate(event.branches):
            rows.setdefault(branch, []).append(row_of(event.tokens, row))
    return {branch: concat(columns) for branch, columns in rows.items()}


def finishes(events: Sequence[EngineEvent]) -> dict[tuple[str, int], str]:
    """How each branch ended."""
    return {(e.request_id, e.index): e.finish for e in only(events, BranchEnded)}


def scored(events: Sequence[EngineEvent]) -> dict[int, TokenColumns]:
    """What was found about each text."""
    return {event.index: event.tokens for event in only(events, Scored)}


def gauge_of(events: Sequence[EngineEvent]) -> Gauge:
    """The last gauge."""
    return only(events, Gauge)[-1]

"""Decode steps that are told in one message, as one event: a column each instead of one a step."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, groupby

from loom.engine.events import EngineEvent, Stepped
from loom.records.tokens import concat


def steps_in_one(events: Sequence[EngineEvent]) -> tuple[EngineEvent, ...]:
    """The events in their order, with steps that follow one another in one.

    Packing a message, unpacking it and writing it down cost by its columns, not by its rows.
    """
    told: list[EngineEvent] = []
    for _, run in groupby(events, _kind):
        alike = list(run)
        steps = [event for event in alike if isinstance(event, Stepped)]
        told += alike if len(steps) < 2 else [_in_one(steps)]
    return tuple(told)


def _kind(event: EngineEvent) -> tuple[type[EngineEvent], int | None]:
    """Steps can stand in one where they keep as many likeliest tokens, or no statistics at all."""
    if not isinstance(event, Stepped) or event.tokens.stats is None:
        return type(event), None
    return Stepped, event.tokens.stats.top_ids.shape[1]


def _in_one(steps: Sequence[Stepped]) -> Stepped:
    branches = tuple(chain.from_iterable(step.branches for step in steps))
    return Stepped(branches, concat([step.tokens for step in steps]))

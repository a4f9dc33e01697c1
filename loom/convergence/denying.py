"""What a person says of findings: a join that is none to them is kept, and marked so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from loom.records import Join, Place


def places_of(join: Join) -> frozenset[Place]:
    """Where a finding stands: the last place in each of its nodes."""
    last = {span.node: Place(span.node, span.end_token) for span in join.spans}
    return frozenset(last.values())


def with_denials(joins: Sequence[Join], denied: Iterable[frozenset[Place]]) -> tuple[Join, ...]:
    """The same findings, `denied` where a person said of two of its places that they do not meet.

    So a road that gets another way in later stays denied; the model's verdict is not touched.
    """
    every = list(denied)
    if not every:
        return tuple(joins)
    return tuple(
        replace(join, denied=True)
        if any(len(places_of(join) & places) > 1 for places in every)
        else join
        for join in joins
    )

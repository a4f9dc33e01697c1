"""Requests and their answers as columns, and back: thousands that differ in a few fields.

What is the same in many of them is kept once, as an event with those fields left empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from loom.store.codec import EventRow, decode, encode
from loom.tree.events import GrowthAccepted, GrowthRequested

Growth = GrowthRequested | GrowthAccepted
KINDS = ("growth_requested", "growth_accepted")

Columns = dict[str, list[list[object]]]


def pack_growths(growths: Sequence[tuple[int, Growth]]) -> Columns:
    """`alike`: kind and payload of each sort; `each`: what is its own, by the event's number."""
    sorts: dict[tuple[str, str], int] = {}
    each: list[list[object]] = []
    for seq, growth in growths:
        empty, own = _parted(growth)
        row = encode(empty)
        place = sorts.setdefault((row.kind, row.payload), len(sorts))
        each.append([seq, growth.at, place, growth.request_id, *own])
    return {"alike": [list(sort) for sort in sorts], "each": each}


def unpack_growths(columns: Columns) -> list[tuple[int, Growth]]:
    """The requests and answers again; ValueError or TypeError if they make no sense."""
    sorts = [decode(EventRow(0.0, str(kind), None, str(p)), None) for kind, p in columns["alike"]]
    return [_whole(sorts, *row) for row in columns["each"]]


def _parted(growth: Growth) -> tuple[Growth, tuple[object, ...]]:
    if isinstance(growth, GrowthRequested):
        empty = replace(growth, at=0.0, request_id="", parent_id="", seed=0)
        return empty, (growth.parent_id, growth.seed)
    made = growth.provenance
    own = (made.seed, made.n_prompt_tokens, made.prompt_sha256)
    common = replace(made, seed=0, n_prompt_tokens=0, prompt_sha256="")
    return replace(growth, at=0.0, request_id="", provenance=common), own


def _whole(  # type: ignore[no-untyped-def]
    sorts: Sequence[object], seq, at, place, request_id, *own
) -> tuple[int, Growth]:
    match sorts[place]:
        case GrowthRequested() as empty:
            parent_id, seed = own
            asked = replace(empty, at=at, request_id=request_id, parent_id=parent_id, seed=seed)
            return seq, asked
        case GrowthAccepted(provenance=common) as accepted:
            seed, n_prompt_tokens, prompt_sha256 = own
            made = replace(
                common, seed=seed, n_prompt_tokens=n_prompt_tokens, prompt_sha256=prompt_sha256
            )
            return seq, replace(accepted, at=at, request_id=request_id, provenance=made)
        case _:
            raise ValueError("neither a request nor its answer")

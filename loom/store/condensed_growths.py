"""Requests and their answers as columns, and back: thousands that differ in a few fields.

What is the same in many of them is kept once, as an event with those fields left empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

from loom.records.in_bulk import from_columns
from loom.records.provenance import Provenance
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


def unpack_growths(columns: Columns) -> tuple[list[int], list[Growth]]:
    """Their numbers, and the requests and answers again; ValueError or TypeError if senseless."""
    sorts = [decode(EventRow(0.0, str(kind), None, str(p)), None) for kind, p in columns["alike"]]
    of_sort: list[list[Sequence[object]]] = [[] for _ in sorts]
    for row in columns["each"]:
        of_sort[row[2]].append(row)  # type: ignore[call-overload]
    found: dict[object, Growth] = {}
    for sort, rows in zip(sorts, of_sort, strict=True):
        if rows:
            seqs, *own = zip(*rows, strict=True)
            found.update(zip(seqs, _whole(sort, len(rows), *own), strict=True))
    numbers: list[int] = [row[0] for row in columns["each"]]  # type: ignore[misc]
    return numbers, list(map(found.__getitem__, numbers))


def _parted(growth: Growth) -> tuple[Growth, tuple[object, ...]]:
    if isinstance(growth, GrowthRequested):
        empty = replace(growth, at=0.0, request_id="", parent_id="", seed=0)
        return empty, (growth.parent_id, growth.seed)
    made = growth.provenance
    own = (made.seed, made.n_prompt_tokens, made.prompt_sha256)
    common = replace(made, seed=0, n_prompt_tokens=0, prompt_sha256="")
    return replace(growth, at=0.0, request_id="", provenance=common), own


def _whole(  # type: ignore[no-untyped-def]
    sort: object, n: int, at, _place, request_id, *own
) -> Sequence[Growth]:
    """All growths of one sort, from what is each one's own."""
    match sort:
        case GrowthRequested():
            parent_id, seed = own
            asked = {"at": at, "request_id": request_id, "parent_id": parent_id, "seed": seed}
            return from_columns(GrowthRequested, n, asked, _fields(sort))
        case GrowthAccepted():
            seed, n_prompt_tokens, sha256 = own
            run = {"seed": seed, "n_prompt_tokens": n_prompt_tokens, "prompt_sha256": sha256}
            made = from_columns(Provenance, n, run, _fields(sort.provenance))
            accepted = {"at": at, "request_id": request_id, "provenance": made}
            return from_columns(GrowthAccepted, n, accepted, {})
        case _:
            raise ValueError("neither a request nor its answer")


def _fields(record: GrowthRequested | Provenance) -> dict[str, object]:
    return {each.name: getattr(record, each.name) for each in fields(record)}

"""Many finished branches, and what was asked for them, as columns, and back.

Packed is zlib over: the length of a JSON object in 8 bytes, little-endian; the object; the texts;
token ids and piece sizes as int32, little-endian. The object holds a list for each field.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from operator import attrgetter
from typing import Any

from loom.records.in_bulk import from_columns
from loom.store.condensed_growths import Growth, pack_growths, unpack_growths
from loom.store.packing import LIGHTLY, pack_ints, unpack_ints
from loom.tree.node import Node

_FIELDS = (
    "id",
    "parent_id",
    "role",
    "author",
    "created_at",
    "token_model",
    "state",
    "finish",
    "message",
    "request_id",
    "index",
    "queue_s",
)
_POOLED = ("role", "author", "token_model", "state", "finish", "message")
"""Fields of which there are few values: each is kept once, and where it stands."""

_MOST_BYTES = 1 << 31


def pack_part(branches: Sequence[tuple[int, Node]], growths: Sequence[tuple[int, Growth]]) -> bytes:
    """Branches, each with its opening's number, and requests and answers with theirs."""
    nodes = [node for _, node in branches]
    columns: dict[str, list[object]] = {
        field: list(map(attrgetter(field), nodes)) for field in _FIELDS
    }
    for field in _POOLED:
        pool = {value: place for place, value in enumerate(dict.fromkeys(columns[field]))}
        columns[field] = [list(pool), [pool[value] for value in columns[field]]]
    columns["seq"] = [seq for seq, _ in branches]
    columns["n_bytes"] = [len(node.text) for node in nodes]
    columns["n_tokens"] = [node.n_tokens for node in nodes]
    table = {**columns, "growths": pack_growths(growths)}
    head = json.dumps(table, separators=(",", ":")).encode("ascii")
    texts = b"".join(node.text for node in nodes)
    ids = pack_ints(list(chain.from_iterable(node.token_ids or () for node in nodes)))
    sizes = pack_ints(list(chain.from_iterable(node.piece_sizes for node in nodes)))
    return zlib.compress(struct.pack("<q", len(head)) + head + texts + ids + sizes, LIGHTLY)


@dataclass(frozen=True, slots=True)
class Part:
    """Branches and what was asked for them, each with the number of its event, in their order."""

    growth_seqs: list[int]
    growths: list[Growth]
    node_seqs: list[int]
    nodes: list[Node]


def unpack_part(packed: bytes) -> Part:
    """All of them again; ValueError if they make no sense."""
    try:
        whole = zlib.decompressobj().decompress(packed, _MOST_BYTES)
        (n_head,) = struct.unpack_from("<q", whole)
        columns = json.loads(whole[8 : 8 + n_head])
        growth_seqs, growths = unpack_growths(columns.pop("growths"))
        node_seqs = columns.pop("seq")
        nodes = _branches(columns, whole, 8 + n_head)
    except (zlib.error, struct.error, KeyError, TypeError, IndexError) as error:
        raise ValueError(f"branches that cannot be unpacked ({error})") from error
    if len(node_seqs) != len(nodes):
        raise ValueError("branches of another number")
    for seqs in (growth_seqs, node_seqs):
        if seqs != sorted(seqs):
            raise ValueError("branches in another order")
    return Part(growth_seqs, growths, node_seqs, nodes)


def _branches(columns: dict[str, Any], whole: bytes, start: int) -> list[Node]:
    for field in _POOLED:
        pool, places = columns[field]
        columns[field] = list(map(pool.__getitem__, places))
    # An id of which there are thousands is one object and not thousands.
    parents, requests = columns["parent_id"], columns["request_id"]
    known = {one: one for one in chain(parents, requests)}
    columns["parent_id"] = list(map(known.__getitem__, parents))
    columns["request_id"] = list(map(known.__getitem__, requests))
    columns["id"] = [known.get(one, one) for one in columns["id"]]
    texts, at = _slices(columns.pop("n_bytes"), start)
    tokens, n_tokens = _slices(columns.pop("n_tokens"), 0)
    numbers = unpack_ints(whole[at:])
    if len(numbers) != 2 * n_tokens:
        raise ValueError("tokens of another number")
    ids, sizes = tuple(numbers[:n_tokens].tolist()), tuple(numbers[n_tokens:].tolist())
    columns["text"] = list(map(whole.__getitem__, texts))
    columns["token_ids"] = list(map(ids.__getitem__, tokens))
    columns["piece_sizes"] = list(map(sizes.__getitem__, tokens))
    return from_columns(Node, len(texts), columns, {})


def _slices(sizes: list[int], start: int) -> tuple[list[slice], int]:
    """Where each of those that lie side by side is, and where the last one ends."""
    ends = list(accumulate(sizes, initial=start))
    return list(map(slice, ends, ends[1:])), ends[-1]

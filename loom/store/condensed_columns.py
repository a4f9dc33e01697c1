"""Many finished branches, and what was asked for them, as columns, and back.

Packed is zlib over: the length of a JSON object in 8 bytes, little-endian; the object; the texts;
token ids and piece sizes as int32, little-endian. The object holds a list for each field.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from itertools import accumulate, chain
from operator import attrgetter, itemgetter
from typing import Any

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


def unpack_part(packed: bytes) -> list[tuple[int, Node | Growth]]:
    """All of them again, in the order of their numbers; ValueError if they make no sense."""
    try:
        whole = zlib.decompressobj().decompress(packed, _MOST_BYTES)
        (n_head,) = struct.unpack_from("<q", whole)
        columns = json.loads(whole[8 : 8 + n_head])
        growths: list[tuple[int, Node | Growth]] = [*unpack_growths(columns["growths"])]
        return sorted(growths + _branches(columns, whole, 8 + n_head), key=itemgetter(0))
    except (zlib.error, struct.error, KeyError, TypeError, IndexError) as error:
        raise ValueError(f"branches that cannot be unpacked ({error})") from error


def _branches(columns: dict[str, Any], whole: bytes, start: int) -> list[tuple[int, Node | Growth]]:
    for field in _POOLED:
        pool, places = columns[field]
        columns[field] = list(map(pool.__getitem__, places))
    # An id of which there are thousands is one object and not thousands.
    known = {one: one for one in dict.fromkeys(chain(columns["parent_id"], columns["request_id"]))}
    text_ends = list(accumulate(columns["n_bytes"], initial=start))
    token_ends = list(accumulate(columns["n_tokens"], initial=0))
    n_tokens = token_ends[-1]
    numbers = unpack_ints(whole[text_ends[-1] :])
    if len(numbers) != 2 * n_tokens:
        raise ValueError("tokens of another number")
    ids, sizes = numbers[:n_tokens].tolist(), numbers[n_tokens:].tolist()
    return [
        (
            seq,
            Node(
                id=known.get(node_id, node_id),
                parent_id=known[parent_id],
                role=role,
                author=author,
                created_at=created_at,
                text=whole[text_ends[i] : text_ends[i + 1]],
                token_ids=tuple(ids[token_ends[i] : token_ends[i + 1]]),
                piece_sizes=tuple(sizes[token_ends[i] : token_ends[i + 1]]),
                token_model=model,
                state=state,
                finish=finish,
                message=message,
                request_id=known[request_id],
                index=index,
                queue_s=queue_s,
            ),
        )
        for i, (
            seq,
            node_id,
            parent_id,
            role,
            author,
            created_at,
            model,
            state,
            finish,
            message,
            request_id,
            index,
            queue_s,
        ) in enumerate(zip(columns["seq"], *map(columns.__getitem__, _FIELDS), strict=True))
    ]

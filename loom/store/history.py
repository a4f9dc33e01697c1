"""From the rows of a session file to the events that a tree is folded from."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from loom.records.tokens import TokenColumns, concat
from loom.store import faults
from loom.store.codec import Content, EventRow, decode
from loom.store.condensed import Condensed
from loom.store.condensed_growths import Growth
from loom.store.packing import PackedTokens, unpack
from loom.store.soundness import Soundness
from loom.tree.events import (
    BranchClosed,
    BranchesGrown,
    NodeSelected,
    TokensAppended,
    TreeEvent,
)
from loom.tree.node import Node

EventColumns = tuple[
    int, float, str, str | None, str, bytes | None, bytes | None, bytes | None, bytes | None
]
"""seq, at, kind, node_id, payload; text, token_ids, piece_sizes, elapsed_s of its content."""
DraftColumns = tuple[str, float, bytes, bytes, bytes, bytes]
"""node_id, at; text, token_ids, piece_sizes, elapsed_s."""


@dataclass(frozen=True, slots=True)
class Rows:
    """All that one moment of a file says about its tree; `closings` are those it lacks."""

    events: list[EventColumns]
    condensed: Condensed
    drafts: list[DraftColumns]
    closings: list[BranchClosed]
    pointer: NodeSelected | None


def unfold(path: Path, rows: Rows) -> Iterator[TreeEvent]:
    """The events in order, each fit to be applied; SessionFileError where one is not."""
    known = Soundness()
    parts = deque(rows.condensed.parts)
    for seq, at, kind, node_id, payload, *content in rows.events:
        if parts and parts[0][0] < seq:
            yield from _condensed(path, parts, seq, known)
        try:
            row = EventRow(at, kind, node_id, payload)
            events = _of_row(row, _content(*content), known.n_tokens)
            for event in events:
                known.take(event)
        except ValueError as error:
            raise faults.damaged(path, f"its event {seq} cannot be understood ({error})") from error
        yield from events
    yield from _condensed(path, parts, rows.condensed.through_seq + 1, known)
    try:
        rest = [*_of_drafts(rows.drafts, known.n_tokens), *rows.closings]
        rest += [] if rows.pointer is None else [rows.pointer]
        for event in rest:
            known.take(event)
    except ValueError as error:
        raise faults.damaged(path, f"its end cannot be understood ({error})") from error
    yield from rest


def _condensed(
    path: Path, parts: deque[tuple[int, Node | Growth]], until_seq: int, known: Soundness
) -> Iterator[TreeEvent]:
    """What was condensed and began before an event, neighbouring branches in one."""
    nodes: list[Node] = []
    while parts and parts[0][0] < until_seq:
        part = parts.popleft()[1]
        if isinstance(part, Node):
            nodes.append(part)
            continue
        if nodes:
            yield _grown(path, nodes, known)
            nodes = []
        yield part
    if nodes:
        yield _grown(path, nodes, known)


def _grown(path: Path, nodes: list[Node], known: Soundness) -> BranchesGrown:
    event = BranchesGrown(nodes[0].created_at, tuple(nodes))
    try:
        known.take(event)
    except ValueError as error:
        raise faults.damaged(path, f"its condensed part cannot be understood ({error})") from error
    return event


def _of_row(row: EventRow, content: Content | None, n_tokens: dict[str, int]) -> list[TreeEvent]:
    event = decode(row, content)
    if not isinstance(event, BranchClosed) or content is None:
        return [event]
    tokens = unpack(content.generated(), None)
    return [_appended(row.at, event.node_id, tokens, n_tokens), event]


def _of_drafts(drafts: list[DraftColumns], n_tokens: dict[str, int]) -> list[TreeEvent]:
    blocks: dict[str, list[TokenColumns]] = {}
    last_at: dict[str, float] = {}
    for node_id, at, *columns in drafts:
        blocks.setdefault(node_id, []).append(unpack(PackedTokens(*columns), None))
        last_at[node_id] = at
    return [
        _appended(last_at[node_id], node_id, concat(parts), n_tokens)
        for node_id, parts in blocks.items()
    ]


def _content(
    text: bytes | None,
    token_ids: bytes | None,
    piece_sizes: bytes | None,
    elapsed_s: bytes | None,
) -> Content | None:
    return None if text is None else Content(text, token_ids, piece_sizes, elapsed_s)


def _appended(
    at: float, node_id: str, tokens: TokenColumns, n_tokens: dict[str, int]
) -> TokensAppended:
    return TokensAppended(at, node_id, n_tokens.get(node_id, 0), tokens)

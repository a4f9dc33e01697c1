"""From the rows of a session file to the events that a tree is folded from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from loom.records.tokens import TokenColumns, concat
from loom.store import faults
from loom.store.codec import Content, EventRow, decode
from loom.store.packing import PackedTokens, unpack
from loom.tree.events import (
    BranchClosed,
    BranchOpened,
    NodeAdded,
    NodeImported,
    NodeSelected,
    NodeTokenised,
    TokensAppended,
    TreeEvent,
)

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
    drafts: list[DraftColumns]
    closings: list[BranchClosed]
    pointer: NodeSelected | None


def unfold(path: Path, rows: Rows) -> Iterator[TreeEvent]:
    """The events in order, each fit to be applied; SessionFileError where one is not."""
    n_tokens: dict[str, int] = {}
    for seq, at, kind, node_id, payload, *content in rows.events:
        try:
            events = _of_row(EventRow(at, kind, node_id, payload), _content(*content), n_tokens)
            for event in events:
                _count(event, n_tokens)
        except ValueError as error:
            raise faults.damaged(path, f"its event {seq} cannot be understood ({error})") from error
        yield from events
    try:
        rest = [*_of_drafts(rows.drafts, n_tokens), *rows.closings]
        rest += [] if rows.pointer is None else [rows.pointer]
        for event in rest:
            _count(event, n_tokens)
    except ValueError as error:
        raise faults.damaged(path, f"its end cannot be understood ({error})") from error
    yield from rest


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


def _count(event: TreeEvent, n_tokens: dict[str, int]) -> None:
    """Take note of nodes and their lengths; ValueError for what no tree would accept."""
    match event:
        case NodeAdded() | NodeImported() | BranchOpened():
            if event.node_id in n_tokens:
                raise ValueError(f"node {event.node_id} comes twice")
            if event.parent_id is not None and event.parent_id not in n_tokens:
                raise ValueError(f"node {event.node_id} has no parent")
            n_tokens[event.node_id] = 0
        case NodeTokenised() | TokensAppended() | BranchClosed() | NodeSelected():
            if event.node_id not in n_tokens:
                raise ValueError(f"there is no node {event.node_id}")
            if isinstance(event, NodeTokenised):
                n_tokens[event.node_id] = len(event.token_ids)
            if isinstance(event, TokensAppended):
                n_tokens[event.node_id] += len(event.tokens)
        case _:
            pass

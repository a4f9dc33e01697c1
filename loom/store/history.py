"""From the rows of a session file to the events that a tree is folded from."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from loom.records.tokens import TokenColumns, concat
from loom.store import faults
from loom.store.codec import Content, EventRow, decode
from loom.store.condensed import Condensed
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
    condensed = _Stretches(path, rows.condensed, known)
    for seq, at, kind, node_id, payload, *content in rows.events:
        yield from condensed.until(seq)
        try:
            row = EventRow(at, kind, node_id, payload)
            events = _of_row(row, _content(*content), known.n_tokens)
            for event in events:
                known.take(event)
        except ValueError as error:
            raise faults.damaged(path, f"its event {seq} cannot be understood ({error})") from error
        yield from events
    yield from condensed.until(rows.condensed.through_seq + 1)
    try:
        rest = [*_of_drafts(rows.drafts, known.n_tokens), *rows.closings]
        rest += [] if rows.pointer is None else [rows.pointer]
        for event in rest:
            known.take(event)
    except ValueError as error:
        raise faults.damaged(path, f"its end cannot be understood ({error})") from error
    yield from rest


class _Stretches:
    """What was condensed, handed out between the events that were not."""

    def __init__(self, path: Path, condensed: Condensed, known: Soundness) -> None:
        self._path = path
        self._known = known
        self._growths = list(chain.from_iterable(part.growths for part in condensed.parts))
        self._growth_seqs = list(chain.from_iterable(part.growth_seqs for part in condensed.parts))
        self._nodes = list(chain.from_iterable(part.nodes for part in condensed.parts))
        self._node_seqs = list(chain.from_iterable(part.node_seqs for part in condensed.parts))
        self._growth_at = self._node_at = 0

    def until(self, seq: int) -> Iterator[TreeEvent]:
        """What began before an event: all that was asked for, then all that grew, in one.

        Nothing else happened in between, so that a tree can tell no difference.
        """
        growths_until = bisect_left(self._growth_seqs, seq, self._growth_at)
        nodes_until = bisect_left(self._node_seqs, seq, self._node_at)
        yield from self._growths[self._growth_at : growths_until]
        nodes = tuple(self._nodes[self._node_at : nodes_until])
        self._growth_at, self._node_at = growths_until, nodes_until
        if nodes:
            yield self._grown(nodes)

    def _grown(self, nodes: tuple[Node, ...]) -> BranchesGrown:
        event = BranchesGrown(nodes[0].created_at, nodes)
        try:
            self._known.take(event)
        except ValueError as error:
            how = f"its condensed part cannot be understood ({error})"
            raise faults.damaged(self._path, how) from error
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

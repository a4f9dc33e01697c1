"""What another loom commits to a session file, from a known moment on, as events of a tree."""

from __future__ import annotations

from sqlite_utils import Database

from loom.records.tokens import rows_of
from loom.store.codec import Content, EventRow, decode
from loom.store.packing import PackedTokens, unpack
from loom.tree.events import BranchClosed, BranchOpened, TokensAppended, TreeEvent

_EVENTS = """
SELECT seq, at, kind, event.node_id, payload, text, token_ids, piece_sizes, elapsed_s
FROM event LEFT JOIN content USING (seq) WHERE seq > ? ORDER BY seq
"""
_DRAFTS = """
SELECT node_id, start, at, text, token_ids, piece_sizes, elapsed_s FROM draft
WHERE id > ? ORDER BY id
"""


class Tail:
    """Remembers how far it has read; the events that it gives go on where a reader left off.

    `last_seq` is the last event that was read, `lengths` how many tokens each growing branch had.
    """

    def __init__(self, last_seq: int, lengths: dict[str, int]) -> None:
        self._last_seq = last_seq
        self._last_draft = 0
        self._lengths = dict(lengths)

    def read(self, db: Database) -> list[TreeEvent]:
        """Everything committed since; sqlite3.Error or ValueError if it cannot be read."""
        with db.atomic():
            rows = db.execute(_EVENTS, (self._last_seq,)).fetchall()
            # Numbers of drafts begin again when there are none left.
            (newest,) = db.execute("SELECT coalesce(max(id), 0) FROM draft").fetchone()
            after = self._last_draft if newest >= self._last_draft else 0
            drafts = db.execute(_DRAFTS, (after,)).fetchall()
        events = [event for row in rows for event in self._of_row(*row)]
        events += [event for row in drafts for event in self._of_draft(*row)]
        self._last_draft = newest
        return events

    def _of_row(
        self, seq: int, at: float, kind: str, node_id: str, payload: str, *columns: bytes | None
    ) -> list[TreeEvent]:
        text, ids, sizes, seconds = columns
        content = None if text is None else Content(text, ids, sizes, seconds)
        event = decode(EventRow(at, kind, node_id, payload), content)
        self._last_seq = seq
        if isinstance(event, BranchOpened):
            self._lengths[event.node_id] = 0
        if not isinstance(event, BranchClosed):
            return [event]
        seen = self._lengths.pop(event.node_id, None)
        if content is None or seen is None:
            return [event]
        rest = rows_of(tokens := unpack(content.generated(), None), seen, len(tokens))
        return [TokensAppended(at, event.node_id, seen, rest), event] if len(rest) else [event]

    def _of_draft(
        self,
        node_id: str,
        start: int,
        at: float,
        text: bytes,
        token_ids: bytes,
        piece_sizes: bytes,
        elapsed_s: bytes,
    ) -> list[TreeEvent]:
        if self._lengths.get(node_id) != start:
            # Of a branch that has ended meanwhile, or known already.
            return []
        tokens = unpack(PackedTokens(text, token_ids, piece_sizes, elapsed_s), None)
        self._lengths[node_id] += len(tokens)
        return [TokensAppended(at, node_id, start, tokens)]

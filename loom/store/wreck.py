"""What is left of a damaged session file: its rows, each with whether its seal still holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from loom.store.packing import Row
from loom.store.raw_pages import RawRow, Value
from loom.store.seals import BEGINNING, SealedRow, seal

EventValues = tuple[float, str, str | None, str]
"""at, kind, node_id, payload."""
ContentValues = tuple[str, bytes, bytes | None, bytes | None, bytes | None]
"""node_id, text, token_ids, piece_sizes, elapsed_s."""
DraftValues = tuple[str, int, float, Row]
"""node_id, start, at, and the tokens."""


@dataclass(slots=True)
class Wreck:
    """Rows by the number of their event; several seals may claim one."""

    events: dict[int, EventValues] = field(default_factory=dict)
    contents: dict[int, ContentValues] = field(default_factory=dict)
    statistics: dict[int, tuple[int, bytes]] = field(default_factory=dict)
    seals: defaultdict[int, set[bytes]] = field(default_factory=lambda: defaultdict(set))
    drafts: dict[int, DraftValues] = field(default_factory=dict)
    selected: str | None = None

    def last_seq(self) -> int:
        """The last event of which anything is left."""
        return max((*self.events, *self.contents, *self.seals), default=0)

    def is_whole(self, seq: int) -> bool:
        """Whether an event is what was written; where no seal of it is left, it is not known."""
        row = self._sealed(seq)
        return row is not None and any(
            seal(before, row) in self.seals[seq]
            for before in (self.seals[seq - 1] if seq > 1 else {BEGINNING})
        )

    def _sealed(self, seq: int) -> SealedRow | None:
        if seq not in self.events:
            return None
        at, kind, node_id, payload = self.events[seq]
        name = None if node_id is None else node_id.encode()
        sealed = SealedRow(seq, at, kind.encode(), name, payload.encode())
        if seq in self.contents:
            owner, text, ids, sizes, seconds = self.contents[seq]
            sealed = replace(
                sealed,
                content_node_id=owner.encode(),
                text=text,
                token_ids=ids,
                piece_sizes=sizes,
                elapsed_s=seconds,
            )
        n_top, packed = self.statistics.get(seq, (None, None))
        return replace(sealed, n_top=n_top, packed=packed)


def sorted_out(rows: Iterable[RawRow]) -> Wreck:
    """The rows of a session, told apart by what their columns hold."""
    wreck = Wreck()
    for row in rows:
        match row.values:
            case (
                None,
                int() | float() as at,
                str() as kind,
                str() | None as node_id,
                str() as rest,
            ):
                wreck.events.setdefault(row.rowid, (float(at), kind, node_id, rest))
            case (None, str() as node_id, bytes() as text, ids, sizes, seconds) if _blobs(
                ids, sizes, seconds
            ):
                content = (node_id, text, *_as_blobs(ids, sizes, seconds))
                wreck.contents.setdefault(row.rowid, content)  # type: ignore[arg-type]
            case (None, int() as n_top, bytes() as packed):
                wreck.statistics.setdefault(row.rowid, (n_top, packed))
            case (None, bytes() as sha256) if len(sha256) == len(BEGINNING):
                wreck.seals[row.rowid].add(sha256)
            case (str("selected"), str() as node_id, _):
                wreck.selected = node_id
            case (
                None,
                str() as node_id,
                int() as start,
                int() | float() as at,
                bytes() as text,
                bytes() as ids,
                bytes() as sizes,
                bytes() as seconds,
                int() | None as n,
                bytes() | None as packed_or_none,
            ):
                tokens: Row = (text, ids, sizes, seconds, n, packed_or_none)
                wreck.drafts.setdefault(row.rowid, (node_id, start, float(at), tokens))
            case _:
                continue
    return wreck


def _blobs(*values: Value) -> bool:
    return all(value is None or isinstance(value, bytes) for value in values)


def _as_blobs(*values: Value) -> Iterator[bytes | None]:
    return (value if isinstance(value, bytes) else None for value in values)

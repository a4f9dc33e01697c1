"""Finished branches of the journal in a form that opens quickly; derived, and never needed.

A part covers the events after the part before it up to `through_seq`, between two moments in which
nothing was growing. It holds every branch that grew in between as one piece, what its opening, its
closing and its content come to, and what was asked for it. All other events are read from the
journal as ever. A part that does not fit the journal any more is as if it were not there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlite_utils import Database

from loom.store.codec import Content, EventRow, decode
from loom.store.condensed_columns import Part, pack_part, unpack_part
from loom.store.condensed_growths import KINDS, Growth
from loom.store.packing import unpack
from loom.tree.events import BranchClosed, BranchOpened
from loom.tree.node import Node

LEAST_EVENTS = 2_000
"""Fewer than this open in an instant anyhow."""

N_RECENT = 400
"""The last events stay as they are: they say how fast a model was."""

BRANCH_KINDS = ("branch_opened", "branch_closed")
CONDENSED_KINDS = (*BRANCH_KINDS, *KINDS)


@dataclass(frozen=True, slots=True)
class Condensed:
    """All that was grown and asked for up to `through_seq`, part by part."""

    through_seq: int
    parts: Sequence[Part]


def read_condensed(db: Database) -> Condensed:
    """The parts of a file that fit its journal; nothing through 0 if there is none."""
    through_seq, parts = 0, list[Part]()
    for last, packed in _sound_parts(db):
        try:
            parts.append(unpack_part(packed))
        except ValueError:
            break
        through_seq = last
    return Condensed(through_seq, parts)


def condensed_through(db: Database) -> int:
    """Up to which event every branch that began is known to have ended; 0 if that is not known."""
    return max((last for last, _ in _sound_parts(db)), default=0)


def _sound_parts(db: Database) -> Iterator[tuple[int, bytes]]:
    if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'condensed'").fetchone() is None:
        return
    rows = db.execute("SELECT through_seq, sha256, packed FROM condensed ORDER BY through_seq")
    after = 0
    for last, sha256, packed in rows.fetchall():
        if sha256 != _sum(db, after, last, packed):
            return
        yield last, packed
        after = last


def condense(db: Database) -> None:
    """Add a part for what has come since the last one, if it is enough; in one transaction."""
    (after,) = db.execute("SELECT coalesce(max(through_seq), 0) FROM condensed").fetchone()
    (newest,) = db.execute("SELECT coalesce(max(seq), 0) FROM event").fetchone()
    if newest - after < LEAST_EVENTS:
        return
    through_seq = _last_calm(db, after, newest - N_RECENT)
    if through_seq - after < LEAST_EVENTS - N_RECENT:
        return
    branches = sorted(_branches(db, after, through_seq), key=lambda branch: branch[0])
    packed = pack_part(branches, list(_growths(db, after, through_seq)))
    with db.atomic():
        db.execute(
            "INSERT INTO condensed (through_seq, sha256, packed) VALUES (?, ?, ?)",
            (through_seq, _sum(db, after, through_seq, packed), packed),
        )


def _last_calm(db: Database, after: int, latest: int) -> int:
    """The last event up to `latest` after which nothing was growing."""
    n_open, calm = 0, after
    rows = db.execute(
        "SELECT seq, kind FROM event WHERE seq > ? AND seq <= ? AND kind IN (?, ?) ORDER BY seq",
        (after, latest, *BRANCH_KINDS),
    )
    for seq, kind in rows:
        n_open += 1 if kind == "branch_opened" else -1
        if n_open == 0:
            calm = seq
    return calm


_ROWS = """
SELECT seq, at, kind, event.node_id, payload, text, token_ids, piece_sizes, elapsed_s
FROM event LEFT JOIN content USING (seq)
WHERE seq > ? AND seq <= ? AND kind IN (?, ?) ORDER BY seq
"""
_MODELS = """
SELECT json_extract(payload, '$.request_id'),
    json_extract(payload, '$.provenance.model.fingerprint')
FROM event WHERE kind = 'growth_accepted' AND seq <= ?
"""


def _branches(db: Database, after: int, through_seq: int) -> Iterator[tuple[int, Node]]:
    """In the order in which they were closed; ValueError if the rows make no sense."""
    models = dict(db.execute(_MODELS, (through_seq,)).fetchall())
    opened: dict[str, tuple[int, BranchOpened]] = {}
    for seq, at, kind, node_id, payload, *columns in db.execute(
        _ROWS, (after, through_seq, *BRANCH_KINDS)
    ):
        content = None if columns[0] is None else Content(*columns)
        event = decode(EventRow(at, kind, node_id, payload), content)
        if isinstance(event, BranchOpened):
            opened[event.node_id] = seq, event
        elif isinstance(event, BranchClosed):
            began, opening = opened.pop(event.node_id)
            yield began, _node(opening, event, content, models.get(opening.request_id, ""))


def _growths(db: Database, after: int, through_seq: int) -> Iterator[tuple[int, Growth]]:
    rows = db.execute(
        "SELECT seq, at, kind, payload FROM event"
        " WHERE seq > ? AND seq <= ? AND kind IN (?, ?) ORDER BY seq",
        (after, through_seq, *KINDS),
    )
    for seq, at, kind, payload in rows:
        event = decode(EventRow(at, kind, None, payload), None)
        if isinstance(event, Growth):
            yield seq, event


def _node(opened: BranchOpened, closed: BranchClosed, content: Content | None, model: str) -> Node:
    """What the three come to; the same that a tree makes of them."""
    tokens = None if content is None else unpack(content.generated(), None)
    return Node(
        id=opened.node_id,
        parent_id=opened.parent_id,
        role=opened.role,
        author=opened.author,
        created_at=opened.at,
        text=b"" if content is None else content.text,
        token_ids=() if tokens is None else tuple(tokens.ids.tolist()),
        piece_sizes=() if tokens is None else tuple(map(len, tokens.pieces)),
        token_model=model,
        state="partial" if closed.finish in ("cancelled", "error") else "done",
        finish=closed.finish,
        message=closed.message,
        request_id=opened.request_id,
        index=opened.index,
        queue_s=closed.queue_s,
    )


def _sum(db: Database, after: int, through_seq: int, packed: bytes) -> bytes | None:
    """SHA-256 of the part before, the seal of the last event and the part; None: no such event."""
    seal = db.execute("SELECT sha256 FROM seal WHERE seq = ?", (through_seq,)).fetchone()
    return None if seal is None else hashlib.sha256(b"%d," % after + seal[0] + packed).digest()

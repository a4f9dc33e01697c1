"""Branches that were still growing when the last writer ended without saying goodbye."""

from __future__ import annotations

from sqlite_utils import Database

from loom.tree.events import BranchClosed

_MESSAGE = "loom ended while this branch was growing"

# The last thing known of a branch is its newest draft, or that it was opened: that is when it
# ended, whenever this is asked.
_OPEN_BRANCHES = """
SELECT opened.node_id, max(opened.at, coalesce(
    (SELECT max(draft.at) FROM draft WHERE draft.node_id = opened.node_id), opened.at))
FROM event AS opened
WHERE opened.seq > ? AND opened.kind = 'branch_opened' AND NOT EXISTS (
    SELECT 1 FROM event AS closed
    WHERE closed.node_id = opened.node_id AND closed.kind = 'branch_closed')
ORDER BY opened.seq
"""


def missing_closings(db: Database, after_seq: int = 0) -> list[BranchClosed]:
    """The closing of every branch that began after an event and has none, oldest branch first."""
    return [
        BranchClosed(at=at, node_id=node_id, finish="error", message=_MESSAGE)
        for node_id, at in db.execute(_OPEN_BRANCHES, (after_seq,)).fetchall()
    ]

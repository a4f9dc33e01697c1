"""What a session is, told from a few rows, without folding its journal."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from loom.store.payload import Payload


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """A session file at a glance; `changed_at` is seconds since the Unix epoch.

    `n_rounds` is how often branches were compared by what follows them.
    """

    path: Path
    title: str
    model: str
    n_nodes: int
    n_rounds: int
    changed_at: float


_OF_KIND = "SELECT payload FROM event WHERE kind IN (?, ?) ORDER BY seq DESC LIMIT 1"
_N_NODES = """
SELECT count(*) FROM event
WHERE kind IN ('node_added', 'node_imported', 'branch_opened', 'node_derived')
"""
_N_ROUNDS = "SELECT count(*) FROM event WHERE kind = 'futures_judged'"


def summarise(path: Path, db: Database) -> SessionSummary:
    """The summary of an open session; sqlite3.Error or ValueError if it cannot be read."""
    (n_nodes,) = db.execute(_N_NODES).fetchone()
    (n_rounds,) = db.execute(_N_ROUNDS).fetchone()
    (changed_at,) = db.execute("SELECT at FROM event ORDER BY seq DESC LIMIT 1").fetchone()
    return SessionSummary(
        path=path,
        title=_latest(db, "session_titled", "title"),
        model=_latest(db, "model_chosen", "model"),
        n_nodes=n_nodes,
        n_rounds=n_rounds,
        changed_at=changed_at,
    )


def _latest(db: Database, kind: str, key: str) -> str:
    (payload,) = db.execute(_OF_KIND, ("session_started", kind)).fetchone()
    return Payload.parse(payload).text(key)

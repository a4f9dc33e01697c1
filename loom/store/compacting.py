"""Dropping for good what is hidden: the only way in which anything leaves a session."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Collection, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from sqlite_utils import Database

from loom.store import faults, lock
from loom.store.backups import back_up
from loom.store.database import open_at_a_glance, open_for_writing
from loom.store.migrations import migrations
from loom.store.seals import SealedRow, write_seal
from loom.store.search import Entry, index_event
from loom.tree.graph import Tree

_Blob = bytes | None
_Row = tuple[int, float, str, str | None, str, _Blob, _Blob, _Blob, _Blob, int | None, _Blob]
_REFERENCES = ("parent_id", "after_id")


@dataclass(frozen=True, slots=True)
class CompactPlan:
    """What compacting a session would drop; `node_ids` is empty if there is nothing."""

    node_ids: frozenset[str]
    n_tokens: int
    drops_undo: bool


def plan_compacting(path: Path) -> CompactPlan:
    """What is hidden in a session, and needed by nothing that is not; changes nothing."""
    tree = Tree()
    with open_at_a_glance(path) as reader:
        for event in reader.load_condensed():
            tree.apply(event)
        hidden = _hidden(tree)
        rows = reader.references()
    drops_undo = any(kind.startswith("operation_") for kind, _, _ in rows)
    dropped = hidden - _needed(rows, hidden)
    n_tokens = sum(tree.node(node_id).n_tokens for node_id in dropped)
    return CompactPlan(frozenset(dropped), n_tokens, bool(dropped) and drops_undo)


def compact(path: Path, plan: CompactPlan) -> Path:
    """Write a session anew without what the plan drops, and return the backup of what it was.

    SessionFileError if it cannot be; then the session is as it was. What is kept is kept to the
    byte, under new numbers and seals. Operations can no longer be undone where any was dropped.
    """
    # Whoever opens and closes it upgrades it, and leaves one file that nobody else writes.
    open_for_writing(path).close()
    descriptor = lock.open_descriptor(path, os.O_RDWR)
    unfinished = path.with_name(path.name + ".part")
    try:
        if not lock.try_lock(descriptor):
            raise faults.held_by_another(path, None)
        unfinished.unlink(missing_ok=True)
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as old:
            source = Database(old, execute_plugins=False)
            backup = back_up(path, source, "compacting")
            with closing(sqlite3.connect(unfinished)) as new:
                _copy(source, Database(new, execute_plugins=False), plan)
        unfinished.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise faults.on_writing(path, error) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        os.close(descriptor)
    return backup


def _hidden(tree: Tree) -> set[str]:
    """All nodes that are hidden, or hang from one that is."""
    hidden: set[str] = set()
    children: dict[str | None, list[str]] = {}
    for node in tree:
        children.setdefault(node.parent_id, []).append(node.id)
    waiting = [node.id for node in tree if node.hidden]
    while waiting:
        node_id = waiting.pop()
        if node_id not in hidden:
            hidden.add(node_id)
            waiting += children.get(node_id, [])
    return hidden


def _needed(
    rows: Collection[tuple[str, str | None, Mapping[str, object]]], hidden: set[str]
) -> set[str]:
    """Hidden nodes that the history of others speaks of: what hung there once, or was put after."""
    needed: set[str] = set()
    names: dict[str, set[str]] = {}
    for _, node_id, payload in rows:
        found = {str(payload[key]) for key in _REFERENCES if payload.get(key) is not None}
        if node_id is not None:
            names.setdefault(node_id, set()).update(found)
    waiting = [name for node_id in names if node_id not in hidden for name in names[node_id]]
    while waiting:
        name = waiting.pop()
        if name in hidden and name not in needed:
            needed.add(name)
            waiting += names.get(name, ())
    return needed


_ROWS = """
SELECT event.seq, at, kind, event.node_id, payload, text, token_ids, piece_sizes, elapsed_s,
    n_top, packed
FROM event LEFT JOIN content ON content.seq = event.seq
LEFT JOIN token_statistics ON token_statistics.seq = event.seq ORDER BY event.seq
"""


def _copy(source: Database, target: Database, plan: CompactPlan) -> None:
    with target.atomic():
        migrations.apply(target)
        lost_requests = set[str]()
        for row in source.execute(_ROWS):
            if not _is_dropped(row[2], row[3], json.loads(row[4]), plan, lost_requests):
                _put(target, row)
        for name, node_id, at in source.execute("SELECT name, node_id, at FROM pointer"):
            kept = _nearest_kept(source, node_id, plan.node_ids)
            if kept is not None:
                target.execute("INSERT INTO pointer VALUES (?, ?, ?)", (name, kept, at))


def _is_dropped(
    kind: str,
    node_id: str | None,
    payload: Mapping[str, object],
    plan: CompactPlan,
    lost_requests: set[str],
) -> bool:
    if node_id in plan.node_ids or (kind.startswith("operation_") and plan.drops_undo):
        return True
    request_id = payload.get("request_id")
    if kind == "growth_requested" and payload.get("parent_id") in plan.node_ids:
        lost_requests.add(str(request_id))
    # A branch that is kept keeps its request, even if it has been moved from where that was made.
    return kind != "branch_opened" and str(request_id) in lost_requests


def _put(target: Database, row: _Row) -> None:
    _, at, kind, node_id, payload, text, ids, sizes, seconds, n_top, packed = row
    seq = target.execute(
        "INSERT INTO event (at, kind, node_id, payload) VALUES (?, ?, ?, ?)",
        (at, kind, node_id, payload),
    ).lastrowid
    assert seq is not None
    name = None if node_id is None else node_id.encode()
    sealed = SealedRow(seq, at, kind.encode(), name, payload.encode())
    if text is not None:
        target.execute(
            "INSERT INTO content VALUES (?, ?, ?, ?, ?, ?)",
            (seq, node_id, text, ids, sizes, seconds),
        )
        sealed = SealedRow(
            seq, at, kind.encode(), name, payload.encode(), name, text, ids, sizes, seconds
        )
    if packed is not None:
        target.execute("INSERT INTO token_statistics VALUES (?, ?, ?)", (seq, n_top, packed))
        sealed = replace(sealed, n_top=n_top, packed=packed)
    write_seal(target, sealed)
    index_event(target, Entry(seq, kind, node_id, payload, text))


def _nearest_kept(source: Database, node_id: str, dropped: Collection[str]) -> str | None:
    found: str | None = node_id
    while found is not None and found in dropped:
        row = source.execute("SELECT parent_id FROM node WHERE node_id = ?", (found,)).fetchone()
        found = None if row is None else row[0]
    return found

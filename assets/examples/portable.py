"""Sessions that name no folder of the machine on which they were made."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from loom.records.stored import StoredEvent
from loom.store.database import create_whole, open_rows
from loom.store.rows import write_rows


def without_folders(path: Path) -> None:
    """Write a session anew in which models are told by their names alone."""
    made = path.with_suffix(".made")
    path.replace(made)
    with open_rows(made) as rows:
        events = map(_named, rows.events())
        create_whole(path, lambda db: write_rows(db, events, rows.drafts(), rows.pointers()))
    made.unlink()


def _named(event: StoredEvent) -> StoredEvent:
    payload = json.loads(event.payload)
    model = (payload.get("provenance") or {}).get("model")
    if not model or not Path(model["path"]).is_absolute():
        return event
    model["path"] = model["name"]
    return replace(event, payload=json.dumps(payload, ensure_ascii=False, separators=(",", ":")))

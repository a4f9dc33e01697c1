"""A safe copy of a session, made while it is open here or elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from sqlite_utils import Database

from loom.records.stored import StoredContent, StoredDraft, StoredEvent
from loom.records.tokens import TokenStats
from loom.store import faults
from loom.store.database import create_whole, open_rows
from loom.store.packing import PackedStatistics, pack_statistics, unpack_statistics
from loom.store.rows import write_rows

_BYTES_OF_AN_ID = 4


def copy_session(source: Path, target: Path) -> None:
    """One file with everything that is committed; SessionFileError if it cannot be made."""
    with open_rows(source) as rows:
        create_whole(
            target, lambda db: write_rows(db, rows.events(), rows.drafts(), rows.pointers())
        )


def copy_without_alternatives(source: Path, target: Path) -> None:
    """The same without the tokens that were not chosen; what is said of the chosen ones stays.

    SessionFileError if it cannot be made, or if the file is damaged.
    """
    with open_rows(source) as rows:

        def write(db: Database) -> None:
            try:
                write_rows(db, _events(rows.events()), _drafts(rows.drafts()), rows.pointers())
            except ValueError as error:
                raise faults.damaged(source, error) from error

        create_whole(target, write)


def _events(events: Iterator[StoredEvent]) -> Iterator[StoredEvent]:
    for event in events:
        content = event.content
        yield event if content is None else replace(event, content=_lighter(content))


def _drafts(drafts: Iterator[StoredDraft]) -> Iterator[StoredDraft]:
    return (replace(draft, content=_lighter(draft.content)) for draft in drafts)


def _lighter(content: StoredContent) -> StoredContent:
    if content.packed is None or not content.n_top or content.token_ids is None:
        return content
    n = len(content.token_ids) // _BYTES_OF_AN_ID
    stats = unpack_statistics(PackedStatistics(content.n_top, content.packed), n)
    packed = pack_statistics(_without_alternatives(stats, n))
    return replace(content, n_top=packed.n_top, packed=packed.packed)


def _without_alternatives(stats: TokenStats, n: int) -> TokenStats:
    return replace(
        stats,
        top_ids=np.zeros((n, 0), np.int32),
        top_logprobs=np.zeros((n, 0), np.float32),
    )

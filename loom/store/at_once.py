"""Many events put into a session at once, a few statements for thousands of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice

from sqlite_utils import Database

from loom.store.batch import Batch
from loom.store.codec import JournalEvent

_AT_ONCE = 4_000
_IN_THE_WAY = """
SELECT type, name, sql FROM sqlite_master
WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ('event', 'content')
    OR type = 'trigger' AND name LIKE '%\\_no\\_replace' ESCAPE '\\'
"""


def write_events(db: Database, events: Iterable[JournalEvent]) -> None:
    """Put events where they belong, inside the caller's transaction; the same as one by one."""
    rest, batch = iter(events), Batch(db, {})
    while some := list(islice(rest, _AT_ONCE)):
        for event in some:
            batch.take(event)
        batch.write()


@contextmanager
def indexes_made_afterwards(db: Database) -> Iterator[None]:
    """Sort nodes by their ids once, and not each time that one comes; nobody may look for one.

    Nor does anybody ask, for each row, whether there is one of its number: these are new.
    """
    found = db.execute(_IN_THE_WAY).fetchall()
    for kind, name, _ in found:
        db.execute(f'DROP {kind} "{name}"')
    yield
    for _, _, statement in found:
        db.execute(statement)

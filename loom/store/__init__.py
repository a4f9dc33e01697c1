"""Where sessions are kept: SQLite files written by one journal thread, read by anybody."""

from loom.store.database import create, open_for_reading
from loom.store.journal import Journal, Pace
from loom.store.reader import SessionReader

__all__ = ["Journal", "Pace", "SessionReader", "create", "open_for_reading"]

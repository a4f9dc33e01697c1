"""Who is told what becomes of a session file."""

from __future__ import annotations

from collections.abc import Callable

from loom.errors import LoomError
from loom.tree.events import TreeEvent

Publish = Callable[[tuple[TreeEvent, ...]], None]
"""Gets committed events, in order."""

Fault = Callable[[LoomError], None]
"""Gets what goes wrong while nobody waits for it."""

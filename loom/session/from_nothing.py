"""Growing from nothing: an empty text where there is none, for a model to go on from."""

from __future__ import annotations

from typing import Protocol

from loom.errors import LoomError
from loom.tree.graph import Tree


class Written(Protocol):
    """Where a text can be written."""

    tree: Tree

    def write(self, parent_id: str | None, text: str) -> str:
        """Add a text and return its node's id."""


def begin_blank(session: Written) -> str:
    """Put an empty text there, to be grown from; its node's id.

    LoomError in a chat, which begins with a message.
    """
    if session.tree.mode == "chat":
        raise LoomError("This chat has no message yet.", "Write the first one.")
    return session.write(None, "")

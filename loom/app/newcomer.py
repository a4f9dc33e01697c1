"""Whom loom tells what to press: somebody who has just begun, on a bundled model."""

from __future__ import annotations

from loom.app.walking import landing
from loom.session.opening import DEFAULT_CHAT_MODEL, DEFAULT_MODEL
from loom.tree.graph import Tree

_FEW_NODES = 40
"""Up to so many nodes a person may be new here."""


class Newcomer:
    """Looked at when a session is opened: who was somewhere in it has walked here before."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._n_nodes_at_first = len(tree)
        self._has_walked = landing(tree) not in (None, *tree.root_ids)

    @property
    def is_new(self) -> bool:
        """Whether nothing was grown or walked yet."""
        if self._has_walked or self._tree.model not in (DEFAULT_MODEL, DEFAULT_CHAT_MODEL):
            return False
        return len(self._tree) <= min(_FEW_NODES, self._n_nodes_at_first + 1)

"""The way from the root to where a person stands, kept up as they walk."""

from __future__ import annotations

from collections.abc import Callable

from loom.tree.node import Node

Lookup = Callable[[str], Node]


class Way:
    """A path that costs, from one place to the next, only what the two do not share.

    Whoever changes a node tells `changed`; whoever moves one calls `forget`.
    """

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._nodes: list[Node] = []
        self._places: dict[str, int] = {}

    def go_to(self, node_id: str) -> list[Node]:
        """Make this the end of the way; returns the nodes that were not on it, from the top."""
        n_shared, below = self._climb(node_id)
        for node in self._nodes[n_shared:]:
            del self._places[node.id]
        del self._nodes[n_shared:]
        for place, node in enumerate(below, n_shared):
            self._places[node.id] = place
        self._nodes += below
        return below

    def path(self, node_id: str) -> list[Node]:
        """The nodes from the root to any node, both included."""
        n_shared, below = self._climb(node_id)
        return self._nodes[:n_shared] + below

    def changed(self, node: Node) -> None:
        """A node has another value now; it stands where it stood."""
        if (place := self._places.get(node.id)) is not None:
            self._nodes[place] = node

    def forget(self) -> None:
        """Nodes may stand elsewhere now."""
        self._nodes.clear()
        self._places.clear()

    def _climb(self, node_id: str) -> tuple[int, list[Node]]:
        """How many nodes of the way lead to a node, and the others that do, from the top."""
        below: list[Node] = []
        at: str | None = node_id
        while at is not None:
            place = self._places.get(at)
            if place is not None:
                below.reverse()
                return place + 1, below
            below.append(self._lookup(at))
            at = below[-1].parent_id
        below.reverse()
        return 0, below

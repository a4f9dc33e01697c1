"""Where a text comes from, through all that was made of it."""

from __future__ import annotations

from loom.tree.events import GrowthRequested
from loom.tree.graph import Tree


def growth_of(tree: Tree, node_id: str) -> GrowthRequested | None:
    """The request that a node, or the first grown part of what it was made from, comes from."""
    waiting = [node_id]
    while waiting:
        node = tree.node(waiting.pop())
        if node.request_id is not None:
            return tree.requests.get(node.request_id)
        waiting += [part.node_id for part in reversed(node.sources) if part.node_id in tree]
    return None

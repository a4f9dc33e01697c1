"""Which tags are about a node: its own, and those whose scope reaches it from elsewhere."""

from __future__ import annotations

from loom.tree.changes import Tag
from loom.tree.graph import Tree


def tags_at(tree: Tree, node_id: str) -> tuple[Tag, ...]:
    """A node's own tags, then those of others: `subtree` from above, `ancestry` from below."""
    way = {node.id for node in tree.path(node_id)}
    found = list(tree.marks(node_id).tags)
    for other in tree.marked_ids:
        tags = tree.marks(other).tags
        if other == node_id or not tags:
            continue
        if other in way:
            found += [tag for tag in tags if tag.scope == "subtree"]
        else:
            upwards = [tag for tag in tags if tag.scope == "ancestry"]
            if upwards and any(node.id == node_id for node in tree.path(other)):
                found += upwards
    return tuple(found)

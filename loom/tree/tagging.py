"""Which tags are about a node: its own, and those whose scope reaches it from elsewhere."""

from __future__ import annotations

from loom.tree.changes import Tag
from loom.tree.graph import Tree


def tags_at(tree: Tree, node_id: str) -> tuple[Tag, ...]:
    """A node's own tags, then those of others: `subtree` from above, `ancestry` from below."""
    own = tree.marks(node_id).tags
    reaching = [
        (other, tag)
        for other in tree.marked_ids
        if other != node_id
        for tag in tree.marks(other).tags
        if tag.scope != "node"
    ]
    if not reaching:
        return own
    way = {node.id for node in tree.path(node_id)}
    below = {other: _leads_to(tree, node_id, other) for other, _ in reaching if other not in way}
    return (*own, *(tag for other, tag in reaching if _reaches(tag, below.get(other))))


def _leads_to(tree: Tree, node_id: str, other: str) -> bool:
    return any(node.id == node_id for node in tree.path(other))


def _reaches(tag: Tag, is_below: bool | None) -> bool:
    """Whether a tag of another node is about one: from below it, or (None) from above."""
    return tag.scope == "subtree" if is_below is None else is_below and tag.scope == "ancestry"

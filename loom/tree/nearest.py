"""Where to stand when the place where one stood is out of sight."""

from __future__ import annotations

from loom.tree.graph import Tree


def nearest_visible(tree: Tree, node_id: str) -> str | None:
    """The node itself, else what stands beside the highest hidden one above it, else its parent.

    Of its siblings the next, else the one before. None if nothing at all is to be seen.
    """
    if tree.is_visible(node_id):
        return node_id
    hidden = next(node for node in tree.path(node_id) if node.hidden)
    family = tree.sibling_ids(hidden.id)
    at = family.index(hidden.id)
    beside = (*family[at + 1 :], *reversed(family[:at]))
    return beside[0] if beside else hidden.parent_id

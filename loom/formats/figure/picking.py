"""Which branches a figure shows when it cannot show all."""

from __future__ import annotations

from loom.formats.choice import Excerpt, narrowed
from loom.formats.writeup.marks import Marks


def picked(part: Excerpt, marks: Marks, n_branches: int | None) -> Excerpt:
    """The excerpt with at most so many endings, those first on whose road branches meet."""
    ends = [node_id for node_id, below in part.children.items() if not below]
    if n_branches is None or len(ends) <= n_branches:
        return part
    meets = _with_marks(part, marks)
    order = {end: i for i, end in enumerate(ends)}
    best = sorted(ends, key=lambda end: (end not in meets, order[end]))[:n_branches]
    roads: set[str] = set()
    for end in best:
        at: str | None = end
        while at is not None and at in part and at not in roads:
            roads.add(at)
            at = part.tree.node(at).parent_id
    return narrowed(part, roads)


def _with_marks(part: Excerpt, marks: Marks) -> set[str]:
    """Nodes with a marked stretch in them or before them."""
    found: set[str] = set()
    for node_id in part.children:
        parent_id = part.tree.node(node_id).parent_id
        if marks.at(node_id) or parent_id in found:
            found.add(node_id)
    return found

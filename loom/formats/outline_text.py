"""A tree as an outline of plain text lines, for a terminal or a pipe."""

from __future__ import annotations

from collections.abc import Iterator

from loom.tree.graph import Tree
from loom.tree.node import Node
from loom.tree.visible import visible_line

SNIPPET_WIDTH = 72


def outline(tree: Tree, at: str | None = None) -> Iterator[str]:
    """One line a node below `at` (or below every root): id, shape, mark, beginning of the text.

    A chain of single children stays at its depth; a fork goes one deeper.
    """
    tops = tree.root_ids if at is None else (at,)
    stack = [(node_id, 0) for node_id in reversed(tops)]
    while stack:
        node_id, depth = stack.pop()
        node = tree.node(node_id)
        here = "◆" if node_id == tree.selected_id else "○" if node.written else "●"
        yield f"{node_id}  {'  ' * depth}{here} {snippet(node)}"
        child_ids = tree.child_ids(node_id)
        deeper = depth + (len(child_ids) > 1)
        stack += [(child_id, deeper) for child_id in reversed(child_ids)]


def snippet(node: Node, width: int = SNIPPET_WIDTH) -> str:
    """The beginning of a node's text on one line, control characters made visible."""
    shown = visible_line(node.display_text().strip())
    if not shown:
        return "(empty)"
    return shown if len(shown) <= width else shown[: width - 1] + "…"

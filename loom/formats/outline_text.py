"""A tree as an outline of plain text lines, for a terminal or a pipe."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from loom.tree.graph import Tree
from loom.tree.marks import Marks
from loom.tree.node import Node
from loom.tree.visible import visible_line

SNIPPET_WIDTH = 72


Family = Callable[[str | None], Sequence[str]]
"""The children of a node that are to be drawn; None asks for the roots."""


def outline(tree: Tree, at: str | None = None, family: Family | None = None) -> Iterator[str]:
    """One line a node below `at` (or below every root): id, shape, mark, beginning of the text.

    A chain of single children stays at its depth; a fork goes one deeper. Without `family` it is
    what is to be seen. What people put on a node stands after its text.
    """
    below = family or (
        lambda node_id: tree.root_ids if node_id is None else tree.child_ids(node_id)
    )
    tops = below(None) if at is None else (at,)
    stack = [(node_id, 0) for node_id in reversed(tops)]
    while stack:
        node_id, depth = stack.pop()
        node = tree.node(node_id)
        here = "◆" if node_id == tree.selected_id else "○" if node.written else "●"
        here = here if tree.is_visible(node_id) else "×"
        yield f"{node_id}  {'  ' * depth}{here} {snippet(node)}{_marks(tree.marks(node_id))}"
        child_ids = below(node_id)
        deeper = depth + (len(child_ids) > 1)
        stack += [(child_id, deeper) for child_id in reversed(child_ids)]


def _marks(marks: Marks) -> str:
    """A bookmark, names, tags and a note, on the same line."""
    words = ["★"] if marks.bookmarked else []
    words += [f"§ {marks.chapter}"] if marks.chapter else []
    words += [f"“{marks.title}”"] if marks.title else []
    words += [f"#{tag.name}" for tag in marks.tags]
    words += [f"({marks.note})"] if marks.note else []
    return visible_line("".join(f"  {word}" for word in words))


def snippet(node: Node, width: int = SNIPPET_WIDTH) -> str:
    """The beginning of a node's text on one line, control characters made visible."""
    shown = visible_line(node.display_text().strip())
    if not shown:
        return "(empty)"
    return shown if len(shown) <= width else shown[: width - 1] + "…"

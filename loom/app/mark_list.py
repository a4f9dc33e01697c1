"""All that people put on texts, in the order of the outline, a line each."""

from __future__ import annotations

from textual.content import Content

from loom.app.display import BOOKMARK, shown_in_a_line, shown_words
from loom.app.marked import CHAPTER, COLOURS, NOTE
from loom.tree.graph import Tree
from loom.tree.marks import UNMARKED

_MOST_BYTES = 400


def marked_ids(tree: Tree) -> list[str]:
    """Visible nodes that carry something, in the order of the outline."""
    marked = [one for one in tree.marked_ids if tree.marks(one) != UNMARKED]
    visible = [one for one in marked if tree.is_visible(one)]
    return sorted(visible, key=lambda one: _place(tree, one))


def mark_line(tree: Tree, node_id: str) -> Content:
    """Bookmark, chapter, title, tags and note, then the text."""
    marks, node = tree.marks(node_id), tree.node(node_id)
    parts = [Content.styled(f"{BOOKMARK if marks.bookmarked else ' '} ", "$typed")]
    if marks.chapter:
        parts.append(Content.styled(f"{CHAPTER} {shown_words(marks.chapter)}  ", "bold $typed"))
    if marks.title:
        parts.append(Content.styled(f"{shown_words(marks.title)}  ", "bold $ink"))
    parts += [
        Content.styled(f"#{shown_words(tag.name)}  ", COLOURS[tag.colour]) for tag in marks.tags
    ]
    if marks.note:
        parts.append(Content.styled(f"{NOTE} {shown_words(marks.note)}  ", "$ink"))
    said = shown_in_a_line(node.text.strip()[:_MOST_BYTES])
    return Content.assemble(*parts, (said or "(empty)", "$faint"))


def _place(tree: Tree, node_id: str) -> list[int]:
    """Numbers among siblings from the beginning on."""
    return [tree.sibling_ids(node.id).index(node.id) for node in tree.path(node_id)]

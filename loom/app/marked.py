"""What people put on nodes, as the panes show it: tags by name, never by colour alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content

from loom.app.display import fit, shown_words
from loom.tree.changes import Tag
from loom.tree.graph import Tree
from loom.tree.kinds import TagColour, TagScope
from loom.tree.marks import Marks
from loom.tree.tagging import tags_at

NOTE, CHAPTER = "†", "§"
"""A note stands on the text; a chapter begins at it."""

COLOURS: dict[TagColour, str] = {
    "red": "$error",
    "yellow": "$typed",
    "green": "$success",
    "blue": "$primary",
    "magenta": "$secondary",
    "grey": "$faint",
}
"""A theme's own colour for each colour of tags."""

SCOPES: dict[TagScope, str] = {
    "node": "this text",
    "ancestry": "and what leads here",
    "subtree": "and what follows",
}
"""Whom a tag is about, in a few words."""

_LEAST_CHIP = 4
"""Cells; a tag of which less can be shown is left out."""


def chips(tags: Sequence[Tag], room: int) -> list[tuple[str, TagColour]]:
    """As many tags as fit into so many cells, each with a space before it, the last one cut."""
    shown: list[tuple[str, TagColour]] = []
    for tag in tags:
        chip = f" #{shown_words(tag.name)}"
        if cell_len(chip) > room:
            chip = fit(chip, room)
        if cell_len(chip) < min(_LEAST_CHIP, len(tag.name) + 2):
            break
        shown.append((chip, tag.colour))
        room -= cell_len(chip)
    return shown


def signs(marks: Marks) -> str:
    """† for a note."""
    return NOTE if marks.note else ""


def named(marks: Marks, snippet: str) -> tuple[str, str]:
    """What a node is called, and what it says: chapter and title before the snippet."""
    names = [f"{CHAPTER} {shown_words(marks.chapter)}"] if marks.chapter else []
    names += [shown_words(marks.title)] if marks.title else []
    name = " · ".join(names)
    return (f"{name} · ", snippet) if name else ("", snippet)


def told(tree: Tree, node_id: str) -> Content | None:
    """All that is put on a node and that reaches it, in a line or a few; None if nothing is."""
    marks, parts = tree.marks(node_id), list[Content]()
    if marks.title:
        parts.append(Content.styled(shown_words(marks.title), "bold $ink"))
    own = {tag.name for tag in marks.tags}
    for tag in tags_at(tree, node_id):
        words = f"#{shown_words(tag.name)}"
        scope = f" {SCOPES[tag.scope]}" if tag.name in own and tag.scope != "node" else ""
        parts.append(Content.assemble((words, COLOURS[tag.colour]), (scope, "$faint")))
    if marks.note:
        parts.append(Content.assemble((f"{NOTE} ", "$typed"), (shown_words(marks.note), "$ink")))
    return Content("  ").join(parts) if parts else None


def known_tags(tree: Tree) -> list[Tag]:
    """Every tag by its name, as it was used last, the most used first."""
    used: Counter[str] = Counter()
    by_name: dict[str, Tag] = {}
    for node_id in tree.marked_ids:
        for tag in tree.marks(node_id).tags:
            used[tag.name] += 1
            by_name[tag.name] = tag
    return [by_name[name] for name, _ in used.most_common()]

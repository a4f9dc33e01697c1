"""The words of one branch in a pane: its beginning, and what is said of its end."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from rich.style import Style
from rich.text import Text

from loom.app.branch_grid import Grid
from loom.app.display import shown_in_a_line
from loom.app.siblings import Families
from loom.app.wrapping import wrap
from loom.tree.node import Node

_ENDINGS = {
    "eos": "end",
    "stop": "end",
    "cancelled": "stopped",
    "error": "failed",
    "context": "no room",
}


def n_lines(node: Node, grid: Grid) -> int:
    """Lines that a branch would fill, up to those it can have."""
    text = shown_in_a_line(beginning(node, grid))
    width = max(1, grid.text_width)
    return sum(1 for _ in islice(wrap(text, 0, len(text), width), grid.n_lines))


def most_lines(nodes: Iterable[Node], grid: Grid) -> int:
    """Lines of the branch that would fill most; no more are looked at once one fills all."""
    most = 1
    for node in nodes:
        most = max(most, n_lines(node, grid))
        if most >= grid.n_lines:
            break
    return most


def beginning(node: Node, grid: Grid) -> bytes:
    """As much of a text, from its first word on, as could fill its lines."""
    return node.text.lstrip()[: (grid.n_lines + 2) * max(1, grid.text_width) * 4]


def ending(node: Node, families: Families) -> str:
    """▌ and a count while it grows; then the count, and why it ended where that says something."""
    if node.written:
        return "yours"
    if node.state == "growing":
        return f"▌{node.n_tokens:>3}"
    if twin := families.twin(node):
        return f"×{twin.n_same}"
    return f"{_ENDINGS.get(node.finish or '', '')} {node.n_tokens}".strip()


def with_ellipsis(line: Text, width: int) -> Text:
    """The line with an ellipsis for what follows; a word makes room for it if need be."""
    while line.cell_len > width - 1:
        words = line.plain.rstrip().rpartition(" ")[0]
        line.right_crop(len(line.plain) - len(words) if words else 1)
    return line.append("…", Style(dim=True))

"""The outline: the whole tree, one node a row."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual import events
from textual.message import Message

from loom.app.display import fit
from loom.app.meetings import MARK, Meetings
from loom.app.outline_rows import OutlineRows, Row
from loom.app.siblings import Families
from loom.app.widgets.lines import Lines
from loom.tree.graph import Tree
from loom.tree.node import Node

_MAX_GUIDES = 16
"""Cells of guides; deeper rows lose their leftmost guides, so that words keep their room."""

_N_MARGIN = 2


class Outline(Lines):
    """○ typed, ● by a model, ◆ where the person stands, ▌ growing; ≈ where words meet.

    | component | styles |
    |---|---|
    | `outline--guide` | the lines between forks |
    | `outline--glyph-typed`, `outline--glyph-model`, `outline--glyph-here` | who wrote it |
    | `outline--text`, `outline--text-on-path` | the words |
    | `outline--here` | the row where the person stands |
    | `outline--number`, `outline--met` | number of children, the mark of a meeting |
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "outline--guide",
        "outline--glyph-typed",
        "outline--glyph-model",
        "outline--glyph-here",
        "outline--text",
        "outline--text-on-path",
        "outline--here",
        "outline--number",
        "outline--met",
    }

    @dataclass
    class NodeClicked(Message):
        """A row was clicked."""

        node_id: str

    def __init__(self, tree: Tree, families: Families, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._tree = tree
        self._families = families
        self._rows = OutlineRows(tree)
        self._meetings = Meetings()
        self._here: str | None = None
        self._path: frozenset[str] = frozenset()
        self._window: tuple[int, int, list[Row]] | None = None

    def on_mount(self) -> None:
        """Show what is there."""
        self.set_n_lines(len(self._rows))

    def on_resize(self) -> None:
        """Keep the person's row on the screen."""
        self._show_here()

    def stand_at(self, node_id: str) -> None:
        """The person is at this node now."""
        self._here = node_id
        self._path = frozenset(node.id for node in self._tree.path(node_id))
        self._show_here()
        self.refresh()

    def show_meetings(self, meetings: Meetings) -> None:
        """Other words meet now."""
        self._meetings = meetings
        self.refresh()

    def add(self, node_ids: Iterable[str]) -> None:
        """These nodes are new; what is on the screen stays where it is."""
        at_top = self._rows.rows(self.top, self.top + 1)
        n_before = len(self._rows)
        for node_id in node_ids:
            self._rows.add(node_id)
        if len(self._rows) == n_before:
            return
        self.set_n_lines(len(self._rows))
        if at_top:
            self.put_at_top(self._rows.row_of(at_top[0].node_id))
        self._window = None
        self.refresh()

    def redraw(self, node_ids: Collection[str]) -> None:
        """The text or state of these nodes changed: draw again those on the screen."""
        for line, row in enumerate(self._visible_rows(), start=self.top):
            if row.node_id in node_ids:
                self.refresh_line(line)

    def draw_line(self, line: int) -> Text:
        """One node."""
        rows = self._visible_rows()
        if not 0 <= line - self.top < len(rows):
            return Text("")
        row = rows[line - self.top]
        return self._draw(row, self._tree.node(row.node_id))

    def on_click(self, event: events.Click) -> None:
        """Say which node was clicked."""
        rows = self._visible_rows()
        if 0 <= event.y < len(rows):
            self.post_message(self.NodeClicked(rows[event.y].node_id))

    def _show_here(self) -> None:
        if self._here is not None and self.height:
            row = self._rows.row_of(self._here)
            margin = min(_N_MARGIN, (self.height - 1) // 2)
            last = min(row + margin, len(self._rows) - 1)
            self.keep_in_view(max(0, row - margin), last)

    def _visible_rows(self) -> list[Row]:
        key = (self.top, self.height)
        if self._window is None or self._window[:2] != key:
            self._window = (*key, self._rows.rows(self.top, self.top + self.height))
        return self._window[2]

    def _draw(self, row: Row, node: Node) -> Text:
        here = node.id == self._here
        guides = row.guides[-_MAX_GUIDES:]
        number, mark = self._right(node)
        room = self.width - len(guides) - 4 - cell_len(number) - 3
        twin = self._families.twin(node)
        words = self._families.snippet(node) if twin is None else f"= {twin.first}"
        words = fit(words, room)
        line = self.style_of("outline--here") if here else Style()
        text = Text(" ", style=line, no_wrap=True, end="")
        text.append(guides, self.style_of("outline--guide"))
        text.append(*self._glyph(node)).append(" ")
        on_path = "-on-path" if node.id in self._path else ""
        text.append(words, self.style_of("outline--text" + on_path))
        text.append(" " * (room - cell_len(words) + 1))
        text.append(number, self.style_of("outline--number"))
        return text.append(" ").append(mark, self.style_of("outline--met")).append(" ")

    def _glyph(self, node: Node) -> tuple[str, Style]:
        if node.id == self._here:
            return "◆", self.style_of("outline--glyph-here")
        if node.state == "growing":
            return "▌", self.style_of("outline--glyph-here")
        if node.written:
            return "○", self.style_of("outline--glyph-typed")
        return "●", self.style_of("outline--glyph-model")

    def _right(self, node: Node) -> tuple[str, str]:
        n_children = self._tree.n_children(node.id)
        twin = self._families.twin(node)
        number = f"×{twin.n_same}" if twin else str(n_children) if n_children > 1 else ""
        return f"{number:>3}", MARK if node.id in self._meetings else " "

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

from loom.app.display import BOOKMARK, fit
from loom.app.marked import COLOURS, chips, named, signs
from loom.app.meetings import MARK, Meetings
from loom.app.model_glyphs import ModelGlyphs
from loom.app.outline_rows import OutlineRows, Row
from loom.app.outline_shape import OutlineShape
from loom.app.siblings import Families
from loom.app.widgets.lines import Lines
from loom.tree.graph import Tree
from loom.tree.node import Node

_N_MARGIN = 2

_LEAST_WORDS = 14
"""Cells that tags leave to the words."""

_MORE = "↓ goes on"


class Outline(Lines):
    """○ typed, ● by a model, ◆ where the person stands, ▌ growing, ★ bookmarked; ≈ words that meet.

    A second model has ■, a third ▲.

    | component | styles |
    |---|---|
    | `outline--guide` | the lines between forks |
    | `outline--glyph-typed`, `outline--glyph-model`, `outline--glyph-here` | who wrote it |
    | `outline--text`, `outline--text-on-path` | the words |
    | `outline--here` | the row where the person stands |
    | `outline--number`, `outline--met` | number of children, the mark of a meeting |
    | `outline--name`, `outline--note` | a title or chapter; the sign of a note |
    | `outline--tag-red` and the other colours | tags |
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
        "outline--name",
        "outline--note",
        *(f"outline--tag-{colour}" for colour in COLOURS),
    }

    @dataclass
    class NodeClicked(Message):
        """A row was clicked."""

        node_id: str

    def __init__(self, tree: Tree, families: Families, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._tree = tree
        self._families = families
        self._glyphs = ModelGlyphs(tree)
        self._shape = OutlineShape(tree)
        self._rows = OutlineRows(tree, self._shape)
        self._meetings = Meetings()
        self._here: str | None = None
        self._path: list[str] = []
        self._on_path: frozenset[str] = frozenset()
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
        self._path = [node.id for node in self._tree.path(node_id)]
        self._on_path = frozenset(self._path)
        self._show_here()
        self.refresh()

    # What is drawn of the tree

    def turn_fold(self) -> bool:
        """Fold what follows from here, or unfold it; whether anything follows."""
        if self._here is None or not self._tree.n_children(self._here):
            return False
        self._shape.turn_fold(self._here)
        self._reshaped()
        return True

    def fold_others(self) -> None:
        """Fold all that is not on the way here."""
        self._shape.fold_all_but(self._path)
        self._reshaped()

    def unfold_all(self) -> None:
        """Draw the whole tree."""
        self._shape.unfold_all()
        self._reshaped()

    @property
    def hoisted(self) -> str | None:
        """The node whose subtree is drawn alone."""
        return self._shape.hoisted

    def hoist(self, node_id: str | None) -> None:
        """Draw one subtree alone; None draws the whole tree."""
        self._shape.hoist(node_id)
        self._reshaped()

    filtered = ""
    """The filter that says what is drawn, and how much it leaves."""

    def keep_only(self, node_ids: Iterable[str] | None, filtered: str = "") -> None:
        """Draw only these nodes and what leads to them; None draws all."""
        self.filtered = filtered
        self._shape.keep_only(node_ids)
        self._reshaped()

    def families_changed(self, parent_ids: Iterable[str | None]) -> None:
        """Children of these nodes came, went or changed places."""
        for parent_id in parent_ids:
            self._shape.family_changed(parent_id)
        self._reshaped()

    def measure_again(self) -> None:
        """Nodes went out of sight, came back or stand elsewhere."""
        self._shape.measure_again()
        self._reshaped()

    def stand_nowhere(self) -> None:
        """Nothing is to be seen."""
        self._here, self._path, self._on_path = None, [], frozenset()
        self.refresh()

    def _reshaped(self) -> None:
        self._rows.changed()
        self._window = None
        self.set_n_lines(len(self._rows))
        self._show_here()
        self.refresh()

    def show_meetings(self, meetings: Meetings) -> None:
        """Other words meet now."""
        self._meetings = meetings
        self.refresh()

    def add(self, node_ids: Iterable[str]) -> None:
        """These nodes are new; what is on the screen stays where it is."""
        top = next((row.node_id for row in self._visible_rows() if not row.pager), None)
        above = self.top if top is None else self._rows.row_of(top)
        for node_id in node_ids:
            self._shape.add(node_id)
        self._rows.changed()
        self._window = None
        self.set_n_lines(len(self._rows))
        now = above if top is None else self._rows.row_of(top)
        if above is not None and now is not None:
            self.put_at_top(self.top + now - above)
        self.refresh()

    def redraw(self, node_ids: Collection[str]) -> None:
        """The text or state of these nodes changed: draw again those on the screen."""
        for line, row in enumerate(self._visible_rows(), start=self.top):
            if row.node_id in node_ids and not row.pager:
                self.refresh_line(line)

    def draw_line(self, line: int) -> Text:
        """One node."""
        rows = self._visible_rows()
        if not 0 <= line - self.top < len(rows):
            return Text("")
        row = rows[line - self.top]
        if row.node_id is None or row.pager:
            return self._draw_pager(row)
        return self._draw(row, self._tree.node(row.node_id))

    def on_click(self, event: events.Click) -> None:
        """Say which node was clicked."""
        rows = self._visible_rows()
        if not 0 <= event.y < len(rows):
            return
        row = rows[event.y]
        if row.pager:
            self._next_page(row.node_id)
        elif row.node_id is not None:
            self.post_message(self.NodeClicked(row.node_id))

    def _show_here(self) -> None:
        if self._here is not None and self.height:
            row = self._row_of_here(self._here)
            if row is None:
                return
            margin = min(_N_MARGIN, (self.height - 1) // 2)
            last = min(row + margin, len(self._rows) - 1)
            self.keep_in_view(max(0, row - margin), last)

    def _row_of_here(self, here: str) -> int | None:
        """The row where the person stands, after opening the folds and pages that hide it."""
        row = self._rows.row_of(here)
        if row is not None:
            return row
        if self._shape.hoisted not in self._on_path:
            self._shape.hoist(None)
        for node_id in self._path:
            self._shape.turn_to(node_id)
            if node_id != here and self._shape.is_folded(node_id):
                self._shape.turn_fold(node_id)
        self._rows.changed()
        self._window = None
        self.set_n_lines(len(self._rows))
        return self._rows.row_of(here)

    def _next_page(self, parent_id: str | None) -> None:
        """The next ten siblings, and after the last the first again."""
        _, last, n = self._shape.page(parent_id)
        children = self._tree.root_ids if parent_id is None else self._tree.child_ids(parent_id)
        self._shape.turn_to(children[last % n])
        self._rows.changed()
        self._window = None
        self.set_n_lines(len(self._rows))
        self.refresh()

    def _visible_rows(self) -> list[Row]:
        key = (self.top, self.height)
        if self._window is None or self._window[:2] != key:
            self._window = (*key, self._rows.rows(self.top, self.top + self.height))
        return self._window[2]

    def _draw(self, row: Row, node: Node) -> Text:
        here = node.id == self._here
        guides = row.guides
        number, mark = self._right(node)
        room = self.width - len(guides) - 4 - cell_len(number) - 3
        twin = self._families.twin(node)
        words = self._families.snippet(node) if twin is None else f"= {twin.first}"
        marks = self._tree.marks(node.id)
        sign = f" {signs(marks)}" if signs(marks) else ""
        tags = chips(marks.tags, max(0, room - len(sign) - _LEAST_WORDS))
        room -= len(sign) + sum(cell_len(chip) for chip, _ in tags)
        name, words = named(marks, words)
        name = fit(name, room)
        words = fit(words, room - cell_len(name))
        line = self.style_of("outline--here") if here else Style()
        text = Text(" ", style=line, no_wrap=True, end="")
        text.append(guides, self.style_of("outline--guide"))
        text.append(*self._glyph(node)).append(" ")
        on_path = "-on-path" if node.id in self._on_path else ""
        text.append(name, self.style_of("outline--name"))
        text.append(words, self.style_of("outline--text" + on_path))
        text.append(" " * (room - cell_len(name + words)))
        text.append(sign, self.style_of("outline--note"))
        for chip, colour in tags:
            text.append(chip, self.style_of(f"outline--tag-{colour}"))
        text.append(" ")
        text.append(number, self.style_of("outline--number"))
        return text.append(" ").append(mark, self.style_of("outline--met")).append(" ")

    def _draw_pager(self, row: Row) -> Text:
        first, last, n = self._shape.page(row.node_id)
        text = Text(" ", no_wrap=True, end="")
        text.append(row.guides, self.style_of("outline--guide"))
        words = fit(f"{first}-{last} of {n:,} · {_MORE}", self.width - len(row.guides) - 2)
        return text.append(words, self.style_of("outline--number"))

    def _glyph(self, node: Node) -> tuple[str, Style]:
        if node.id == self._here:
            return "◆", self.style_of("outline--glyph-here")
        if node.state == "growing":
            return "▌", self.style_of("outline--glyph-here")
        marked = self._tree.marks(node.id).bookmarked
        if node.written:
            return BOOKMARK if marked else "○", self.style_of("outline--glyph-typed")
        glyph = BOOKMARK if marked else self._glyphs.of(node.author)
        return glyph, self.style_of("outline--glyph-model")

    def _right(self, node: Node) -> tuple[str, str]:
        n_children = self._tree.n_children(node.id)
        if n_children and self._shape.is_folded(node.id):
            return f"▸{n_children:>2}", MARK if node.id in self._meetings else " "
        twin = self._families.twin(node)
        number = f"×{twin.n_same}" if twin else str(n_children) if n_children > 1 else ""
        return f"{number:>3}", MARK if node.id in self._meetings else " "

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
from loom.app.layout import Stretch
from loom.app.marked import COLOURS, chips, named, signs
from loom.app.marks import MARK_CLASSES, is_road, look_of
from loom.app.model_glyphs import ModelGlyphs
from loom.app.outline_rows import OutlineRows, Row
from loom.app.outline_shape import OutlineShape
from loom.app.rail import Rail
from loom.app.roads_view import RoadsView
from loom.app.siblings import Families
from loom.app.widgets.lines import Lines
from loom.records import Join
from loom.session.judging.roads import OneRoad
from loom.tree.graph import Tree
from loom.tree.node import Node

_N_MARGIN = 2

_LEAST_WORDS = 14
"""Cells that tags leave to the words."""

_MORE = "↓ goes on"
_N_RIGHT = 5
"""Cells at the end of a row: a blank, a blank, the rail, a mark of two."""


class Outline(Lines):
    """○ typed, ● by a model, ◆ where the person stands, ▌ growing, ★ bookmarked; A a ? ≈ meet.

    A second model has ■, a third ▲.

    | component | styles |
    |---|---|
    | `outline--guide`, `outline--number` | the lines between forks; number of children |
    | `outline--glyph-typed`, `outline--glyph-model`, `outline--glyph-here` | who wrote it |
    | `outline--text`, `outline--text-on-path` | the words |
    | `outline--here` | the row where the person stands |
    | `outline--name`, `outline--note`, `outline--tag-red` ... | title or chapter; note; tags |
    | `marks.MARK_CLASSES` | the mark of a meeting, and the line that joins its branches |
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
        *MARK_CLASSES,
        "outline--name",
        "outline--note",
        *(f"outline--tag-{colour}" for colour in COLOURS),
    }

    @dataclass
    class ItemClicked(Message):
        """The row of a text was clicked."""

        item: str

    def __init__(
        self,
        tree: Tree,
        roads: RoadsView,
        families: Families,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._tree = tree
        self._roads, self._layout = roads, roads.layout
        self._families = families
        self._glyphs = ModelGlyphs(tree)
        self._shape = OutlineShape(roads.layout)
        self._rows = OutlineRows(self._shape)
        self._joined: Join | None = None
        self._rail: Rail | None = None
        self._here: str | None = None
        self._path: list[str] = []
        self._on_path: frozenset[str] = frozenset()
        self._window: tuple[int, int, list[Row]] | None = None

    def on_mount(self) -> None:
        """Show what is there."""
        self.set_n_lines(len(self._rows))

    def fit(self) -> None:
        """Keep the person's row on the screen."""
        self._show_here()

    def stand_at(self, item: str) -> None:
        """The person is at this item now: the rows on the old way and the new are drawn again."""
        before, was_on_path = self._here, self._on_path
        self._here = item
        self._path = self._layout.way_to(item)
        self._on_path = frozenset(self._layout.read_before(item)).union(self._path)
        self._show_here()
        changed = was_on_path.symmetric_difference(self._on_path).union((before, item))
        for line, row in enumerate(self._visible_rows(), start=self.top):
            if row.item in changed:
                self.refresh_line(line)

    # What is drawn of the tree

    def turn_fold(self) -> bool:
        """Fold what follows from here, or unfold it; whether anything follows."""
        if self._here is None:
            return False
        # What follows from a way into a road is the road.
        item = self._layout.leads_into(self._here) or self._here
        if not self._layout.n_children(item):
            return False
        self._shape.turn_fold(item)
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

    def hoist(self, item: str | None) -> None:
        """Draw one subtree alone; None draws the whole tree."""
        self._shape.hoist(item)
        self._reshaped()

    filtered = ""
    """The filter that says what is drawn, and how much it leaves."""

    def keep_only(self, node_ids: Iterable[str] | None, filtered: str = "") -> None:
        """Draw only these nodes and what leads to them; None draws all."""
        self.filtered = filtered
        items = (
            None if node_ids is None else [i for n in node_ids for i in self._layout.items_of(n)]
        )
        self._shape.keep_only(items)
        self._reshaped()

    def measure_again(self) -> None:
        """Items went out of sight, came back or stand elsewhere."""
        self._shape.measure_again()
        self._reshaped()

    def stand_nowhere(self) -> None:
        """Nothing is to be seen."""
        self._here, self._path, self._on_path = None, [], frozenset()
        self.refresh()

    def _reshaped(self) -> None:
        self._forget_rows()
        self._show_here()
        self.refresh()

    def _forget_rows(self) -> None:
        self._rows.changed()
        self._window = self._rail = None
        self.set_n_lines(len(self._rows))
        self.refresh()

    def show_meetings(self) -> None:
        """Other branches meet now."""
        self._rail = None
        self.refresh()

    def add(self, node_ids: Iterable[str]) -> None:
        """These nodes are new; what is on the screen stays where it is."""
        top = next((row.item for row in self._visible_rows() if not row.pager), None)
        above = self.top if top is None else self._rows.row_of(top)
        for node_id in node_ids:
            self._shape.add(node_id)
        self._forget_rows()
        now = above if top is None else self._rows.row_of(top)
        if above is not None and now is not None:
            self.put_at_top(self.top + now - above)
        self.refresh()

    def redraw(self, node_ids: Collection[str]) -> None:
        """The text or state of these nodes changed: draw again those on the screen."""
        for line, row in enumerate(self._visible_rows(), start=self.top):
            if row.item and not row.pager and self._layout.node_id(row.item) in node_ids:
                self.refresh_line(line)

    def draw_line(self, line: int) -> Text:
        """One node."""
        rows = self._visible_rows()
        if not 0 <= line - self.top < len(rows):
            return Text("")
        row = rows[line - self.top]
        if row.item is None or row.pager:
            return self._draw_pager(row)
        road = self._layout.road(row.item)
        if road is not None:
            return self._draw_road(line, row, row.item, road)
        return self._draw(line, row, row.item)

    def on_click(self, event: events.Click) -> None:
        """Say which node was clicked."""
        rows = self._visible_rows()
        if not 0 <= event.y < len(rows):
            return
        row = rows[event.y]
        if row.pager:
            self._next_page(row.item)
        elif row.item is not None and self._layout.road(row.item) is not None:
            self._shape.turn_fold(row.item)
            self._reshaped()
        elif row.item is not None:
            self.post_message(self.ItemClicked(row.item))

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
        for item in self._path:
            self._shape.turn_to(item)
            if item != here and self._shape.is_folded(item):
                self._shape.turn_fold(item)
        self._forget_rows()
        return self._rows.row_of(here)

    def _next_page(self, parent_id: str | None) -> None:
        """The next ten siblings, and after the last the first again."""
        _, last, n = self._shape.page(parent_id)
        root_ids, child_ids = self._layout.root_ids, self._layout.child_ids
        children = root_ids if parent_id is None else child_ids(parent_id)
        self._shape.turn_to(children[last % n])
        self._forget_rows()
        self.refresh()

    def _visible_rows(self) -> list[Row]:
        key = (self.top, self.height)
        if self._window is None or self._window[:2] != key:
            self._window = (*key, self._rows.rows(self.top, self.top + self.height))
        return self._window[2]

    def _draw(self, line: int, row: Row, item: str) -> Text:
        stretch = self._layout.stretch(item)
        node = self._tree.node(stretch.node_id)
        number = self._number(item, node)
        twin = self._families.twin(node) if stretch == Stretch(node.id) else None
        words = self._families.snippet(node, stretch) if twin is None else f"= {twin.first}"
        on_path = "-on-path" if item in self._on_path else ""
        text = Text(" ", self._row_style(item), no_wrap=True, end="")
        text.append(row.guides, self.style_of("outline--guide"))
        text.append(*self._glyph(item, node)).append(" ")
        room = self.width - text.cell_len - cell_len(number) - _N_RIGHT
        marks = self._tree.marks(node.id)
        sign = f" {signs(marks)}" if signs(marks) else ""
        tags = chips(marks.tags, max(0, room - len(sign) - _LEAST_WORDS))
        room -= len(sign) + sum(cell_len(chip) for chip, _ in tags)
        name, words = named(marks, words)
        name = fit(name, room)
        words = fit(words, room - cell_len(name))
        text.append(name, self.style_of("outline--name"))
        text.append(words, self.style_of("outline--text" + on_path))
        text.append(" " * (room - cell_len(name + words)))
        text.append(sign, self.style_of("outline--note"))
        for chip, colour in tags:
            text.append(chip, self.style_of(f"outline--tag-{colour}"))
        text.append(" ")
        text.append(number, self.style_of("outline--number"))
        return self._end_line(text, line, item)

    def _draw_road(self, line: int, row: Row, item: str, road: OneRoad) -> Text:
        """A road into which several ways lead."""
        folded = self._shape.is_folded(item) and self._layout.n_children(item)
        text = Text(" ", no_wrap=True, end="")
        text.append(row.guides, self.style_of("outline--guide"))
        text.append(f"{'▸' if folded else '▾'}{road.mark} ", self.style_of("mark--joined"))
        room = self.width - text.cell_len - _N_RIGHT
        words = fit(f"one road, {len(road.ways_in)} ways in", room)
        on_path = "-on-path" if item in self._on_path else ""
        text.append(words, self.style_of("outline--text" + on_path))
        n_left = room + 1 - cell_len(words)
        rail = self._rail_at(line)
        dashes = " " + "─" * (n_left - 1) if rail != " " else " " * n_left
        text.append(dashes, self._rail_style())
        return self._end_line(text, line, item)

    def _end_line(self, text: Text, line: int, item: str) -> Text:
        """The rail at the side, and whom this text meets."""
        text.append(self._rail_at(line), self._rail_style())
        look = None if self._layout.road(item) else self._roads.look(item, self._joined)
        if look is None:
            return text.append("  ")
        return text.append(f"{look.mark:<2}", self.style_of(look.mark_class))

    def _row_style(self, item: str) -> Style:
        return self.style_of("outline--here") if item == self._here else Style()

    # The rail

    def show_rail(self, join: Join | None) -> None:
        """Draw the line that joins the places of this join."""
        if join is not self._joined:
            self._joined, self._rail = join, None
            self.refresh()

    def _rail_at(self, line: int) -> str:
        if self._rail is None:
            self._rail = self._drawn_rail()
        return self._rail.at(line)

    def _rail_style(self) -> Style:
        if self._joined is None:
            return Style()
        return Style(color=self.style_of(look_of(self._joined).mark_class).color)

    def _drawn_rail(self) -> Rail:
        if (join := self._joined) is None:
            return Rail()
        rows = (self._row_of_drawn(item) for item in self._roads.items_on(join))
        stops = [row for row in rows if row is not None]
        return Rail.through(stops, is_whole=is_road(join))

    def _row_of_drawn(self, item: str) -> int | None:
        """The row of an item, or of the nearest above it that is drawn, because it is folded."""
        at: str | None = item
        while at is not None:
            if (row := self._rows.row_of(at)) is not None:
                # Else it is on another page of siblings.
                return row if at == item or self._shape.is_folded(at) else None
            at = self._shape.parent(at)
        return None

    def _draw_pager(self, row: Row) -> Text:
        first, last, n = self._shape.page(row.item)
        text = Text(" ", no_wrap=True, end="")
        text.append(row.guides, self.style_of("outline--guide"))
        words = fit(f"{first}-{last} of {n:,} · {_MORE}", self.width - len(row.guides) - 2)
        return text.append(words, self.style_of("outline--number"))

    def _glyph(self, item: str, node: Node) -> tuple[str, Style]:
        if item == self._here:
            return "◆", self.style_of("outline--glyph-here")
        if node.state == "growing":
            return "▌", self.style_of("outline--glyph-here")
        marked = self._tree.marks(node.id).bookmarked
        if node.written:
            return BOOKMARK if marked else "○", self.style_of("outline--glyph-typed")
        glyph = BOOKMARK if marked else self._glyphs.of(node.author)
        return glyph, self.style_of("outline--glyph-model")

    def _number(self, item: str, node: Node) -> str:
        n_children, twin = self._n_texts(item, node), self._families.twin(node)
        if self._layout.n_children(item) and self._shape.is_folded(item):
            return f"▸{n_children:>2}"
        number = f"×{twin.n_same}" if twin else str(n_children) if n_children > 1 else ""
        return f"{number:>3}"

    def _n_texts(self, item: str, node: Node) -> int:
        """How many texts follow an item as it is drawn; a road is none."""
        is_last = item == self._layout.items_of(node.id)[-1]
        leads_on = self._layout.leads_into(item) is not None
        return self._tree.n_children(node.id) if is_last and not leads_on else 0

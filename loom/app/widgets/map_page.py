"""The map as it is drawn: only what is on the screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.message import Message

from loom.app.display import fit
from loom.app.map_drawing import Canvas, Looks, Mark, Zoom, draw, zooms
from loom.app.map_shape import MapShape
from loom.app.marks import is_road
from loom.app.roads_view import RoadsView
from loom.app.siblings import Families
from loom.app.widgets.lines import Lines
from loom.app.words import count
from loom.records import Join
from loom.tree.graph import Tree

_WORDS = 16
"""Cells of words at the nearest zoom; a rail and a letter stand behind them."""


class MapPage(Lines):
    """The path is lit; ◆ is where the person stands on the map.

    | component | styles |
    |---|---|
    | `map--line`, `map--road` | lines, and those of the path |
    | `map--typed`, `map--model`, `map--here` | nodes |
    | `map--words`, `map--words-road` | what they say |
    | `map--rail`, `map--mark`, `map--alike` | what joins them; a join, and what looks like one |
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "map--line",
        "map--road",
        "map--typed",
        "map--model",
        "map--here",
        "map--words",
        "map--words-road",
        "map--rail",
        "map--mark",
        "map--alike",
    }

    @dataclass
    class ItemClicked(Message):
        """The item nearest to a click."""

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
        self._roads = roads
        self._families = families
        self._shape: MapShape | None = None
        self._here: str | None = None
        self._join: Join | None = None
        self._stops: list[str] = []
        self._zoom = 0
        self._left = self._top = 0
        self._canvas: Canvas | None = None

    # What is shown

    def show(self, shape: MapShape, here: str | None, join: Join | None) -> None:
        """Draw this layout, the whole of it if it is not much more than a screen."""
        self._shape, self._here, self._join = shape, here, join
        nearest = self._zooms[0].cells
        self._zoom = 0 if shape.n_levels * nearest <= self.width else 1
        self._centre()

    def stand_at(self, item: str, join: Join | None) -> None:
        """The person is at this item, near this meeting; it comes into view."""
        self._here, self._join = item, join
        self._bring_into_view()

    def lay_out(self, shape: MapShape, here: str | None, join: Join | None) -> None:
        """Other roads are drawn as one now."""
        self._shape, self._here, self._join = shape, here, join
        self._bring_into_view()

    def zoom(self, by: int) -> None:
        """Nearer (-1) or farther (1), around where the person stands."""
        self._zoom = min(max(0, self._zoom + by), len(self._zooms) - 1)
        self._centre()

    def scroll_page(self, across: int, down: int) -> None:
        """Half a screen further; the person stays where they are."""
        zoom = self._scale
        self._left += across * max(1, self.width // zoom.cells * zoom.levels // 2)
        self._top += down * max(1, self.height * zoom.rows // 2)
        self._draw_anew()

    @property
    def scale(self) -> str:
        """How far one looks, in words."""
        zoom = self._scale
        if not zoom.is_overview:
            return {24: "words", 4: "nodes"}.get(zoom.cells, "roads")
        return f"a cell is {count(zoom.levels, 'level')} × {count(zoom.rows, 'road')}"

    @property
    def _zooms(self) -> list[Zoom]:
        if self._shape is None:
            return [Zoom()]
        return zooms(self._shape, max(1, self.width), max(1, self.height))

    @property
    def _scale(self) -> Zoom:
        return self._zooms[min(self._zoom, len(self._zooms) - 1)]

    def _place(self) -> tuple[int, int]:
        if self._shape is None or self._here not in self._shape or self._here is None:
            return 0, 0
        return self._shape.place(self._here)

    def _centre(self) -> None:
        level, row = self._place()
        zoom = self._scale
        self._left = level - self.width // zoom.cells * zoom.levels // 2
        self._top = row - self.height * zoom.rows // 2
        self._draw_anew()

    def _bring_into_view(self) -> None:
        """Scroll as little as shows the node, with a margin."""
        level, row = self._place()
        zoom = self._scale
        across, down = max(1, self.width // zoom.cells) * zoom.levels, self.height * zoom.rows
        margin = across // 5
        self._left = min(max(self._left, level - across + margin + 1), level - margin)
        margin = down // 5
        self._top = min(max(self._top, row - down + margin + 1), row - margin)
        self._draw_anew()

    def _draw_anew(self) -> None:
        self._canvas = None
        self.refresh()

    # Drawing

    def on_resize(self) -> None:
        """Draw for the new room."""
        self.set_n_lines(self.height)
        self._centre()

    def on_click(self, event: events.Click) -> None:
        """Say which item is nearest."""
        if self._shape is None:
            return
        zoom = self._scale
        self._clamp()
        level = self._left + (event.x // zoom.cells) * zoom.levels
        found = self._shape.nearest(level, self._top + event.y * zoom.rows)
        if found is not None:
            self.post_message(self.ItemClicked(found))

    def draw_line(self, line: int) -> Text:
        """One row of the canvas, which is drawn when the first row is asked for."""
        if self._shape is None:
            return Text("   drawing…" if line == 0 else "", self.style_of("map--line"))
        if self._canvas is None:
            self._canvas = self._drawn(self._shape)
        text = Text(no_wrap=True, end="")
        if line < self._canvas.height:
            for words, ink in self._canvas.runs(line):
                text.append(words, self.style_of(f"map--{ink}"))
        text.truncate(self.width)
        return text

    def _clamp(self) -> None:
        """Nothing but the tree is worth looking at."""
        assert self._shape is not None
        zoom = self._scale
        across, down = max(1, self.width // zoom.cells) * zoom.levels, self.height * zoom.rows
        self._left = max(0, min(self._left, self._shape.n_levels - across))
        self._top = max(0, min(self._top, self._shape.n_rows - down))

    def _drawn(self, shape: MapShape) -> Canvas:
        self._clamp()
        zoom = self._scale
        self._stops = [] if self._join is None else self._roads.items_on(self._join)
        looks = Looks(
            self._way(),
            self._here,
            self._is_typed,
            self._words,
            self._mark,
            lambda item: self._roads.layout.road(item) is not None,
            self._stops,
            self._join is None or is_road(self._join),
        )
        window = zoom.window(self._left, self._top, self.width, self.height)
        return draw(shape, zoom, window, (self.width, self.height), looks)

    def _way(self) -> set[str]:
        """What was read on the way here, and the roads that were taken."""
        layout, at, way = self._roads.layout, self._here, set[str]()
        while at is not None:
            way.add(at)
            at = layout.before(at)
            if at is not None and (road := layout.leads_into(at)) is not None:
                way.add(road)
        return way

    def _mark(self, item: str) -> Mark | None:
        """The letter of a join, or of what looks like one; mere words are left to the outline."""
        road = self._roads.layout.road(item)
        if road is not None:
            return road.mark, "mark"
        look = self._roads.look(item, self._join)
        if look is None or (look.style == "words" and item not in self._stops):
            return None
        return look.mark, "mark" if look.style == "joined" else "alike"

    def _is_typed(self, item: str) -> bool:
        node_id = self._roads.layout.node_id(item)
        return node_id is not None and self._tree.node(node_id).written

    def _words(self, item: str) -> str:
        """A snippet."""
        road = self._roads.layout.road(item)
        if road is not None:
            return f"one road, {len(road.ways_in)} ways"[:_WORDS]
        stretch = self._roads.layout.stretch(item)
        return fit(self._families.snippet(self._tree.node(stretch.node_id), stretch), _WORDS)

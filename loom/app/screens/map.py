"""The map: the whole tree in two dimensions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message

from loom.app import keymap, words
from loom.app.crossing import across, end_of, join_on, next_join, shown_join
from loom.app.map_shape import MapShape
from loom.app.marks import is_road
from loom.app.meetings import Place
from loom.app.roads_view import RoadsView
from loom.app.screens.drawn import DrawnOnce
from loom.app.siblings import Families
from loom.app.walking import Step
from loom.app.widgets.foot import Foot
from loom.app.widgets.map_page import MapPage
from loom.app.widgets.rule import Rule
from loom.records import Join
from loom.tree.graph import Tree


@dataclass(frozen=True, slots=True)
class MapAnswer:
    """Where to stand: a text as it is drawn, and the meeting that was asked for."""

    item: str
    place: Place | None


class MapScreen(DrawnOnce[MapAnswer | None]):
    """Answers with where to stand, or None. Walking on it moves nobody until Enter."""

    CSS_PATH = "map.tcss"
    BINDINGS: ClassVar[list[BindingType]] = keymap.bindings("map")

    class Measured(Message):
        """The tree is laid out."""

        def __init__(self, shape: MapShape) -> None:
            super().__init__()
            self.shape = shape

    def __init__(self, tree: Tree, roads: RoadsView, item: str | None, place: Place | None) -> None:
        super().__init__()
        self._tree = tree
        self._roads = roads
        self._item = item
        self._place = place

    def compose(self) -> ComposeResult:
        """The tree, and what one can do."""
        yield Rule(id="map-top")
        yield MapPage(self._tree, self._roads, Families(self._tree))
        yield Rule(id="map-bottom")
        yield Foot()

    def on_mount(self) -> None:
        """Lay the tree out while the screen is there already."""
        self._page = self.query_one(MapPage)
        self.query_one(Foot).state = "map"
        self._tell()
        self.call_after_refresh(self._measure)

    @work(exclusive=True)
    async def _measure(self) -> None:
        # The tree belongs to this thread; a hundred thousand nodes take a moment, once.
        self.post_message(self.Measured(MapShape(self._roads.layout)))

    @on(Measured)
    def _show(self, event: Measured) -> None:
        self._page.show(event.shape, self._item, self._shown)
        self._tell_size(event.shape)
        self._tell()

    def _tell_size(self, shape: MapShape) -> None:
        self.query_one(Foot).facts = (
            words.count(self._tree.n_visible, "node"),
            words.count(shape.n_rows, "road"),
            words.count(shape.n_levels, "level"),
        )

    def _tell(self) -> None:
        top, bottom = self.query_one("#map-top", Rule), self.query_one("#map-bottom", Rule)
        top.label = f"map{words.folded_roads(self._roads.layout.roads)}"
        top.note = self._page.scale
        bottom.label, note = words.where_it_meets(
            self._roads, self._place, self._item, self._place_here
        )
        # The same keys have names of their own here.
        bottom.note = note.replace("⟨", "⟨map.")

    # Walking

    @property
    def _node_id(self) -> str | None:
        return None if self._item is None else self._roads.layout.node_id(self._item)

    @property
    def _path(self) -> list[str]:
        node_id = self._node_id
        return [] if node_id is None else [node.id for node in self._tree.path(node_id)]

    @property
    def _place_here(self) -> Place | None:
        if self._place is not None or self._node_id is None:
            return self._place
        return join_on(self._roads.meetings, self._tree.path(self._node_id))

    @property
    def _shown(self) -> Join | None:
        return shown_join(self._place, self._place_here)

    def action_walk(self, where: Step) -> None:
        """One step on the map."""
        if self._item is not None:
            there = self._roads.walker.step(self._item, where)
            if there is not None:
                self._go_to(there)

    @on(MapPage.ItemClicked)
    def _clicked(self, event: MapPage.ItemClicked) -> None:
        if self._roads.layout.road(event.item) is None:
            self._go_to(event.item)

    def _go_to(self, item: str, place: Place | None = None) -> None:
        self._item, self._place = item, place
        self._page.stand_at(item, self._shown)
        self._tell()

    def _go_to_place(self, place: Place | None) -> None:
        if place is not None:
            self._go_to(self._roads.layout.item_at(place.node_id, end_of(place)), place)

    def action_walk_joins(self, by: int) -> None:
        """To the next meeting, or the one before."""
        self._go_to_place(next_join(self._roads.meetings, self._path, self._place, by))

    def action_cross(self, by: int) -> None:
        """Over to the next branch that meets here, or to the one before."""
        place = self._place_here
        self._go_to_place(None if place is None else across(place, by))

    # One road

    def action_one_road(self) -> None:
        """Draw the join here as one road, or its ways apart again."""
        place = self._place_here
        if place is not None and is_road(place.join):
            node_id = self._node_id
            self._roads.turn(place.join.id)
            self._lay_out(node_id, place)

    def action_one_road_each(self) -> None:
        """Draw every join as one road, or all apart again."""
        node_id = self._node_id
        self._roads.turn_all()
        self._lay_out(node_id, self._place)

    def _lay_out(self, node_id: str | None, place: Place | None) -> None:
        if node_id is None:
            return
        layout = self._roads.layout
        if place is not None and place.node_id == node_id:
            self._item, self._place = layout.item_at(node_id, end_of(place)), place
        else:
            self._item = layout.items_of(node_id)[0]
        shape = MapShape(layout)
        self._page.lay_out(shape, self._item, self._shown)
        self._tell_size(shape)
        self._tell()

    def action_zoom(self, by: int) -> None:
        """Nearer or farther."""
        self._page.zoom(by)
        self._tell()

    def action_scroll_map(self, across: int, down: int) -> None:
        """Half a screen further; the person stays where they are."""
        self._page.scroll_page(across, down)

    def action_go(self) -> None:
        """Stand there."""
        self.dismiss(None if self._item is None else MapAnswer(self._item, self._place))

    def action_back(self) -> None:
        """Back to where one was."""
        self.dismiss(None)

"""The map: the whole tree in two dimensions."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.screen import Screen

from loom.app import keymap
from loom.app.map_shape import MapShape
from loom.app.siblings import Families
from loom.app.walking import Step, step
from loom.app.widgets.foot import Foot
from loom.app.widgets.map_page import MapPage
from loom.app.widgets.rule import Rule
from loom.tree.graph import Tree


class MapScreen(Screen[str | None]):
    """Answers with the node to stand at, or None. Walking on it moves nobody until Enter."""

    CSS_PATH = "map.tcss"
    BINDINGS: ClassVar[list[BindingType]] = keymap.bindings("map")

    class Measured(Message):
        """The tree is laid out."""

        def __init__(self, shape: MapShape) -> None:
            super().__init__()
            self.shape = shape

    def __init__(self, tree: Tree, here: str | None) -> None:
        super().__init__()
        self._tree = tree
        self._here = here

    def compose(self) -> ComposeResult:
        """The tree, and what one can do."""
        yield Rule(id="map-top")
        yield MapPage(self._tree, Families(self._tree))
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
        self.post_message(self.Measured(MapShape(self._tree)))

    @on(Measured)
    def _show(self, event: Measured) -> None:
        self._page.show(event.shape, self._here)
        n_roads = event.shape.n_rows
        self.query_one(Foot).facts = (
            f"{len(event.shape):,} nodes",
            f"{n_roads:,} road{'' if n_roads == 1 else 's'}",
            f"{event.shape.n_levels:,} levels",
        )
        self._tell()

    def _tell(self) -> None:
        rule = self.query_one("#map-top", Rule)
        rule.label, rule.note = "map", self._page.scale

    def action_walk(self, where: Step) -> None:
        """One step on the map."""
        if self._here is not None and (there := step(self._tree, self._here, where)) is not None:
            self._go_to(there)

    @on(MapPage.NodeClicked)
    def _clicked(self, event: MapPage.NodeClicked) -> None:
        self._go_to(event.node_id)

    def _go_to(self, node_id: str) -> None:
        self._here = node_id
        self._page.stand_at(node_id)

    def action_zoom(self, by: int) -> None:
        """Nearer or farther."""
        self._page.zoom(by)
        self._tell()

    def action_scroll_map(self, across: int, down: int) -> None:
        """Half a screen further; the person stays where they are."""
        self._page.scroll_page(across, down)

    def action_go(self) -> None:
        """Stand there."""
        self.dismiss(self._here)

    def action_back(self) -> None:
        """Back to where one was."""
        self.dismiss(None)

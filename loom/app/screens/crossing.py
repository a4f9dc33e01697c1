"""What the main screen does where branches meet: walking, crossing over, and one road for many."""

from __future__ import annotations

from textual import on

from loom.app.crossing import across, next_join
from loom.app.marks import is_road
from loom.app.meetings import Place
from loom.app.screens.outlining import OutliningScreen
from loom.app.walking import Step
from loom.app.widgets.outline import Outline
from loom.app.words import count
from loom.session import Notice

NONE_YET = Notice("information", "No branches meet yet.", "⟨grow⟩ grows more of them.")
NOT_HERE = Notice(
    "information", "No branches meet on this way.", "⟨next_join⟩ goes to where some do."
)


class CrossingScreen(OutliningScreen):
    """The part of the main screen that walks; nothing in the tree changes."""

    def action_walk(self, where: Step) -> None:
        """One step, if there is anything there."""
        if self.space.item is None:
            return
        roads = self.space.roads
        item = roads.walker.step(self.space.item, where)
        if item is not None:
            self._stand_on(item)

    @on(Outline.ItemClicked)
    def _go_where_row_is(self, event: Outline.ItemClicked) -> None:
        self._stand_on(event.item)

    def _stand_on(self, item: str) -> None:
        """Stand on a text as it is drawn."""
        self._stand_at(self.space.roads.layout.stretch(item).node_id, item=item)

    def action_walk_joins(self, by: int) -> None:
        """To the next meeting, or the one before."""
        there = next_join(self.space.meetings, self.space.path, self.space.place, by)
        if there is None:
            self._say(NONE_YET)
        else:
            self._stand_at(there.node_id, there)

    def action_cross(self, by: int) -> None:
        """Over to the next branch that meets here, or to the one before."""
        place = self.space.place_here
        if place is None:
            self._say(NOT_HERE if self.space.meetings.joins else NONE_YET)
            return
        there = across(place, by)
        self._stand_at(there.node_id, there)

    # One road

    def action_one_road(self) -> None:
        """Draw the join here as one road, or its ways apart again."""
        place = self.space.place_here
        if place is None or not is_road(place.join):
            self._say(
                Notice(
                    "information", "No join is on this way.", "⟨next_join⟩ goes to where one is."
                )
            )
            return
        mark = place.join.mark
        if not self.space.roads.turn(place.join.id):
            what = f"{mark} leads into a road that leads into {mark}."
            self._say(Notice("information", what, "⟨one_road_each⟩ draws all apart again."))
        self._show_roads(place)

    def action_one_road_each(self) -> None:
        """Draw every join as one road, or all apart again."""
        if not any(is_road(join) for join in self.space.meetings.joins):
            self._say(NONE_YET)
            return
        n = self.space.roads.turn_all()
        what = f"{count(n, 'join')} drawn as one road each." if n else "All ways are drawn apart."
        self._say(Notice("information", what, ""))
        self._show_roads(self.space.place)

    def _show_roads(self, place: Place | None) -> None:
        if self.space.here is not None and place is not None and place.node_id == self.space.here:
            self._stand_at(place.node_id, place)
        self.space.show_roads()

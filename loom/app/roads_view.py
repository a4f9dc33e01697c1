"""Which joins are drawn as one road now: a state of the view, kept as long as the view is."""

from __future__ import annotations

from loom.app.crossing import branches_of, end_of
from loom.app.layout import Layout, item_of
from loom.app.marks import Look, is_road, look_of
from loom.app.meetings import Meetings, Place, worth_tinting
from loom.app.road_walking import Walker
from loom.records import Join
from loom.session.judging.roads import road_of
from loom.tree.graph import Tree


class RoadsView:
    """The layout of a tree, walking on it, and what meets in it; the tree itself never changes."""

    def __init__(self, tree: Tree) -> None:
        self.layout = Layout(tree)
        self.walker = Walker(tree, self.layout)
        self.meetings = Meetings()
        self._chosen: dict[str, None] = {}
        """In the order in which they were asked for: of those in a circle the first stay."""

    def show(self, meetings: Meetings) -> bool:
        """Other branches meet now; whether the layout may have changed."""
        self.meetings = meetings
        return self.fold_again()

    def fold_again(self) -> bool:
        """Texts went out of sight, came back or stand elsewhere; whether any road is folded."""
        if self._chosen:
            self._fold()
        return bool(self._chosen)

    def is_one(self, join_id: str) -> bool:
        """Whether a join is drawn as one road."""
        return any(road.id == join_id for road in self.layout.roads)

    def entered_by(self, item: str, join: Join) -> str | None:
        """By which of its branches the person came onto a road that is drawn as one."""
        at: str | None = item
        while at is not None:
            above = self.layout.parent(at)
            road = None if above is None else self.layout.road(above)
            if road is not None and road.id == join.id:
                way = self.walker.via(at) or self.layout.before(at)
                return None if way is None else self.layout.node_id(way)
            at = above
        return None

    def items_on(self, join: Join) -> list[str]:
        """Where the branches of a join meet: their items, and the road if they are drawn as one."""
        places = (Place(join, node_id) for node_id in branches_of(join))
        items = [self.layout.item_at(place.node_id, end_of(place)) for place in places]
        return items + [item_of(road) for road in self.layout.roads if road.id == join.id]

    def look(self, item: str, shown: Join | None) -> Look | None:
        """How an item is marked: by the join that is shown if it is on that, else the strongest."""
        if self.layout.road(item) is not None:
            return None
        stretch = self.layout.stretch(item)
        found = None
        for span, join in self.meetings.spans(stretch.node_id):
            if stretch.start < span.end_byte and (not stretch.end or span.end_byte <= stretch.end):
                if shown is not None and join.id == shown.id:
                    return look_of(join)
                if found is None and (join.denied or worth_tinting(join)):
                    found = join
        return None if found is None else look_of(found)

    def turn(self, join_id: str) -> bool:
        """Draw a join as one road, or apart again; whether it is drawn as was asked."""
        if join_id in self._chosen:
            del self._chosen[join_id]
            self._fold()
            return True
        self._chosen[join_id] = None
        self._fold()
        if self.is_one(join_id):
            return True
        del self._chosen[join_id]
        self._fold()
        return False

    def turn_all(self) -> int:
        """Draw every join as one road, or all apart if any is; how many are one now."""
        joined = [join.id for join in self.meetings.joins if is_road(join)]
        self._chosen = {} if self._chosen else dict.fromkeys(joined)
        self._fold()
        return len(self.layout.roads)

    def _fold(self) -> None:
        by_id = {join.id: join for join in self.meetings.joins}
        chosen = (by_id[join_id] for join_id in self._chosen if join_id in by_id)
        self.layout.fold(road for join in chosen if (road := road_of(join)) is not None)
        self.walker.forget()

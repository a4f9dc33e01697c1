"""Walking on a layout: where roads are folded, a step leads through them."""

from __future__ import annotations

from collections.abc import Sequence

from loom.app.layout import Layout
from loom.app.walking import Step
from loom.tree.graph import Tree


class Walker:
    """Steps from text to text, and remembers by which way each road was entered.

    A road is walked through, not stood on: from a way in one comes to what follows it there, or
    in another branch if nothing does; back goes the way one came; and all that follows in any
    branch of the road stands side by side.
    """

    def __init__(self, tree: Tree, layout: Layout) -> None:
        self._tree = tree
        self._layout = layout
        self._via: dict[str, str] = {}

    def forget(self) -> None:
        """Other roads are folded now."""
        self._via.clear()

    def via(self, item: str) -> str | None:
        """The way by which the road was entered on which this text stands first."""
        road = self._layout.parent(item)
        return None if road is None else self._via.get(road)

    def step(self, item: str, where: Step) -> str | None:
        """The text one step away, None where there is none."""
        match where:
            case "parent":
                return self._back(item)
            case "child":
                return self._on(item)
            case "previous" | "next":
                siblings = self._siblings(item)
                at = siblings.index(item) + (1 if where == "next" else -1)
                return siblings[at] if 0 <= at < len(siblings) else None
            case "root":
                return self._tree.path(self._layout.stretch(item).node_id)[0].id
            case "leaf" if not self._layout.roads:
                return self._tree.last_visited_leaf(self._layout.stretch(item).node_id)
            case "leaf":
                while (there := self._on(item)) is not None:
                    item = there
                return item

    def _back(self, item: str) -> str | None:
        above = self._layout.parent(item)
        if above is None or self._layout.road(above) is None:
            return above
        return self._via.get(above) or self._layout.before(item)

    def _on(self, item: str) -> str | None:
        visited = self._tree.last_visited_child(self._layout.stretch(item).node_id)
        road = self._layout.leads_into(item)
        if road is None:
            return visited
        ahead = self._texts(self._layout.child_ids(road))
        own = [one for one in ahead if self._layout.before(one) == item]
        there = visited if visited in own else next(iter(own or ahead), None)
        if there is not None:
            self._via[road] = item
        return there

    def _siblings(self, item: str) -> Sequence[str]:
        above = self._layout.parent(item)
        return self._texts(
            self._layout.root_ids if above is None else self._layout.child_ids(above)
        )

    def _texts(self, items: Sequence[str]) -> Sequence[str]:
        return [one for one in items if self._layout.road(one) is None]

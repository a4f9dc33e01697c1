"""The tree as it is drawn: as it is stored, or with places where branches meet as one road each.

What is drawn are items: a node, a stretch of one that a road cuts, or a road. Where branches 1, 2
and 4 are one road, the road hangs under the last item that leads into it whichever way one comes,
and all that follows in any of the three hangs under the road:

    ○ Friends, raise your glasses…          an item that leads into it either way
    ├ ● Then Marco laughed.           ╮A    a way in: the text before the place where they meet
    ├ ● His bride laughed first.      ┤A
    ├ ● Nobody moved.                 │
    ├ ● "Every year," sighed Marco.   ┤A
    └ ▾A one road, 3 ways in       ───╯
      ├ ● …told the same way each year      what stands after it in branch 1
      └ ● …told once too often              in branch 2

The stored tree does not change, and nothing here is kept. Nothing recurses.
"""

from __future__ import annotations

import sys
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from loom.session.judging.roads import OneRoad, WayIn
from loom.tree.graph import Tree


@dataclass(frozen=True, slots=True)
class Stretch:
    """The bytes [start, end) of a node's text, to its end where that is None."""

    node_id: str
    start: int = 0
    end: int | None = None


class Layout:
    """The items of a tree by name; as long as no road is folded they are its nodes."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._forget()

    def _forget(self) -> None:
        self._roads: dict[str, OneRoad] = {}
        self._pieces: dict[str, tuple[str, ...]] = {}
        """The items of each node that is cut; the road after each but the last is in `_next`."""
        self._stretches: dict[str, Stretch] = {}
        self._next: dict[str, str] = {}
        """The road into which an item leads."""
        self._under: dict[str | None, list[str]] = {}
        self._above: dict[str, str | None] = {}

    # Questions

    @property
    def roads(self) -> Sequence[OneRoad]:
        """The roads that are drawn as one."""
        return tuple(self._roads.values())

    def __contains__(self, item: str) -> bool:
        return item in self._roads or (
            self.node_id(item) in self._tree and self._tree.is_visible(self._own_node(item))
        )

    def road(self, item: str) -> OneRoad | None:
        """The road that an item is, None for a text."""
        return self._roads.get(item)

    def leads_into(self, item: str) -> str | None:
        """The road that begins where this text ends."""
        return self._next.get(item)

    def stretch(self, item: str) -> Stretch:
        """The text of an item that is no road."""
        return self._stretches.get(item) or Stretch(item)

    def node_id(self, item: str) -> str | None:
        """The node to which an item belongs, None for a road."""
        return None if item in self._roads else self.stretch(item).node_id

    def items_of(self, node_id: str) -> Sequence[str]:
        """The items of a node, in the order of its text."""
        return self._pieces.get(node_id) or (node_id,)

    @property
    def root_ids(self) -> Sequence[str]:
        """What is drawn at the beginning."""
        return (*self._tree.root_ids, *self._under.get(None, ()))

    def child_ids(self, item: str) -> Sequence[str]:
        """What is drawn below an item."""
        if not self._roads:
            return self._tree.child_ids(item)
        if (road := self._roads.get(item)) is not None:
            return [one for way in road.ways_in for one in self._after(way)]
        own = () if item in self._next else self._tree.child_ids(self._own_node(item))
        under = self._under.get(item)
        return own if under is None else (*own, *under)

    def n_children(self, item: str) -> int:
        """How many items are drawn below one."""
        return len(self.child_ids(item)) if self._roads else self._tree.n_children(item)

    def parent(self, item: str) -> str | None:
        """The item under which one is drawn, None for what is at the beginning."""
        if not self._roads:
            return self._tree.node(item).parent_id
        if item in self._roads:
            return self._above[item]
        before = self.before(item)
        return before if before is None else self._next.get(before, before)

    def before(self, item: str) -> str | None:
        """The text that stands before a text, as it is stored: the way in, where that is a road."""
        stretch = self.stretch(item)
        items = self.items_of(stretch.node_id)
        at = items.index(item)
        if at:
            return items[at - 1]
        parent_id = self._tree.node(stretch.node_id).parent_id
        return None if parent_id is None else self.items_of(parent_id)[-1]

    def run_up(self, item: str, until: Container[str | None]) -> list[str]:
        """An item and those above it, as far as each is an only child and not in `until`.

        Less of it where roads are folded: only what is quick to be found.
        """
        return [item] if self._roads else self._tree.run_up(item, until)

    def last_down(self, item: str, until: Container[str | None], most: int) -> list[str]:
        """An item, the last below it, and so on: as far as none is in `until` or has over `most`.

        Less of it where roads are folded: only what is quick to be found.
        """
        return [item] if self._roads else self._tree.last_down(item, until, most)

    def way_to(self, item: str) -> list[str]:
        """The items from the beginning down to one, itself included."""
        if not self._roads:
            return [node.id for node in self._tree.path(item)]
        way: list[str] = []
        at: str | None = item
        while at is not None:
            way.append(at)
            at = self.parent(at)
        return way[::-1]

    def read_before(self, item: str) -> Iterator[str]:
        """The texts that were read on the way to one: of a road the way in, and not the others.

        None where nothing is folded into a road: `way_to` has them all.
        """
        at: str | None = item
        while at is not None and self.roads:
            yield at
            at = self.before(at)

    def item_at(self, node_id: str, n_bytes: int) -> str:
        """The item in which the first so many bytes of a node's text end."""
        for item in self.items_of(node_id):
            end = self.stretch(item).end
            if end is None or n_bytes <= end:
                break
        return item

    def way_items(self, road: OneRoad) -> list[str]:
        """The items that end where they lead into a road that is drawn as one, in its order."""
        return [self._way_item(way) for way in road.ways_in]

    def _own_node(self, item: str) -> str:
        return self.stretch(item).node_id

    def _after(self, way: WayIn) -> Sequence[str]:
        """What follows a way in: the rest of the text, or else its children."""
        items = self.items_of(way.node)
        at = items.index(self._way_item(way)) + 1
        return items[at : at + 1] or self._tree.child_ids(way.node)

    def _way_item(self, way: WayIn) -> str:
        for item in self.items_of(way.node):
            if self.stretch(item).end == way.n_bytes:
                return item
        raise KeyError(way)

    # Changes

    def fold(self, roads: Iterable[OneRoad]) -> None:
        """Draw these roads as one each, and no others.

        Where roads lead into one another in a circle, the last of them stays apart; so does one
        of which fewer than two ways can be seen.
        """
        self._forget()
        chosen = {item_of(road): road for road in self._worth_drawing(roads)}
        order = self._in_order(chosen)
        self._roads = {item: road for item, road in chosen.items() if item in order}
        self._cut()
        for item in order:
            self._above[item] = self._common(self.way_items(self._roads[item]))
        for item in self._roads:
            self._under.setdefault(self._above[item], []).append(item)

    def _worth_drawing(self, roads: Iterable[OneRoad]) -> Iterator[OneRoad]:
        """Each road with the ways that can be seen and lead into no road before it."""
        taken: set[WayIn] = set()
        for road in roads:
            ways = (way for way in road.ways_in if self._tree.is_visible(way.node))
            left = tuple(way for way in dict.fromkeys(ways) if way not in taken)
            if len(left) > 1:
                taken.update(left)
                yield replace(road, ways_in=left)

    def _in_order(self, roads: dict[str, OneRoad]) -> list[str]:
        """The roads, each after all that lead into it; those that close a circle left out."""
        rank = {item: number for number, item in enumerate(roads)}
        last_road = _LastRoads(self._tree, roads.values())
        into = {item: last_road.before(road) for item, road in roads.items()}
        while True:
            try:
                return list(TopologicalSorter(into).static_order())
            except CycleError as circle:
                left_out = max(circle.args[1], key=rank.__getitem__)
                last_road.left_out.add(left_out)
                del into[left_out]
                for item, others in into.items():
                    if left_out in others:
                        into[item] = last_road.before(roads[item])

    def _cut(self) -> None:
        """Cut the nodes where roads begin."""
        for node_id, cuts in _cuts(self._roads.values()).items():
            edges = [0, *(n_bytes for n_bytes, _ in cuts)]
            stretches = [Stretch(node_id, *edge) for edge in pairwise(edges)]
            if edges[-1] < len(self._tree.node(node_id).text):
                stretches.append(Stretch(node_id, edges[-1]))
            items = [node_id, *(f"{node_id}\0{n}" for n in range(1, len(stretches)))]
            self._pieces[node_id] = tuple(items)
            self._stretches.update(zip(items, stretches, strict=True))
            # The last item has no road after it where text is left.
            self._next.update(zip(items, (road for _, road in cuts), strict=False))

    def _common(self, items: Sequence[str]) -> str | None:
        """The last item that is above all of these."""
        shared = self.way_to(items[0])[:-1]
        at = {item: number for number, item in enumerate(shared)}
        n = len(shared)
        for item in items[1:]:
            above = self.parent(item)
            while above is not None and at.get(above, n) >= n:
                above = self.parent(above)
            n = 0 if above is None else at[above] + 1
        return shared[n - 1] if n else None


class _LastRoads:
    """The roads that one is on last before one leads into another, on the ways as they are stored.

    Roads that are `left_out` are passed over.
    """

    def __init__(self, tree: Tree, roads: Iterable[OneRoad]) -> None:
        self.left_out: set[str] = set()
        self._tree = tree
        self._cuts = _cuts(roads)
        self._cut_above: dict[str, str | None] = {}

    def before(self, road: OneRoad) -> set[str]:
        """The last road before each way in."""
        found = (self._before_way(way) for way in road.ways_in)
        return {item for item in found if item is not None}

    def _before_way(self, way: WayIn) -> str | None:
        at: str | None = way.node
        end = way.n_bytes
        while at is not None:
            for n_bytes, item in reversed(self._cuts[at]):
                if n_bytes < end and item not in self.left_out:
                    return item
            at = self._node_above(at)
            # All of a node above stands before.
            end = sys.maxsize
        return None

    def _node_above(self, node_id: str) -> str | None:
        """The nearest node above in which any road begins."""
        climbed: list[str] = []
        at = node_id
        while at not in self._cut_above:
            climbed.append(at)
            above = self._tree.node(at).parent_id
            if above is None or above in self._cuts:
                self._cut_above[at] = above
                break
            at = above
        found = self._cut_above[at]
        self._cut_above.update(dict.fromkeys(climbed, found))
        return found


def _cuts(roads: Iterable[OneRoad]) -> dict[str, list[tuple[int, str]]]:
    """Where each node is cut, from its beginning on, and by which road."""
    found: dict[str, list[tuple[int, str]]] = {}
    for road in roads:
        for way in road.ways_in:
            found.setdefault(way.node, []).append((way.n_bytes, item_of(road)))
    for cuts in found.values():
        cuts.sort()
    return found


def item_of(road: OneRoad) -> str:
    """The name of a road where the names of nodes stand: no node has such a one."""
    return f"\0{road.id}"

"""From one branch to another where they meet, and from each meeting to the next."""

from __future__ import annotations

from collections.abc import Sequence

from loom.app.marks import is_road
from loom.app.meetings import Meetings, Place
from loom.records import Join
from loom.tree.node import Node


def join_on(meetings: Meetings, path: Sequence[Node]) -> Place | None:
    """The place on this path where branches meet that is nearest to its end; joins come first.

    What only looks alike, or is not known yet, counts only where the path ends.
    """
    if not meetings.joins or not path:
        return None
    # A path may have ten thousand nodes, of which few have a meeting.
    for node_id in (node.id for node in reversed(path) if node.id in meetings):
        for join in meetings.of(node_id):
            if is_road(join) and node_id in join.nodes:
                return Place(join, node_id)
    here = path[-1].id
    found = (Place(join, here) for join in meetings.of(here) if here in join.nodes)
    return next(found, None)


def shown_join(asked: Place | None, near: Place | None) -> Join | None:
    """The join for which a rail is drawn: mere words only where they were asked for."""
    place = asked or near
    if place is None or (asked is None and place.join.verdict == "not_judged"):
        return None
    return place.join


def across(place: Place, by: int) -> Place:
    """The same place in the branch after (`by` 1) or before (-1) this one, round and round."""
    nodes = branches_of(place.join)
    return Place(place.join, nodes[(nodes.index(place.node_id) + by) % len(nodes)])


def end_of(place: Place) -> int:
    """How many bytes of the branch stand before the place where they meet."""
    return max(span.end_byte for span in place.join.spans if span.node == place.node_id)


def way_number(place: Place) -> tuple[int, int]:
    """Which of its branches this is, from 1, and how many there are."""
    nodes = branches_of(place.join)
    return nodes.index(place.node_id) + 1, len(nodes)


def branches_of(join: Join) -> Sequence[str]:
    """The nodes where the branches of a join meet, each once: words may be said twice in one."""
    return list(dict.fromkeys(join.nodes))


def next_join(
    meetings: Meetings, path: Sequence[str], place: Place | None, by: int
) -> Place | None:
    """A place of the meeting after (`by` 1) or before (-1) this one, round and round.

    Without a meeting to start from it is the one where the person stands, else the first of all
    (or the last). Of its places it is the one on the person's path, if there is one. Once anything
    was judged, mere words are left out, unless one starts from such.
    """
    asked = None if place is None else place.join.id
    joins = meetings.walked(asked)
    if not joins:
        return None
    at = next((number for number, join in enumerate(joins) if join.id == asked), None)
    if at is None:
        here = [join for join in meetings.of(path[-1]) if join in joins] if path else []
        join = here[0] if here else joins[0 if by > 0 else -1]
    else:
        join = joins[(at + by) % len(joins)]
    return Place(join, _nearest(join, path))


def _nearest(join: Join, path: Sequence[str]) -> str:
    on_path = set(path)
    return next((node_id for node_id in join.nodes if node_id in on_path), join.nodes[0])

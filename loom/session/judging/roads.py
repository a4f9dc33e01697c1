"""Joins as roads: where in which text each way leads into one, and how many branches come by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loom.convergence.roads import fork_of
from loom.convergence.spots import leaves_below
from loom.convergence.told import names_at
from loom.records import Join, Place, RoadTold, WayTold
from loom.tree.graph import Tree


@dataclass(frozen=True, slots=True)
class WayIn:
    """The place where a way leads into a road: after so many tokens, and bytes, of a node's text.

    A text that no model has read has no tokens of its own; its way in is at its end.
    """

    node: str
    n_tokens: int
    n_bytes: int


@dataclass(frozen=True, slots=True)
class OneRoad:
    """Branches that are one from some place on; `id` and `mark` are those of the join."""

    id: str
    mark: str
    ways_in: tuple[WayIn, ...]


def road_of(join: Join) -> OneRoad | None:
    """The road that a join is; None for what joins nothing, or what a person denies."""
    if join.verdict != "joined" or join.denied:
        return None
    ways = zip(join.nodes, join.spans, strict=True)
    ways_in = (WayIn(node, span.end_token, span.end_byte) for node, span in ways)
    return OneRoad(join.id, join.mark, tuple(ways_in))


def roads_told(tree: Tree, joins: Sequence[Join]) -> list[RoadTold]:
    """All roads among these findings, in their order."""
    roads = (road for join in joins if (road := road_of(join)) is not None)
    return [_told(tree, road) for road in roads]


def _told(tree: Tree, road: OneRoad) -> RoadTold:
    names = names_at(tree, [Place(way.node, way.n_tokens) for way in road.ways_in])
    below = [leaves_below(tree, way.node) for way in road.ways_in]
    fork = fork_of(tree, [way.node for way in road.ways_in])
    compared = tree.leaf_ids() if fork is None else leaves_below(tree, fork)
    ways = tuple(
        WayTold(way.node, way.n_tokens, way.n_bytes, name, len(leaves))
        for way, name, leaves in zip(road.ways_in, names, below, strict=True)
    )
    n_branches = len(frozenset[str]().union(*below))
    return RoadTold(road.id, road.mark, fork, n_branches, len(compared), ways)

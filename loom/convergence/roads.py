"""Branches that meet as one road with several ways in: the graph of roads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import networkx as nx

from loom.convergence.spots import leaves_below
from loom.records import Judged, Place
from loom.tree.graph import Tree


@dataclass(frozen=True, slots=True)
class Road:
    """Places with one future. `ways_in` has the first of them on each way, oldest first.

    `leaves` are the ends of the branches that pass, of `n_compared` below the `fork` (None: they
    have different roots); `judged` are the comparisons that hold it together.
    """

    ways_in: tuple[Place, ...]
    leaves: frozenset[str]
    fork: str | None
    n_compared: int
    judged: tuple[Judged, ...]

    @property
    def weight(self) -> float:
        """The share of the compared branches that pass."""
        return len(self.leaves) / self.n_compared

    @property
    def worst(self) -> Judged:
        """Of its comparisons the one that is easiest to tell apart, or was looked at longest."""
        return max(self.judged, key=lambda one: (one.evidence.excess, one.evidence.n_futures))


def newest(judged: Iterable[Judged]) -> list[Judged]:
    """Each pair as it was judged last, under the settings and the model of the last of all."""
    found: dict[frozenset[Place], Judged] = {}
    everything = list(judged)
    for one in everything:
        key = frozenset((one.one, one.other))
        last = everything[-1]
        if (one.settings, one.evidence.model) == (last.settings, last.evidence.model):
            found.pop(key, None)
            found[key] = one
    return list(found.values())


def roads_of(tree: Tree, judged: Sequence[Judged]) -> list[Road]:
    """The roads that these comparisons make, those that most branches pass first.

    Two roads are one if a place of each is joined with one of the other, unless any of their
    places were found apart: then the closest comparisons win.
    """
    apart = [{j.one, j.other} for j in judged if j.evidence.verdict == "apart"]
    joined = [j for j in judged if j.evidence.verdict == "joined"]
    graph: nx.Graph[Place] = nx.Graph()
    for one in sorted(joined, key=lambda j: j.evidence.excess):
        graph.add_edge(one.one, one.other, judged=one)
        whole = nx.node_connected_component(graph, one.one)
        if any(pair <= whole for pair in apart):
            graph.remove_edge(one.one, one.other)
    found = [
        _road(tree, component, [data["judged"] for *_, data in graph.edges(component, data=True)])
        for component in nx.connected_components(graph)
        if len(component) > 1
    ]
    roads = [road for road in found if len(road.leaves) > 1]
    return sorted(roads, key=lambda r: (r.worst.evidence.both_end, -r.weight, r.ways_in[0].node))


def _road(tree: Tree, places: Iterable[Place], judged: Sequence[Judged]) -> Road:
    order = {node_id: number for number, node_id in enumerate(node.id for node in tree)}
    every = {place for one in places for place in same_words(tree, one)}
    ordered = sorted(every, key=lambda place: (order[place.node], place.n_tokens))
    ways_in: list[Place] = []
    for place in ordered:
        above = {node.id for node in tree.path(place.node)}
        if not any(way.node in above for way in ways_in):
            ways_in.append(place)
    leaves = frozenset[str]().union(*(leaves_below(tree, way.node) for way in ways_in))
    fork = fork_of(tree, [way.node for way in ways_in])
    compared = tree.leaf_ids() if fork is None else leaves_below(tree, fork)
    # A set has no order of its own that would be the same the next time.
    closest = sorted(
        judged,
        key=lambda j: (j.evidence.excess, *(order[p.node] for p in (j.one, j.other)), str(j)),
    )
    return Road(tuple(ways_in), leaves, fork, len(compared), tuple(closest))


def same_words(tree: Tree, place: Place) -> list[Place]:
    """The place, and those of siblings that are the same so far, word for word."""
    ids = tree.node(place.node).token_ids
    if ids is None:
        return [place]
    own = ids[: place.n_tokens]
    return [
        Place(other, place.n_tokens)
        for other in tree.sibling_ids(place.node)
        if (tree.node(other).token_ids or ())[: place.n_tokens] == own
    ]


def fork_of(tree: Tree, node_ids: Sequence[str]) -> str | None:
    """The last node at or above all of these, or what is above where they are one; None if none."""
    paths = [[node.id for node in tree.path(node_id)] for node_id in node_ids]
    fork = None
    for level in zip(*paths, strict=False):
        if len(set(level)) > 1:
            return fork
        fork = level[0]
    return tree.node(fork).parent_id if fork is not None and len(set(node_ids)) == 1 else fork

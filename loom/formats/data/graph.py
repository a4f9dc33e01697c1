"""What GraphML and DOT draw: the tree with its meetings, or the roads that it comes to.

In the **tree** every node is a vertex; a meeting connects the nodes that it stands in. In the graph
of **roads** every join is a vertex too: the nodes that it stands in are cut where it begins, what
comes before leads into the join, and what each of them goes on with leads out of it. Meetings that
were not judged joined only share words; they are no roads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from loom.formats.data.part import Part
from loom.records import Join

EdgeKind = Literal["continues", "meets", "joins"]


@dataclass(frozen=True, slots=True)
class Vertex:
    """A stretch of text; `author` is empty where several branches are one road."""

    id: str
    text: bytes
    role: str
    author: str
    n_tokens: int


@dataclass(frozen=True, slots=True)
class Edge:
    """From one vertex to another; `label` is the join's, empty where a text goes on."""

    source: str
    target: str
    kind: EdgeKind
    label: str = ""
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """Vertices and edges, as they are asked for."""

    title: str
    vertices: Iterator[Vertex]
    edges: Iterator[Edge]


def tree_graph(part: Part, joins: Sequence[Join]) -> Graph:
    """The tree, and an edge between neighbours in each meeting."""
    vertices = (Vertex(node.id, node.text, node.role, node.author, node.n_tokens) for node in part)
    return Graph(part.tree.title, vertices, _tree_edges(part, joins))


def _tree_edges(part: Part, joins: Sequence[Join]) -> Iterator[Edge]:
    for node in part:
        if node.parent_id is not None:
            yield Edge(node.parent_id, node.id, "continues")
    for join in joins:
        here = [node_id for node_id in dict.fromkeys(join.nodes) if node_id in part]
        for one, other in pairwise(here):
            yield Edge(one, other, "meets", join.id, join.verdict)


def roads_graph(part: Part, joins: Sequence[Join]) -> Graph:
    """The roads of the tree; where nothing is joined they are the tree itself."""
    return _Roads(part, joins).graph()


class _Roads:
    def __init__(self, part: Part, joins: Sequence[Join]) -> None:
        self._part = part
        self._joins = [join for join in joins if join.verdict == "joined"]
        # Where a node is cut: the byte and the token at which each join begins, by node.
        self._cuts: dict[str, dict[int, tuple[int, str]]] = {}
        for join in self._joins:
            ends = set(join.nodes)
            for span in join.spans:
                if span.node in ends:
                    cut = (span.start_token, join.id)
                    self._cuts.setdefault(span.node, {}).setdefault(span.start_byte, cut)

    def graph(self) -> Graph:
        return Graph(self._part.tree.title, self._vertices(), self._edges())

    def _pieces(self, node_id: str) -> list[Vertex]:
        """A node in the pieces that its joins cut it into."""
        node = self._part.node(node_id)
        cuts = {byte: token for byte, (token, _) in self._cuts.get(node_id, {}).items()}
        starts = sorted({0: 0, **cuts}.items())
        ends = [*starts[1:], (len(node.text), node.n_tokens)]
        return [
            Vertex(
                node_id if n == 0 else f"{node_id}+{byte}",
                node.text[byte:end],
                node.role,
                node.author,
                end_token - token,
            )
            for n, ((byte, token), (end, end_token)) in enumerate(zip(starts, ends, strict=True))
        ]

    def _vertices(self) -> Iterator[Vertex]:
        for node in self._part:
            yield from self._pieces(node.id)
        for join in self._joins:
            yield Vertex(f"road {join.id}", join.sentence.encode(), "road", "", 0)

    def _edges(self) -> Iterator[Edge]:
        for node in self._part:
            pieces = self._pieces(node.id)
            cuts = self._cuts.get(node.id, {})
            before = None
            if node.parent_id is not None:
                before = self._pieces(node.parent_id)[-1].id
            byte = 0
            for piece in pieces:
                road = cuts.get(byte)
                yield from _onward(before, piece.id, None if road is None else road[1])
                before, byte = piece.id, byte + len(piece.text)


def _onward(before: str | None, piece: str, join_id: str | None) -> Iterator[Edge]:
    """From one piece to the next, by the road that begins between them if one does."""
    if join_id is None:
        if before is not None:
            yield Edge(before, piece, "continues")
        return
    road = f"road {join_id}"
    if before is not None:
        yield Edge(before, road, "joins", join_id, "joined")
    yield Edge(road, piece, "joins", join_id, "joined")

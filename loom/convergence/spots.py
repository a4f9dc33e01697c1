"""The boundaries of a tree that can be compared, each with what was said before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from loom.convergence.boundaries import STRIDE, boundaries
from loom.convergence.scorer import TokenIds
from loom.records import Place
from loom.tree.graph import Tree

WINDOW = 64
"""How many of the last tokens stand for what was said of late."""


STEPS_AHEAD = 16
"""How many tokens behind a place the stored laws are read of: no more than the least horizon."""

LIKELIEST = 16
"""Few tokens of a law hold nearly all that can tell two of them apart."""


class Reader(Protocol):
    """How the judging model reads a tree; CannotScoreError if it cannot."""

    def pieces(self, node_id: str) -> Sequence[bytes]:
        """The bytes of each of a node's own tokens, without one that ended it."""

    def histories(self, node_id: str, at: Sequence[int]) -> Sequence[TokenIds]:
        """What the model reads up to and with the first so many tokens of a node."""

    def ahead(self, place: Place, n_tokens: int) -> Sequence[Step]:
        """What is stored of the text behind a place, at most so many tokens; nothing if unknown."""


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One token as it was said, with its probability and the likeliest of its law."""

    token_id: int
    probability: float
    law: Mapping[int, float]


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """One history, and every place of the tree at which it ends.

    `leaves` are the ends of the branches that pass through, `ahead` is what is stored of the text
    that follows.
    """

    history: TokenIds
    places: tuple[Place, ...]
    leaves: frozenset[str]
    ahead: Sequence[Step] = ()

    @property
    def place(self) -> Place:
        """The first place at which it ends."""
        return self.places[0]

    @property
    def recent(self) -> TokenIds:
        """The last tokens of the history."""
        return self.history[-WINDOW:]


@dataclass(frozen=True, slots=True)
class Spots:
    """What can be compared, and the branches that cannot: a node with a reason for each."""

    spots: tuple[Spot, ...]
    left_out: Mapping[str, str]


def leaves_below(tree: Tree, node_id: str) -> frozenset[str]:
    """The ends of the branches at or below a node."""
    found, waiting = [], [node_id]
    while waiting:
        here = waiting.pop()
        children = tree.child_ids(here)
        waiting += children
        if not children:
            found.append(here)
    return frozenset(found)


def spots_of(tree: Tree, node_ids: Sequence[str], reader: Reader, stride: int = STRIDE) -> Spots:
    """The boundaries in these nodes, where histories that are the same are one spot."""
    by_history: dict[TokenIds, list[Place]] = {}
    left_out: dict[str, str] = {}
    for node_id in node_ids:
        node = tree.node(node_id)
        if node.state == "growing":
            left_out[node_id] = "still grows"
            continue
        pieces = reader.pieces(node_id)
        if not any(piece.strip() for piece in pieces):
            left_out[node_id] = "is empty"
            continue
        at = boundaries(pieces, stride)
        if not at:
            left_out[node_id] = f"is shorter than a sentence and than {stride} tokens"
            continue
        for n_tokens, history in zip(at, reader.histories(node_id, at), strict=True):
            by_history.setdefault(history, []).append(Place(node_id, n_tokens))
    below = {node_id: leaves_below(tree, node_id) for node_id in node_ids}
    spots = tuple(
        Spot(
            history,
            tuple(places),
            frozenset().union(*(below[place.node] for place in places)),
            _longest([reader.ahead(place, STEPS_AHEAD) for place in places]),
        )
        for history, places in by_history.items()
    )
    return Spots(spots, left_out)


def _longest(ways: Sequence[Sequence[Step]]) -> Sequence[Step]:
    # How long one is may have to be read from a file, which a single one need not be for that.
    return ways[0] if len(ways) == 1 else max(ways, key=len)


def comparable(one: Spot, other: Spot) -> bool:
    """Whether the two have parted: neither history is the beginning of the other."""
    n_common = min(len(one.history), len(other.history))
    return one.history[:n_common] != other.history[:n_common]

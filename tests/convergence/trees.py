"""Small trees whose tokens are numbers, written down or drawn at random."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from hypothesis import strategies as st

from loom.convergence.joins import find_joins
from loom.records import Join, LexicalEvidence, TokenColumns
from loom.tree.events import BranchOpened, NodeAdded, NodeTokenised, TokensAppended, TreeEvent
from loom.tree.graph import Tree
from loom.tree.node import HUMAN

Tokens = Sequence[int]


def piece(token: int) -> bytes:
    return b" w%d" % token


def said(tokens: Tokens) -> str:
    return b"".join(map(piece, tokens)).decode()


def n_bytes(tokens: Tokens) -> int:
    return len(said(tokens))


def written(node_id: str, parent_id: str | None, tokens: Tokens) -> list[TreeEvent]:
    pieces = tuple(map(piece, tokens))
    return [
        NodeAdded(1.0, node_id, parent_id, "text", HUMAN, b"".join(pieces)),
        NodeTokenised(1.0, node_id, tuple(tokens), pieces, "model"),
    ]


def opened(node_id: str, parent_id: str) -> BranchOpened:
    return BranchOpened(1.0, node_id, parent_id, "request", 0, "text", "model")


def appended(
    node_id: str, start: int, tokens: Tokens, pieces: Sequence[bytes] | None = None
) -> TokensAppended:
    columns = TokenColumns(
        np.array(tokens, np.int32),
        tuple(map(piece, tokens)) if pieces is None else tuple(pieces),
        np.zeros(len(tokens), np.float32),
        None,
    )
    return TokensAppended(1.0, node_id, start, columns)


def grown(node_id: str, parent_id: str, tokens: Tokens) -> list[TreeEvent]:
    return [opened(node_id, parent_id), appended(node_id, 0, tokens)]


def tree_of(events: Sequence[TreeEvent]) -> Tree:
    tree = Tree()
    for event in events:
        tree.apply(event)
    return tree


def star(prompt: Tokens, *branches: Tokens) -> Tree:
    """A prompt "p" with branches "1", "2", ..."""
    events = written("p", None, prompt)
    for number, tokens in enumerate(branches, 1):
        events += grown(str(number), "p", tokens)
    return tree_of(events)


def lexical(join: Join) -> LexicalEvidence:
    assert join.evidence.lexical is not None
    return join.evidence.lexical


def only(tree: Tree) -> Join:
    """The one join of a tree that has one."""
    (join,) = find_joins(tree)
    return join


GLASS = [1, 2, 3, 4, 5, 6]
JOKE = [11, 12, 13, 14, 15]


class Noise:
    """Tokens that are never said again, so that every repetition is one that was put there."""

    def __init__(self) -> None:
        self._next = 1000

    def __call__(self, n_tokens: int) -> list[int]:
        first = self._next
        self._next += n_tokens
        return list(range(first, self._next))


@dataclass
class Plan:
    """A tree before it grows: the parent and the tokens of each node, by its place in the list."""

    parents: list[int | None] = field(default_factory=list)
    tokens: list[list[int]] = field(default_factory=list)

    def ids(self) -> list[str]:
        return [f"n{index}" for index in range(len(self.parents))]

    def events(self) -> Iterator[TreeEvent]:
        """Node after node, each in one piece."""
        for index, (parent, tokens) in enumerate(zip(self.parents, self.tokens, strict=True)):
            if parent is None:
                yield from written(f"n{index}", None, tokens)
            else:
                yield from grown(f"n{index}", f"n{parent}", tokens)


PHRASES = [list(range(10 * i, 10 * i + n)) for i, n in enumerate((4, 5, 7, 9), 10)]

_stretches = st.one_of(
    st.sampled_from(PHRASES),
    st.lists(st.integers(0, 12), min_size=1, max_size=6),
    st.lists(st.integers(0, 1), min_size=1, max_size=9),
    st.sampled_from(PHRASES).map(lambda phrase: phrase[1:]),
    st.sampled_from(PHRASES).map(lambda phrase: phrase[:-1]),
)
_texts = st.lists(_stretches, max_size=4).map(lambda parts: [t for part in parts for t in part])


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Trees in which some phrases come back: deep and flat, with copies, stubs and two roots."""
    plan = Plan()
    for index in range(draw(st.integers(1, 10))):
        parent = draw(st.integers(0, index - 1)) if index and draw(st.integers(0, 9)) else None
        copied = draw(st.integers(0, 7)) == 0 and index > 0
        plan.parents.append(parent)
        if copied:
            plan.tokens.append(list(plan.tokens[draw(st.integers(0, index - 1))]))
        else:
            plan.tokens.append(draw(_texts))
    return plan

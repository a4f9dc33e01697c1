"""A radix tree over token ids: what begins alike is kept once.

Bookkeeping over ints: this file touches no model. A node stands for the tokens from its parent's
end to its own, and a value may be kept at its end.

    inserted  [5 8 2 7 7] -> a      root -- [5 8 2] --+-- [7 7]  a
              [5 8 2 9]   -> b                        +-- [9]    b
    match [5 8 2 7 1]: the node of a, 4 tokens
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Node(Generic[Value]):
    """The tokens at positions [start, end) of every path through it, and a value at its end."""

    __slots__ = ("children", "end", "label", "parent", "start", "value")

    def __init__(self, parent: Node[Value] | None, start: int, label: list[int]) -> None:
        self.parent = parent
        self.start = start
        self.end = start + len(label)
        self.label = label
        self.children: dict[int, Node[Value]] = {}
        self.value: Value | None = None

    def up(self) -> Iterator[Node[Value]]:
        """The node itself and those above it, without the root."""
        node = self
        while node.parent is not None:
            yield node
            node = node.parent

    def down(self) -> Iterator[Node[Value]]:
        """The node itself and all below it, nearer ones first."""
        level = [self]
        while level:
            yield from level
            level = [child for node in level for child in node.children.values()]


class RadixTree(Generic[Value]):
    """Paths of tokens with values at their ends; a node without one is where paths part."""

    def __init__(self) -> None:
        self.root: Node[Value] = Node(None, 0, [])

    def match(self, tokens: list[int]) -> tuple[Node[Value], int]:
        """How many tokens of a path are here, and the node in which they end.

        Does not modify the tree. The node's own end may lie further down.
        """
        return _descend(self.root, tokens)

    def insert(self, tokens: list[int], start: Node[Value] | None = None) -> Node[Value]:
        """The node that ends exactly where `tokens` do, made if need be.

        `start`, if given, is a node that lies on the path. At most one node is split: its upper
        part is new and has no value.
        """
        node, n_matched = _descend(start or self.root, tokens)
        if n_matched < node.end:
            node = self._split(node, n_matched)
        if n_matched == len(tokens):
            return node
        child: Node[Value] = Node(node, n_matched, list(tokens[n_matched:]))
        node.children[child.label[0]] = child
        return child

    def evict(self, node: Node[Value]) -> None:
        """Take a node's value away, and the nodes that are then of no use."""
        node.value = None
        while node.parent is not None and node.value is None and not node.children:
            parent = node.parent
            del parent.children[node.label[0]]
            node = parent
        if node.parent is not None and node.value is None and len(node.children) == 1:
            _join(node)

    def _split(self, node: Node[Value], position: int) -> Node[Value]:
        parent = node.parent
        assert parent is not None
        cut = position - node.start
        upper: Node[Value] = Node(parent, node.start, node.label[:cut])
        parent.children[upper.label[0]] = upper
        node.parent, node.start, node.label = upper, position, node.label[cut:]
        upper.children[node.label[0]] = node
        return upper

    def check(self) -> None:
        """AssertionError if the tree contradicts itself."""
        assert not self.root.label
        for node in self.root.down():
            assert node.end == node.start + len(node.label)
            for first, child in node.children.items():
                assert child.parent is node
                assert child.start == node.end
                assert child.label[0] == first
            if node is not self.root:
                assert node.value is not None or len(node.children) > 1


def path_of(node: Node[Value]) -> list[int]:
    """The tokens from the root to a node's end."""
    return [token for above in reversed(list(node.up())) for token in above.label]


def common_prefix(a: list[int], b: list[int], start: int = 0) -> int:
    """How many tokens of `a` are found in `b` from `start` on.

    Slices of lists are compared at the speed of memory.
    """
    n = min(len(a), len(b) - start)
    if a[:n] == b[start : start + n]:
        return n
    low, high = 0, n - 1
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[start + low : start + middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _descend(node: Node[Value], tokens: list[int]) -> tuple[Node[Value], int]:
    n = node.end
    while n < len(tokens) and (child := node.children.get(tokens[n])) is not None:
        n += common_prefix(child.label, tokens, n)
        node = child
        if n < node.end:
            break
    return node, n


def _join(node: Node[Value]) -> None:
    """Let a node's only child take its place."""
    (child,) = node.children.values()
    assert node.parent is not None
    child.parent, child.start = node.parent, node.start
    child.label = node.label + child.label
    node.parent.children[child.label[0]] = child

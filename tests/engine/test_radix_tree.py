"""The radix tree against a plain dict of paths."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from loom.engine.radix_tree import RadixTree, common_prefix, path_of

PATHS = st.lists(st.integers(0, 2), max_size=8)


class TreeMachine(RuleBasedStateMachine):
    """Any order of operations keeps every path's value, and finds the longest prefix."""

    def __init__(self) -> None:
        super().__init__()
        self.tree: RadixTree[int] = RadixTree()
        self.values: dict[tuple[int, ...], int] = {}

    @rule(path=PATHS, value=st.integers())
    def insert(self, path: list[int], value: int) -> None:
        self.tree.insert(path).value = value
        self.values[tuple(path)] = value

    @precondition(lambda self: self.values)
    @rule(data=st.data(), more=PATHS, value=st.integers())
    def insert_further_down(self, data: st.DataObject, more: list[int], value: int) -> None:
        known = data.draw(st.sampled_from(sorted(self.values)))
        node = self.tree.insert(list(known))
        path = [*known, *more]
        self.tree.insert(path, node).value = value
        self.values[tuple(path)] = value

    @precondition(lambda self: self.values)
    @rule(data=st.data())
    def evict(self, data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(sorted(self.values)))
        self.tree.evict(self.tree.insert(list(path)))
        del self.values[path]

    @rule(path=PATHS)
    def match(self, path: list[int]) -> None:
        node, n = self.tree.match(path)
        assert n == max((shared(known, path) for known in self.values), default=0)
        assert node.end >= n
        assert node.start < n or n == 0
        assert path_of(node)[:n] == path[:n]

    @invariant()
    def every_value_is_at_the_end_of_its_path(self) -> None:
        self.tree.check()
        nodes = [node for node in self.tree.root.down() if node.value is not None]
        assert {tuple(path_of(node)): node.value for node in nodes} == self.values


def shared(a: tuple[int, ...], b: list[int]) -> int:
    n = 0
    while n < min(len(a), len(b)) and a[n] == b[n]:
        n += 1
    return n


TestTree = TreeMachine.TestCase


def test_common_prefixes_are_counted_from_any_start() -> None:
    long = list(range(100))
    for n in (0, 1, 50, 99):
        other = [*long[:n], -1, *long[n + 1 :]]
        assert common_prefix(other, long) == n
        assert common_prefix(other, [7, 7, *long], 2) == n
    assert common_prefix(long, long[:30]) == 30
    assert common_prefix(long[:30], long) == 30

"""Where nodes stand: what is hidden, moved and gone back to, against the plainest way to tell."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loom.tree.arrangement import Arrangement
from loom.tree.node import HUMAN, Node


def node(node_id: str, parent_id: str | None = None, *, hidden: bool = False) -> Node:
    return Node(node_id, parent_id, "text", HUMAN, created_at=0.0, text=b"", hidden=hidden)


@dataclass
class Plain:
    """The same as lists: slow, and seen to be right."""

    parents: dict[str, str | None] = field(default_factory=dict)
    families: dict[str | None, list[str]] = field(default_factory=lambda: {None: []})
    hidden: set[str] = field(default_factory=set)

    def above(self, node_id: str) -> list[str]:
        found, at = [], self.parents[node_id]
        while at is not None:
            found.append(at)
            at = self.parents[at]
        return found[::-1]

    def is_seen(self, node_id: str) -> bool:
        return not self.hidden & {node_id, *self.above(node_id)}

    def below(self, node_id: str) -> list[str]:
        return [node_id, *(one for child in self.families[node_id] for one in self.below(child))]


@dataclass
class Both:
    """One change, made in both ways."""

    real: Arrangement = field(default_factory=Arrangement)
    plain: Plain = field(default_factory=Plain)

    def add(self, parent: int, hidden: bool) -> None:
        node_id = f"n{len(self.plain.parents)}"
        ids = list(self.plain.parents)
        parent_id = None if parent >= len(ids) else ids[parent]
        self.real.add(node(node_id, parent_id, hidden=hidden))
        self.plain.parents[node_id] = parent_id
        self.plain.families[parent_id].append(node_id)
        self.plain.families[node_id] = []
        if hidden:
            self.plain.hidden.add(node_id)

    def hide(self, at: int, hidden: bool) -> None:
        if (node_id := self.at(at)) is not None:
            self.real.set_hidden(node_id, hidden)
            (self.plain.hidden.add if hidden else self.plain.hidden.discard)(node_id)

    def move(self, at: int, parent: int, after: int) -> None:
        node_id, parent_id, after_id = self.at(at), self.at(parent), self.at(after)
        if node_id is None:
            return
        if parent_id is not None and node_id in (parent_id, *self.plain.above(parent_id)):
            with pytest.raises(ValueError, match="cannot hang from itself"):
                self.real.move(node_id, parent_id, after_id)
            return
        self.real.move(node_id, parent_id, after_id)
        self.plain.families[self.plain.parents[node_id]].remove(node_id)
        family = self.plain.families[parent_id]
        self.plain.parents[node_id] = parent_id
        if after_id is None:
            family.insert(0, node_id)
        else:
            there = after_id in family
            family.insert(family.index(after_id) + 1 if there else len(family), node_id)

    def at(self, number: int) -> str | None:
        ids = list(self.plain.parents)
        return ids[number] if number < len(ids) else None

    def check(self, real: Arrangement) -> None:
        plain = self.plain
        seen = [one for one in plain.parents if plain.is_seen(one)]
        assert real.n_visible == len(seen)
        for one, parent_id in plain.parents.items():
            assert real.node(one).parent_id == parent_id
            assert real.is_visible(one) == plain.is_seen(one)
            assert real.path_ids(one) == [*plain.above(one), one]
            assert list(real.subtree_ids(one)) == plain.below(one)
        for parent, family in plain.families.items():
            shown = tuple(one for one in family if one not in plain.hidden)
            assert real.every_child(parent) == tuple(family)
            assert real.child_ids(parent) == shown
            if parent is not None:
                assert real.n_children(parent) == len(shown)
                assert real.first_child(parent) == (shown[0] if shown else None)
        grown = list(real.in_growing_order())
        assert sorted(grown) == sorted(seen)
        for number, one in enumerate(grown):
            parent = plain.parents[one]
            assert parent is None or grown.index(parent) < number
        assert len(plain.parents) == len(real.graph)


numbers = st.integers(0, 9)
steps = st.one_of(
    st.tuples(st.just("add"), numbers, st.booleans()),
    st.tuples(st.just("add"), numbers, st.just(value=False)),
    st.tuples(st.just("hide"), numbers, st.booleans()),
    st.tuples(st.just("move"), numbers, numbers, numbers),
)


@given(st.lists(steps, max_size=25))
def test_every_change_is_as_it_would_be_in_lists_and_can_be_gone_back_to(
    walk: list[tuple[object, ...]],
) -> None:
    both = Both()
    for name, *given_values in walk:
        getattr(both, str(name))(*given_values)
    both.check(both.real)
    resumed = Arrangement()
    resumed.resume(both.real.checkpoint())
    both.check(resumed)
    # Going on from there does not reach what was kept, and can be gone back to itself.
    resumed.add(node("new", both.at(0)))
    resumed.move("new", both.at(0), None)
    resumed.add(node("newer", both.at(0)))
    both.check(both.real)
    again = Arrangement()
    again.resume(resumed.checkpoint())
    assert again.checkpoint() == resumed.checkpoint()
    assert again.every_child(both.at(0)) == resumed.every_child(both.at(0))
    assert again.every_child(both.at(0))[0] == "new"


@given(st.lists(st.tuples(numbers, st.booleans()), max_size=12), st.booleans())
def test_many_new_nodes_at_once_stand_as_one_by_one(
    new: list[tuple[int, bool]], root_is_hidden: bool
) -> None:
    one_by_one, at_once = Arrangement(), Arrangement()
    for real in (one_by_one, at_once):
        real.add(node("n0", hidden=root_is_hidden))
    nodes: list[Node] = []
    for number, (parent, hidden) in enumerate(new, 1):
        nodes.append(node(f"n{number}", f"n{parent % number}", hidden=hidden))
    for one in nodes:
        one_by_one.add(one)
    at_once.add_all(nodes)
    assert at_once.checkpoint() == one_by_one.checkpoint()
    assert list(at_once.subtree_ids("n0")) == list(one_by_one.subtree_ids("n0"))


def test_nodes_in_growing_order_are_the_oldest_first_wherever_they_stand() -> None:
    real = Arrangement()
    for node_id, parent_id in (("a", None), ("b", "a"), ("c", "a"), ("d", "b"), ("e", "c")):
        real.add(node(node_id, parent_id))
    real.move("c", "a", None)
    assert real.child_ids("a") == ("c", "b")
    assert list(real.in_growing_order()) == ["a", "b", "c", "d", "e"]


def test_what_cannot_be_is_refused_and_changes_nothing() -> None:
    real = Arrangement()
    real.add(node("a"))
    with pytest.raises(ValueError, match="'a' is already there"):
        real.add(node("a"))
    with pytest.raises(ValueError, match="'b' has no parent 'x'"):
        real.add(node("b", "x"))
    with pytest.raises(ValueError, match="no node 'b'"):
        real.node("b")
    assert real.every_child(None) == ("a",)

"""The index of all tokens."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given

from loom.convergence.lexical import GRAM, LexicalIndex
from tests.convergence.reference import Reference, path_of
from tests.convergence.trees import Plan, piece, plans, tree_of


def index_of(plan: Plan) -> LexicalIndex:
    index = LexicalIndex()
    for node_id, parent, tokens in zip(plan.ids(), plan.parents, plan.tokens, strict=True):
        index.add_node(node_id, None if parent is None else f"n{parent}")
        index.extend(node_id, tokens, [piece(token) for token in tokens])
    return index


@given(plans())
def test_the_table_holds_every_repeated_gram_and_no_other(plan: Plan) -> None:
    index = index_of(plan)
    tree = tree_of(list(plan.events()))
    places = Reference(tree).places
    ends = defaultdict(set)
    for place in places:
        if len(place) >= GRAM:
            ends[place[-GRAM:]].add(place)
    expected = {(gram, frozenset(found)) for gram, found in ends.items() if len(found) > 1}

    def whole(end: int) -> tuple[int, ...]:
        return tuple(index.places.run(end, index.places.depths[end]))

    assert expected == {
        (whole(found[0])[-GRAM:], frozenset(map(whole, found))) for found in index.repeats.values()
    }


@given(plans())
def test_parts_lead_back_over_the_borders_of_nodes(plan: Plan) -> None:
    index = index_of(plan)
    tree = tree_of(list(plan.events()))
    for number, node_id in enumerate(plan.ids(), 1):
        path = path_of(tree, node_id)
        end = next(
            (at for at in range(len(index.places)) if spells(index, at, path)),
            None,
        )
        if not plan.tokens[number - 1]:
            continue
        assert end is not None
        assert number in index.numbers_at(end)
        for n_tokens in range(1, len(path) + 1):
            parts = index.parts(number, end, n_tokens)
            tokens = [
                token
                for part, start, stop in parts
                for token in plan.tokens[int(index.node_id(part)[1:])][start:stop]
            ]
            assert tuple(tokens) == path[-n_tokens:]


def spells(index: LexicalIndex, place: int, path: tuple[int, ...]) -> bool:
    depth = index.places.depths[place]
    return depth == len(path) and tuple(index.places.run(place, depth)) == path


@given(plans())
def test_leaves_are_the_nodes_without_children(plan: Plan) -> None:
    index = index_of(plan)
    tree = tree_of(list(plan.events()))
    leaves = set(tree.leaf_ids())
    for number, node_id in enumerate(plan.ids(), 1):
        below = {leaf for leaf in leaves if any(n.id == node_id for n in tree.path(leaf))}
        assert index.n_leaves(number) == len(below)
    assert index.n_leaves(0) == len(leaves)


def test_grams_back_are_the_keys_of_the_places_on_the_way() -> None:
    index = LexicalIndex()
    index.add_node("a", None)
    index.extend("a", range(1, 9), [b"x"] * 8)
    found = list(index.grams_back(8))
    assert [place for place, _ in found] == [8, 7, 6, 5, 4]
    assert [key for _, key in found] == [index.gram_at(place) for place, _ in found]
    assert list(index.grams_back(3)) == []


def test_a_text_with_tokens_below_it_gets_no_more() -> None:
    index = LexicalIndex()
    for node_id, parent_id in (("a", None), ("b", "a"), ("c", "b")):
        index.add_node(node_id, parent_id)
    index.extend("a", [1], [b"x"])
    index.extend("c", [2], [b"y"])
    assert index.sealed("a")
    assert index.sealed("b")
    with pytest.raises(ValueError, match="below"):
        index.extend("b", [3], [b"z"])


def test_a_token_is_its_id_and_its_bytes() -> None:
    index = LexicalIndex()
    tokens = [(1, b"a"), (2, b"b"), (1, b"c"), (1, b"c"), (1, b"a")]
    index.add_node("a", None)
    index.extend("a", [token for token, _ in tokens], [text for _, text in tokens])
    assert index.tokens(5, 5) == tokens
    symbols = index.places.run(5, 5)
    assert symbols[0] == symbols[4] != symbols[2] == symbols[3]


def one_text(*tokens: int) -> LexicalIndex:
    index = LexicalIndex()
    index.add_node("a", None)
    index.extend("a", tokens, [piece(token) for token in tokens])
    return index


def test_the_first_words_of_a_text_are_found_when_they_come_again() -> None:
    index = one_text(1, 2, 3, 4, 9, 1, 2, 3, 4)
    ((first, again),) = index.repeats.values()
    assert [index.places.depths[place] for place in (first, again)] == [4, 9]


def test_places_that_a_sibling_comes_to_stand_in_are_told_in_that_order() -> None:
    index = one_text(1, 2, 3)
    assert index.shared == []
    index.add_node("b", None)
    index.extend("b", [1, 2, 7], [piece(token) for token in (1, 2, 7)])
    assert [index.tokens(place, 1) for place in index.shared] == [[(1, piece(1))], [(2, piece(2))]]


def test_each_vocabulary_keeps_its_own_bytes_of_an_id() -> None:
    index = LexicalIndex()
    said = [(5, b"one"), (5, b"two"), (5, b"three"), (6, b"four"), (6, b"five")]
    index.add_node("a", None)
    index.extend("a", [token for token, _ in said], [text for _, text in said])
    (end,) = [p for p in range(len(index.places)) if index.places.depths[p] == len(said)]
    assert index.tokens(end, len(said)) == said


def test_a_text_that_gets_nothing_leaves_the_one_above_open() -> None:
    index = one_text(1, 2)
    index.add_node("b", "a")
    index.extend("b", [], [])
    assert not index.sealed("a")
    index.extend("a", [3], [piece(3)])
    assert index.n_tokens("a") == 3

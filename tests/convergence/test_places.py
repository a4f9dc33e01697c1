"""The trie of all texts, against texts written out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from loom.convergence.places import START, Places
from loom.convergence.subtotals import Subtotals

texts = st.lists(st.lists(st.integers(1, 3), min_size=1, max_size=8), min_size=1, max_size=12)


def folded(texts: list[list[int]]) -> tuple[Places, dict[tuple[int, ...], int]]:
    """The trie of some texts, and the place of each beginning."""
    places = Places()
    where: dict[tuple[int, ...], int] = {(): START}
    for text in texts:
        n_known = max(n for n in range(len(text) + 1) if tuple(text[:n]) in where)
        if n_known < len(text):
            first = len(places)
            places.append(where[tuple(text[:n_known])], text[n_known:])
            for n in range(n_known, len(text)):
                where[tuple(text[: n + 1])] = first + n - n_known
    return places, where


@given(texts)
def test_each_beginning_has_one_place(texts: list[list[int]]) -> None:
    places, where = folded(texts)
    assert len(places) == len(where)
    for text, place in where.items():
        assert places.depths[place] == len(text)
        assert tuple(places.run(place, len(text))) == text
        longer = {other[-1]: at for other, at in where.items() if other[:-1] == text and other}
        assert sorted(places.children(place)) == sorted(longer.values())
        assert places.is_fork(place) == (len(longer) > 1)
        for symbol in (1, 2, 3):
            assert places.child(place, symbol) == longer.get(symbol)


@given(texts)
def test_two_texts_fork_after_what_they_have_in_common(texts: list[list[int]]) -> None:
    places, where = folded(texts)
    for one in where:
        for other in where:
            n = 0
            while n < min(len(one), len(other)) and one[n] == other[n]:
                n += 1
            assert places.fork_of(where[one], where[other]) == where[one[:n]]


@given(texts)
def test_what_stands_below_a_place_is_counted_with_its_ends(texts: list[list[int]]) -> None:
    places, where = folded(texts)
    for text, place in where.items():
        below = [other for other in where if other[: len(text)] == text and other != text]
        ends = [b for b in [text, *below] if not any(o[:-1] == b for o in where if o)]
        assert places.below(place) == (len(below), len(ends))


@given(texts)
def test_places_so_many_tokens_on(texts: list[list[int]]) -> None:
    places, where = folded(texts)
    for text, place in where.items():
        expected = [at for other, at in where.items() if other[:-2] == text and len(other) > 1]
        assert sorted(places.after(place, 2)) == sorted(expected)


@given(
    st.lists(st.tuples(st.integers(0, 100), st.integers(-5, 5)), max_size=40),
    st.integers(0, 2**32),
)
def test_subtotals_are_the_sums_below(members: list[tuple[int, int]], asked: int) -> None:
    """Whether they are asked for in between (the bits of `asked`) or only at the end."""
    subtotals = Subtotals()
    parents, amounts = [0], [0]
    for number, (parent, amount) in enumerate(members, 1):
        parents.append(parent % number)
        amounts.append(amount)
        assert subtotals.add(parents[-1]) == number
        subtotals.credit(number, amount)
        if asked >> (number % 32) & 1:
            assert subtotals.total(0) == sum(amounts)
    for member in range(len(parents)):
        below = 0
        for number, amount in enumerate(amounts):
            at = number
            while at != member and at:
                at = parents[at]
            below += amount * (at == member)
        assert subtotals.total(member) == below

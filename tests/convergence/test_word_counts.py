"""Symbols and pairs are counted exactly, however much came between two questions."""

from __future__ import annotations

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from loom.convergence.places import START, Places
from loom.convergence.word_counts import FEWEST_SORTED, WordCounts, pair_key

HIGHEST = (1 << 32) - 1


@given(
    lines=st.lists(
        st.tuples(st.integers(0, 20), st.lists(st.integers(0, 3) | st.just(HIGHEST), min_size=1)),
        max_size=12,
    ),
    asks=st.sets(st.integers(0, 12)),
)
def test_every_place_is_counted_with_the_one_in_front_of_it(
    lines: list[tuple[int, list[int]]], asks: set[int]
) -> None:
    places, expected = Places(), Counter[int]()
    counts = WordCounts(places)
    for number, (at, symbols) in enumerate(lines):
        place = at % len(places)
        if places.child(place, symbols[0]) is not None:
            continue
        before = [places.symbols[place], *symbols[:-1]]
        pairs = list(map(pair_key, before, symbols))
        expected.update(pairs[int(place == START) :])
        places.append(place, symbols)
        if number in asks:
            assert all(counts.pair(key) == n for key, n in expected.items())
    assert all(counts.pair(key) == n for key, n in expected.items())
    assert counts.pair(pair_key(77, 78)) == 0
    said = Counter(places.symbols[1:])
    assert counts.n_symbols == len(said)
    assert all(counts.alone(symbol) == n for symbol, n in said.items())
    leading = Counter(key >> 32 for key in expected.elements())
    assert all(counts.leading(symbol) == leading[symbol] for symbol in said)


def test_many_and_few_are_counted_alike() -> None:
    rng, places = random.Random(3), Places()
    counts, expected, place = WordCounts(places), Counter[int](), START
    for n in (3, FEWEST_SORTED * 2, 5, 400, FEWEST_SORTED, *[FEWEST_SORTED // 3] * 9):
        symbols = [rng.randrange(80) for _ in range(n)]
        before = [places.symbols[place], *symbols[:-1]]
        expected.update(list(map(pair_key, before, symbols))[int(place == START) :])
        place = places.append(place, symbols)
        asked = rng.sample(sorted(expected), min(50, len(expected)))
        assert [counts.pair(key) for key in asked] == [expected[key] for key in asked]
        said = Counter(places.symbols[1:])
        assert [counts.alone(symbol) for symbol in said] == list(said.values())

"""The words by which two places are told apart: on exact worlds they are what was planted."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loom.convergence.futures import Reading
from loom.convergence.scorer import Future
from loom.convergence.telling_words import MOST_TOLD, telling_words
from loom.records import Judged, JudgeSettings
from loom.worlds.catalogue import open_world
from loom.worlds.planted import plant
from loom.worlds.quill import QUILL
from loom.worlds.townsfolk import HEROES, THINGS
from tests.convergence.oracle import Known, exact_comparer, judged_all

SETTINGS = JudgeSettings()
N_HEROES, N_THINGS, N_SCENES = 7, 7, 6


def compared(kind: str, one: str, other: str) -> Judged:
    world = open_world("story-world")
    histories = [tuple(world.vocabulary.encode(text, special=False)) for text in (one, other)]
    known = Known(kind, *histories, 1.0)
    (found,) = judged_all(exact_comparer(world, SETTINGS), [known], SETTINGS.most_futures)
    return found


def first_word(kind: str, one: str, other: str) -> str:
    return next((told.word for told in compared(kind, one, other).evidence.telling), "")


def hero_told(seed: int) -> bool:
    pair = plant(QUILL, "other_hero", seed)
    names = {hero.name for hero in HEROES.options if hero.name in pair.a + pair.b}
    return first_word("other_hero", pair.a, pair.b) in names


def thing_told(seed: int) -> bool:
    """Two stories that are the same but for the thing that was left at the door."""
    text = plant(QUILL, "other_thing", seed).a
    *_, said = (thing for thing in THINGS.options if thing.first in text)
    other = THINGS.options[(THINGS.options.index(said) + 1 + seed % 3) % len(THINGS.options)]
    swapped = text
    for ours, theirs in ((said.first, other.first), (said.then, other.then)):
        for both in (str, lambda words: words[0].upper() + words[1:]):
            swapped = swapped.replace(both(ours), both(theirs))
    return first_word("thing", text, swapped) in {said.key, other.key}


def scene_words(seeds: range) -> set[str]:
    """What is said on stages alone, and in the dark alone, whoever is there and wherever it is."""
    sides: Counter[tuple[str, bool]] = Counter()
    for seed in seeds:
        pair = plant(QUILL, "look_alike", seed)
        for told in compared("look_alike", pair.a, pair.b).evidence.telling:
            if min(told.one, told.other) < 0.01:
                sides[told.word, told.one > told.other] += 1
    return {word for (word, side), n in sides.items() if n > 1 and not sides[word, not side]}


def test_what_tells_planted_look_alikes_apart_is_what_was_planted() -> None:
    scene = scene_words(range(900, 908))
    right = [hero_told(seed) for seed in range(100, 100 + N_HEROES)]
    right += [thing_told(seed) for seed in range(200, 200 + N_THINGS)]
    for seed in range(300, 300 + N_SCENES):
        pair = plant(QUILL, "look_alike", seed)
        right.append(first_word("look_alike", pair.a, pair.b) in scene)
    assert len(right) == 20
    assert sum(right) >= 18


WORDS = (b" the", b" lamp", b" knife", b" Odile", b" now", b",")


@st.composite
def readings(draw: st.DrawFn) -> list[Reading]:
    """Futures of eight tokens, each somewhat likelier under its own history than another's."""
    tokens = draw(st.lists(st.lists(st.integers(0, 5), min_size=8, max_size=8), min_size=4))
    bits = draw(st.lists(st.floats(-9, -0.1), min_size=8, max_size=8))
    return [
        (Future(tuple(ids), np.array(bits), False), np.array(bits) - draw(st.floats(0, 3)))
        for ids in tokens
    ]


@given(readings(), readings())
def test_shares_are_probabilities_and_sides_can_be_exchanged(
    ones: list[Reading], others: list[Reading]
) -> None:
    found = telling_words(ones, others, WORDS.__getitem__)
    mirrored = telling_words(others, ones, WORDS.__getitem__)
    assert len(found) <= MOST_TOLD
    for told in found:
        assert 0 <= told.one <= 1
        assert 0 <= told.other <= 1
        assert told.word in {"the", "lamp", "knife", "Odile", "now"}
    assert {told.word for told in found} == {told.word for told in mirrored}
    swapped = {told.word: (told.other, told.one) for told in mirrored}
    for told in found:
        assert swapped[told.word] == pytest.approx((told.one, told.other))


def test_the_last_word_does_not_count_where_it_may_go_on() -> None:
    bits, other = np.full(2, -1.0), np.array([-1.0, -9.0])
    cut = [(Future((1, 2), bits, False), other)] * 2
    whole = [(Future((1, 2), bits, True), other)] * 2
    plain = [(Future((0, 0), bits, True), other)] * 2
    assert "knife" not in {t.word for t in telling_words(cut, plain, WORDS.__getitem__)}
    assert telling_words(whole, plain, WORDS.__getitem__)[0].word == "knife"

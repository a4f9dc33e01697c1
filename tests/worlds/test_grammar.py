"""What the story machine remembers is what the tables say, read anew with all that is true."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loom.worlds import grammar
from loom.worlds.backend import WorldBackend
from loom.worlds.grammar import Place, StoryMachine
from loom.worlds.machine import odds_of
from loom.worlds.quill import QUILL, draw_document

Key = TypeVar("Key")
seeds = st.integers(min_value=0, max_value=2**32)


def read_anew(machine: StoryMachine, state: Place) -> dict[tuple[int, Place], float]:
    """Every edge of a state, straight from the tables."""
    values, beat, rest, word = state
    if word:
        return {(word[0], Place(values, beat, rest, word[1:])): 1.0}
    tables = machine._compiler
    if rest:
        said = [(1.0, one) for one in tables.unit(values, beat, rest)]
    else:
        said = [
            (p, one)
            for p, known, road in tables.roads(values, beat)
            for one in tables.beginning(known, beat, road)
        ]
    found: dict[tuple[int, Place], float] = {}
    for p, (token, q, *place) in said:
        edge = token, Place(*place)
        found[edge] = found.get(edge, 0.0) + p * q
    return found


def remembered(machine: StoryMachine, state: Place) -> dict[tuple[int, Place], float]:
    found: dict[tuple[int, Place], float] = {}
    for token, p, target in machine.edges(state):
        found[token, target] = found.get((token, target), 0.0) + p
    return found


def same(one: Mapping[Key, float], other: Mapping[Key, float]) -> bool:
    return one.keys() == other.keys() and all(abs(p - other[key]) < 1e-13 for key, p in one.items())


@settings(deadline=None, max_examples=25)
@given(seeds, st.floats(0, 1), st.booleans())
def test_every_law_is_that_of_the_tables(
    story: WorldBackend[Place], chat: WorldBackend[Place], seed: int, share: float, is_chat: bool
) -> None:
    world = chat if is_chat else story
    machine = world.filter.machine
    assert isinstance(machine, StoryMachine)
    text = draw_document(machine.town, random.Random(seed)).text
    tokens = world.vocabulary.encode(text)
    belief = world.filter.follow(world.filter.start(), tokens[: int(share * len(tokens))]).belief
    for state in belief.weights:
        found = remembered(machine, state)
        assert same(found, read_anew(machine, state))
        assert same(machine.odds(state), odds_of(machine.edges(state)))
        assert math.fsum(found.values()) == pytest.approx(1, abs=1e-12)


def test_what_is_remembered_is_bounded(
    story: WorldBackend[Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grammar, "N_LAWS_KEPT", 20)
    machine = StoryMachine(QUILL, story.vocabulary)
    text = draw_document(QUILL, random.Random(1)).text
    weights = machine.start()
    for token in story.vocabulary.encode(text):
        after: dict[Place, float] = {}
        for state, weight in weights.items():
            for p, target in machine.ways(state, token):
                after[target] = after.get(target, 0.0) + weight * p
        assert after
        weights = after
        assert len(machine._laws) <= 20

"""Worlds that tests read: made once, because beliefs are values and nothing is changed."""

import pytest

from loom.worlds.backend import WorldBackend
from loom.worlds.belief import Filter
from loom.worlds.catalogue import chat_world, story_world
from loom.worlds.grammar import Place, StoryMachine
from loom.worlds.vocabulary import Vocabulary, learn_merges
from tests.worlds.small_town import SMALL, law_of_texts


@pytest.fixture(scope="session")
def story() -> WorldBackend[Place]:
    return story_world()


@pytest.fixture(scope="session")
def chat() -> WorldBackend[Place]:
    return chat_world()


@pytest.fixture(scope="session")
def small_vocabulary() -> Vocabulary:
    return Vocabulary(learn_merges(law_of_texts(SMALL), 40))


@pytest.fixture(scope="session")
def small(small_vocabulary: Vocabulary) -> Filter[Place]:
    return Filter(StoryMachine(SMALL, small_vocabulary), len(small_vocabulary))

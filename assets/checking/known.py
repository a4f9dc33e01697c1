"""A world as the measures need it: fresh documents, exact laws, and words that name somebody."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from loom.worlds.belief import Belief, Filter
from loom.worlds.grammar import Place, StoryMachine
from loom.worlds.places import OWNER_OF
from loom.worlds.quill import draw_document
from loom.worlds.town import Town
from loom.worlds.townsfolk import COMPANIONS, HEROES, SPOUSES, THINGS
from loom.worlds.vocabulary import Vocabulary, story_vocabulary

LONGEST = 1_000
"""Tokens of a document at most: one and its beginning stand in a window of 1,024."""

_FEWEST_LETTERS = 4


@dataclass(frozen=True)
class Known:
    """A world: its tables, its tokens, and the filter that gives its laws."""

    town: Town
    vocabulary: Vocabulary
    filter: Filter[Place]

    @classmethod
    def of(cls, town: Town) -> Known:
        """A world with a filter of its own."""
        vocabulary = story_vocabulary()
        return cls(town, vocabulary, Filter(StoryMachine(town, vocabulary), len(vocabulary)))

    @property
    def end(self) -> int:
        """The token between two documents."""
        return self.vocabulary.end_of_text

    def documents(self, n: int, seed: int) -> Iterator[list[int]]:
        """Fresh documents as tokens, with their end, none longer than `LONGEST`."""
        rng = random.Random(seed)
        while n:
            tokens = [*self.vocabulary.encode(draw_document(self.town, rng).text), self.end]
            if len(tokens) <= LONGEST:
                yield tokens
                n -= 1

    def after(self, text: str) -> Belief[Place]:
        """What is known after a text."""
        return self.filter.follow(self.filter.start(), self.vocabulary.encode(text)).belief

    def probability(self, text: str, more: str) -> float:
        """The exact probability that a text goes on with these words."""
        tokens = self.vocabulary.encode(more)
        return float(2 ** -sum(self.filter.follow(self.after(text), tokens).bits))


def naming_words() -> frozenset[str]:
    """The words by which people, companions and things are told apart."""
    names = [hero.name for hero in HEROES.options] + list(SPOUSES.options)
    names += [one.first for one in (*COMPANIONS.options, *THINGS.options)]
    names += [owner.name for owner in OWNER_OF.values()]
    words = {word for name in names for word in re.findall(r"\w+", name)}
    return frozenset(word for word in words if len(word) >= _FEWEST_LETTERS)


def word_around(vocabulary: Vocabulary, tokens: list[int], position: int) -> str:
    """The word of which a token is a part, without what stands around it."""
    pieces = [vocabulary.piece(token).decode("utf-8", "replace") for token in tokens]
    start, end = position, position + 1
    while start > 0 and pieces[start][:1].isalpha():
        start -= 1
    while end < len(pieces) and pieces[end][:1].isalpha():
        end += 1
    return "".join(pieces[start:end]).strip(" \n.,;:!?\"'")

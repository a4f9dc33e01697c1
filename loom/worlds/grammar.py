"""A town compiled into a machine over tokens: lazily, state by state, as a filter asks for them.

A state is what is true, where in which sentence one is, and the tokens of a word that are still to
come. What comes next depends on few of the latents, and it is worked out once for all states that
agree on those.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from loom.worlds.beat import END
from loom.worlds.compiler import Compiler
from loom.worlds.machine import Edge, Way
from loom.worlds.touching import Touching
from loom.worlds.town import LOST, START, Town, Values, with_value
from loom.worlds.vocabulary import Vocabulary

N_LAWS_KEPT = 20_000


class Place(NamedTuple):
    """A state: `rest` numbers the units still to come, `word` are tokens of the one begun.

    At the end of a sentence `rest` is 0 and `word` empty.
    """

    values: Values
    beat: str
    rest: int
    word: tuple[int, ...]


class _Move(NamedTuple):
    """A way on, whatever else is true: `changes` are the latents that get another value."""

    probability: float
    changes: tuple[tuple[int, str | None], ...]
    beat: str
    rest: int
    word: tuple[int, ...]


class _Law(NamedTuple):
    """All ways on from the states that agree on some latents, by token."""

    moves: Mapping[int, Sequence[_Move]]
    odds: Mapping[int, float]


_Which = tuple[str, str, int]
"""A law's place: the beat, and the one that is entered from it or the tail that is begun."""


class StoryMachine:
    """The exact law of a town's documents, token by token."""

    def __init__(self, town: Town, vocabulary: Vocabulary) -> None:
        """Compile the sentences of every beat; laws are made when they are asked for."""
        self.town = town
        self.vocabulary = vocabulary
        self._compiler = Compiler(town, vocabulary)
        self._touching = Touching(town)
        self._page = town.order["page"]
        self._touched: dict[_Which, tuple[int, ...]] = {}
        self._laws: dict[tuple[_Which, Values], _Law] = {}
        self._roads: dict[tuple[str, str | None], list[tuple[float, str | None, str]]] = {}
        self._start = Place(town.nothing, START, 0, ())

    @property
    def end_token(self) -> int:
        """The end-of-text token."""
        return self.vocabulary.end_of_text

    def start(self) -> Mapping[Place, float]:
        """The beginning of a document."""
        return {self._start: 1.0}

    def lost(self, states: Mapping[Place, float]) -> Mapping[Place, float]:
        """Who it is about is remembered, where the story was is not."""
        law: dict[Place, float] = {}
        for state, weight in states.items():
            place = Place(state.values, LOST, 0, ())
            law[place] = law.get(place, 0.0) + weight
        return law

    def pauses(self, token: int) -> bool:
        """Whether a sentence may end with this token."""
        return self.vocabulary.ends_sentence(token)

    def edges(self, state: Place) -> list[Edge[Place]]:
        """All tokens that can come next."""
        return [
            (token, p, target)
            for token in self.odds(state)
            for p, target in self.ways(state, token)
        ]

    def ways(self, state: Place, token: int) -> Sequence[Way[Place]]:
        """The edges from a state that say one token."""
        values, beat, rest, word = state
        if word:
            return ((1.0, Place(values, beat, rest, word[1:])),) if word[0] == token else ()
        if rest:
            moves = self._law(values, beat, "", rest).moves.get(token, ())
            return [(move.probability, self._moved(values, move)) for move in moves]
        found: list[Way[Place]] = []
        for p, known, after in self._roads_from(values, beat):
            moves = self._law(known, beat, after, 0).moves.get(token, ())
            found += [(p * move.probability, self._moved(known, move)) for move in moves]
        return found

    def odds(self, state: Place) -> Mapping[int, float]:
        """The law of the next token from a state."""
        values, beat, rest, word = state
        if word:
            return {word[0]: 1.0}
        if rest:
            return self._law(values, beat, "", rest).odds
        odds: dict[int, float] = {}
        for p, known, after in self._roads_from(values, beat):
            for token, q in self._law(known, beat, after, 0).odds.items():
                odds[token] = odds.get(token, 0.0) + p * q
        return odds

    def _moved(self, values: Values, move: _Move) -> Place:
        if move.beat == START:
            return self._start
        if move.changes:
            now = list(values)
            for index, value in move.changes:
                now[index] = value
            values = tuple(now)
        return Place(values, move.beat, move.rest, move.word)

    def _roads_from(self, values: Values, beat: str) -> list[tuple[float, Values, str]]:
        """The beats that can follow, each with what is true by then."""
        page = values[self._page]
        roads = self._roads.get((beat, page))
        if roads is None:
            roads = [
                (p, known[self._page], after)
                for p, known, after in self._compiler.roads(self._only(values, self._page), beat)
            ]
            self._roads[beat, page] = roads
        if all(then == page for _, then, _ in roads):
            return [(p, values, after) for p, _, after in roads]
        return [(p, with_value(values, self._page, then), after) for p, then, after in roads]

    def _law(self, values: Values, beat: str, entered: str, rest: int) -> _Law:
        """The law of a tail's first unit, or (`rest` 0) of a beat that is entered from another."""
        which = (beat, entered, rest)
        touched = self._touched.get(which)
        if touched is None:
            touched = self._touched[which] = self._touched_by(*which)
        key = (which, tuple([values[index] for index in touched]))
        law = self._laws.get(key)
        if law is None:
            if len(self._laws) >= N_LAWS_KEPT:
                self._laws.clear()
            law = self._laws[key] = self._worked_out(self._only(values, *touched), *which)
        return law

    def _touched_by(self, beat: str, entered: str, rest: int) -> tuple[int, ...]:
        if rest:
            return self._touching.unit(self._compiler.first_of(rest))
        return () if entered == END else self._touching.entry(beat, entered)

    def _worked_out(self, values: Values, beat: str, entered: str, rest: int) -> _Law:
        said = (
            self._compiler.unit(values, beat, rest)
            if rest
            else self._compiler.beginning(values, beat, entered)
        )
        found: dict[tuple[int, _Move], float] = {}
        for one in said:
            changes = tuple((i, v) for i, v in enumerate(one.values) if v != values[i])
            move = _Move(1.0, changes, one.beat, one.rest, one.word)
            found[one.token, move] = found.get((one.token, move), 0.0) + one.probability
        moves: dict[int, list[_Move]] = {}
        for (token, move), p in found.items():
            moves.setdefault(token, []).append(move._replace(probability=p))
        odds = {
            token: math.fsum(move.probability for move in some) for token, some in moves.items()
        }
        return _Law(moves, odds)

    def _only(self, values: Values, *indices: int) -> Values:
        """Some of the values; all others as if they had not been drawn."""
        known = list(self.town.nothing)
        for index in indices:
            known[index] = values[index]
        return tuple(known)

"""A town compiled into a machine over tokens: lazily, state by state, as a filter asks for them.

A state is what is true, where in which sentence one is, and the tokens of a word that are still to
come. Latents are drawn at the unit that first needs them, so hypotheses stay few: a sentence about
nobody has no hero yet. Tokens never cross units, because a unit begins at a space and the
vocabulary splits text there too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from loom.worlds.beat import END, Beat
from loom.worlds.law import Table
from loom.worlds.machine import Edge
from loom.worlds.telling import lead_before
from loom.worlds.town import LOST, START, Town, Values, with_value
from loom.worlds.vocabulary import Vocabulary
from loom.worlds.wording import Rule, Slot, Text, Unit, Wordings, as_sentence, parts_of, units_of

Outcome = tuple[float, str, Values]
"""Something said: how likely, the words, and what is true from then on."""


class Place(NamedTuple):
    """A state: `rest` numbers the units still to come, `word` are tokens of the one begun.

    At the end of a sentence `rest` is 0 and `word` empty.
    """

    values: Values
    beat: str
    rest: int
    word: tuple[int, ...]


class StoryMachine:
    """The exact law of a town's documents, token by token."""

    def __init__(self, town: Town, vocabulary: Vocabulary) -> None:
        """Compile the sentences of every beat; states are made when they are asked for."""
        self.town = town
        self.vocabulary = vocabulary
        self._tails: list[tuple[Unit, ...]] = [()]
        self._numbers: dict[tuple[Unit, ...], int] = {(): 0}
        self._sentences = {
            name: [
                (p, units_of(template))
                for template, p in zip(
                    beat.sentences.options, beat.sentences.probabilities, strict=True
                )
            ]
            for name, beat in town.beats.items()
        }
        self._encoded: dict[str, tuple[int, ...]] = {}
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

    def edges(self, state: Place) -> tuple[Edge[Place], ...]:
        """All tokens that can come next."""
        if state.word:
            values, beat, rest, word = state
            return ((word[0], 1.0, Place(values, beat, rest, word[1:])),)
        found: dict[tuple[int, Place], float] = {}
        if state.rest:
            said = self._unit(state.values, state.beat, state.rest, "", False)
        else:
            said = self._roads(state.values, state.beat, 1.0)
        for token, p, target in said:
            found[token, target] = found.get((token, target), 0.0) + p
        return tuple((token, p, target) for (token, target), p in found.items())

    def _unit(
        self, values: Values, beat: str, rest: int, lead: str, is_first: bool
    ) -> Iterator[Edge[Place]]:
        """The first tokens of a unit, and where each leads."""
        units = self._tails[rest]
        after = self._number(units[1:])
        for p, words, now in self._outcomes(units[0], values):
            text = lead + (as_sentence(words) if is_first else words)
            tokens = self._encode(text)
            yield tokens[0], p, Place(now, beat, after, tokens[1:])

    def _roads(self, values: Values, name: str, p: float) -> Iterator[Edge[Place]]:
        """The first tokens of everything that can follow a sentence."""
        beat = self.town.beats[name]
        for p_page, known in self._paged(beat, values):
            for p_next, after in weighted(self.town.roads(beat, known)):
                if after == END:
                    yield self.end_token, p * p_page * p_next, self._start
                else:
                    yield from self._entered(known, name, after, p * p_page * p_next)

    def _entered(self, values: Values, before: str, name: str, p: float) -> Iterator[Edge[Place]]:
        """The first tokens of a beat that comes after another."""
        beats = self.town.beats
        beat = beats[name]
        leads = list(weighted(lead_before(before, beats[before], beat)))
        for p_change, now in self._changed(beat, values):
            for p_lead, lead in leads:
                for p_sentence, units in self._sentences[name]:
                    chance = p * p_change * p_lead * p_sentence
                    if units:
                        number = self._number(units)
                        for token, q, place in self._unit(now, name, number, lead, True):
                            yield token, chance * q, place
                    elif lead:
                        tokens = self._encode(lead)
                        yield tokens[0], chance, Place(now, name, 0, tokens[1:])
                    else:
                        yield from self._roads(now, name, chance)

    def _paged(self, beat: Beat, values: Values) -> Iterable[tuple[float, Values]]:
        return ((1.0, values),) if isinstance(beat.then, Table) else self._known("page", values)

    def _changed(self, beat: Beat, values: Values) -> list[tuple[float, Values]]:
        """What can be true once a beat has changed it."""
        order = self.town.order
        for latent in beat.forgets:
            values = with_value(values, order[latent], None)
        for latent, value in beat.sets:
            values = with_value(values, order[latent], value)
        laws = [(1.0, values)]
        for latent in beat.turns:
            laws = [(p * q, then) for p, now in laws for q, then in self._turned(latent, now)]
        return laws

    def _turned(self, latent: str, values: Values) -> list[tuple[float, Values]]:
        index = self.town.order[latent]
        now = values[index]
        if now is None:
            return self._known(latent, values)
        table = self.town.latents[latent].turns[now]
        return [(p, with_value(values, index, value)) for p, value in weighted(table)]

    def _known(self, latent: str, values: Values) -> list[tuple[float, Values]]:
        """All ways in which a latent can be known: as it is, or as it may be drawn now."""
        index = self.town.order[latent]
        if values[index] is not None:
            return [(1.0, values)]
        given = self.town.latents[latent].given
        return [
            (p * q, with_value(known, index, value))
            for p, known in ([(1.0, values)] if given is None else self._known(given, values))
            for q, value in weighted(self.town.table(latent, known))
        ]

    def _all_known(self, latents: Iterable[str], values: Values) -> list[tuple[float, Values]]:
        laws = [(1.0, values)]
        for latent in latents:
            laws = [(p * q, now) for p, known in laws for q, now in self._known(latent, known)]
        return laws

    def _outcomes(self, parts: Unit, values: Values) -> list[Outcome]:
        """Everything that some parts can say, drawn from left to right."""
        outcomes: list[Outcome] = [(1.0, "", values)]
        for part in parts:
            outcomes = [
                (p * q, said + words, now)
                for p, said, known in outcomes
                for q, words, now in self._filled(part, known)
            ]
        return outcomes

    def _filled(self, part: Text | Slot | Rule | Wordings, values: Values) -> list[Outcome]:
        if isinstance(part, Text):
            return [(1.0, part.words, values)]
        if isinstance(part, Wordings):
            share = 1 / len(part.options)
            return [
                (share * p, words, now)
                for option in part.options
                for p, words, now in self._outcomes(option, values)
            ]
        if isinstance(part, Rule):
            return self._ruled(part, values)
        reading = self.town.slots[part.name]
        order = self.town.order
        return [
            (p, reading.says[tuple(now[order[need]] or "" for need in reading.needs)], now)
            for p, now in self._all_known(reading.needs, values)
        ]

    def _ruled(self, rule: Rule, values: Values) -> list[Outcome]:
        order = self.town.order
        needs = () if rule.key is None else self.town.keys[rule.key].needs
        outcomes: list[Outcome] = []
        for p, known in self._all_known(needs, values):
            name = rule.name
            if rule.key is not None:
                key = tuple(known[order[need]] or "" for need in needs)
                name = f"{rule.name}.{self.town.keys[rule.key].says[key]}"
            for q, template in weighted(self.town.rules[name]):
                for r, words, now in self._outcomes(parts_of(template), known):
                    outcomes.append((p * q * r, words, now))
        return outcomes

    def _number(self, units: tuple[Unit, ...]) -> int:
        """One number for equal tails, so that sentences that end alike become one state."""
        number = self._numbers.get(units)
        if number is None:
            number = self._numbers[units] = len(self._tails)
            self._tails.append(units)
        return number

    def _encode(self, text: str) -> tuple[int, ...]:
        tokens = self._encoded.get(text)
        if tokens is None:
            # White space at the end is split as it will be once a word follows it.
            word = "x" if text[-1:].isspace() else ""
            ids = self.vocabulary.encode(text + word)
            tokens = self._encoded[text] = tuple(ids[: len(ids) - len(word)])
        return tokens


def weighted(table: Table[str]) -> Iterable[tuple[float, str]]:
    """The options of a table, each with its probability."""
    return zip(table.probabilities, table.options, strict=True)

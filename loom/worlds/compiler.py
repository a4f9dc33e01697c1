"""A town's tables read as first tokens: what can be said next from a place, and where it leads.

This is the slow and plain reading, one draw after another; `grammar.py` remembers what comes of it.
Latents are drawn at the unit that first needs them, so hypotheses stay few: a sentence about nobody
has no hero yet. Tokens never cross units, because a unit begins at a space and the vocabulary
splits text there too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from loom.worlds.beat import END, Beat
from loom.worlds.law import Table
from loom.worlds.telling import lead_before
from loom.worlds.town import START, Town, Values, with_value
from loom.worlds.vocabulary import Vocabulary
from loom.worlds.wording import Rule, Slot, Text, Unit, Wordings, as_sentence, parts_of, units_of

Outcome = tuple[float, str, Values]
"""Something said: how likely, the words, and what is true from then on."""


class Said(NamedTuple):
    """A token that may come next: how likely, and the place that it leads to (see `Place`)."""

    token: int
    probability: float
    values: Values
    beat: str
    rest: int
    word: tuple[int, ...]


class Compiler:
    """Reads one town's tables. Tails of sentences are numbered, equal ones alike; 0 is empty."""

    def __init__(self, town: Town, vocabulary: Vocabulary) -> None:
        """Split the sentences of every beat into units."""
        self.town = town
        self._vocabulary = vocabulary
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

    def first_of(self, rest: int) -> Unit:
        """The first unit of a tail."""
        return self._tails[rest][0]

    def unit(self, values: Values, beat: str, rest: int) -> Iterator[Said]:
        """The first tokens of a tail's first unit."""
        return self._unit(values, beat, rest, "", is_first=False)

    def roads(self, values: Values, name: str) -> Iterator[tuple[float, Values, str]]:
        """The beats that can follow one, or END, each with what is true by then."""
        beat = self.town.beats[name]
        for p_page, known in self._paged(beat, values):
            for p_next, after in weighted(self.town.roads(beat, known)):
                yield p_page * p_next, known, after

    def entry(self, values: Values, before: str, name: str) -> Iterator[Said]:
        """The first tokens of a beat that comes after another."""
        beats = self.town.beats
        beat = beats[name]
        leads = list(weighted(lead_before(before, beats[before], beat)))
        for p_change, now in self._changed(beat, values):
            for p_lead, lead in leads:
                for p_sentence, units in self._sentences[name]:
                    chance = p_change * p_lead * p_sentence
                    yield from self._sentence(now, name, units, lead, chance)

    def _sentence(
        self, values: Values, name: str, units: tuple[Unit, ...], lead: str, p: float
    ) -> Iterator[Said]:
        """The first tokens of a sentence behind its lead; of what follows where both are empty."""
        if units:
            number = self._number(units)
            for said in self._unit(values, name, number, lead, is_first=True):
                yield said._replace(probability=p * said.probability)
        elif lead:
            tokens = self._encode(lead)
            yield Said(tokens[0], p, values, name, 0, tokens[1:])
        else:
            for q, known, after in self.roads(values, name):
                for said in self.beginning(known, name, after):
                    yield said._replace(probability=p * q * said.probability)

    def beginning(self, values: Values, before: str, after: str) -> Iterator[Said]:
        """The first tokens of a road: those of a beat, or the token that ends the document."""
        if after == END:
            yield Said(self._vocabulary.end_of_text, 1.0, self.town.nothing, START, 0, ())
        else:
            yield from self.entry(values, before, after)

    def _unit(
        self, values: Values, beat: str, rest: int, lead: str, *, is_first: bool
    ) -> Iterator[Said]:
        units = self._tails[rest]
        after = self._number(units[1:])
        for p, words, now in self._outcomes(units[0], values):
            text = lead + (as_sentence(words) if is_first else words)
            tokens = self._encode(text)
            yield Said(tokens[0], p, now, beat, after, tokens[1:])

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
            ids = self._vocabulary.encode(text + word)
            tokens = self._encoded[text] = tuple(ids[: len(ids) - len(word)])
        return tokens


def weighted(table: Table[str]) -> Iterable[tuple[float, str]]:
    """The options of a table, each with its probability."""
    return zip(table.probabilities, table.options, strict=True)

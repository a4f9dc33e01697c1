"""Telling a story straight from a town's tables, one draw after another.

This is the plain reading of what a town means: `grammar.py` compiles the same tables for exact
filtering, and tests hold one against the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from loom.worlds.beat import END, Beat
from loom.worlds.law import Table, even
from loom.worlds.town import LOST, START, Town, Values, with_value
from loom.worlds.wording import Rule, Slot, Text, Unit, Wordings, as_sentence, parts_of

AFTER_LOSS: Table[str] = Table((" ", "\n\n", ""), (6, 3, 1))


class Draws(Protocol):
    """Something that draws from tables: `law.Dice`, or a test that goes through all draws."""

    def draw(self, table: Table[str]) -> str:
        """One option of the table."""


@dataclass(frozen=True)
class Sentence:
    """What one beat said: `lead` is the white space or mark before it, `values` what was true."""

    beat: str
    lead: str
    text: str
    values: Values


@dataclass(frozen=True)
class Told:
    """A document, or its beginning; `over` if it came to its end."""

    sentences: tuple[Sentence, ...]
    over: bool

    @property
    def text(self) -> str:
        """The document as it reads."""
        return "".join(sentence.lead + sentence.text for sentence in self.sentences)


class Teller:
    """Tells one document, keeping what is true in `values` and the last beat in `beat`."""

    def __init__(self, town: Town, dice: Draws) -> None:
        """Begin a document in which nothing is drawn yet; draw with `dice`."""
        self._town = town
        self._dice = dice
        self.values = town.nothing
        self.beat = START

    def fork(self) -> Teller:
        """Another teller who goes on from here, with the same dice."""
        other = Teller(self._town, self._dice)
        other.values, other.beat = self.values, self.beat
        return other

    def tell(self, n_sentences_most: int | None = None) -> Told:
        """Sentences until the document ends, or at most so many beats."""
        sentences: list[Sentence] = []
        while n_sentences_most is None or len(sentences) < n_sentences_most:
            name = self._next()
            if name == END:
                return Told(tuple(sentences), over=True)
            sentences.append(self._say(name))
        return Told(tuple(sentences), over=False)

    def along(self, route: Sequence[str]) -> Told:
        """The beats of `route` in order, whatever their odds; the first must not be END."""
        return Told(tuple(self._say(name) for name in route), over=False)

    def _next(self) -> str:
        beat = self._town.beats[self.beat]
        if isinstance(beat.then, Mapping):
            self._know("page")
        return self._dice.draw(self._town.roads(beat, self.values))

    def _say(self, name: str) -> Sentence:
        before, beat = self._town.beats[self.beat], self._town.beats[name]
        self._change(beat)
        table = lead_before(self.beat, before, beat)
        lead = self._dice.draw(table)
        text = as_sentence(self._expand(parts_of(self._dice.draw(beat.sentences))))
        self.beat = name
        return Sentence(name, lead, text, self.values)

    def _change(self, beat: Beat) -> None:
        order = self._town.order
        for latent in beat.forgets:
            self.values = with_value(self.values, order[latent], None)
        for latent, value in beat.sets:
            self.values = with_value(self.values, order[latent], value)
        for latent in beat.turns:
            now = self.values[order[latent]]
            if now is None:
                self._know(latent)
            else:
                turned = self._dice.draw(self._town.latents[latent].turns[now])
                self.values = with_value(self.values, order[latent], turned)

    def _know(self, latent: str) -> str:
        """The value of a latent, which is drawn now if it was not."""
        index = self._town.order[latent]
        value = self.values[index]
        if value is None:
            given = self._town.latents[latent].given
            if given is not None:
                self._know(given)
            value = self._dice.draw(self._town.table(latent, self.values))
            self.values = with_value(self.values, index, value)
        return value

    def _expand(self, parts: Unit) -> str:
        said: list[str] = []
        for part in parts:
            if isinstance(part, Text):
                said.append(part.words)
            elif isinstance(part, Slot):
                reading = self._town.slots[part.name]
                said.append(reading.says[tuple(self._know(need) for need in reading.needs)])
            elif isinstance(part, Wordings):
                chosen = self._dice.draw(even(*(str(i) for i in range(len(part.options)))))
                said.append(self._expand(part.options[int(chosen)]))
            else:
                chosen = self._dice.draw(self._town.rules[self._rule_name(part)])
                said.append(self._expand(parts_of(chosen)))
        return "".join(said)

    def _rule_name(self, rule: Rule) -> str:
        if rule.key is None:
            return rule.name
        reading = self._town.keys[rule.key]
        key = reading.says[tuple(self._know(need) for need in reading.needs)]
        return f"{rule.name}.{key}"


def lead_before(name: str, before: Beat, beat: Beat) -> Table[str]:
    """What stands before a sentence: nothing at the start of a text, anything after a loss."""
    if before.opens:
        return even("")
    if name == LOST and all(not lead.strip() for lead in beat.lead.options):
        return AFTER_LOSS
    return beat.lead

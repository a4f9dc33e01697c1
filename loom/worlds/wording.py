"""How a template is read.

A template is prose with three kinds of holes:

- ``{hero}``         a slot: filled from what is true at this point of the story;
- ``[walked|went]``  equally likely wordings, which may hold further holes but no brackets;
- ``<act.companion>``  a rule: one template drawn from the table ``act.goose``, where ``goose`` is
  the key of the companion at hand. ``<rule>`` alone is the table of that name.

A template falls into units: stretches that begin at a space outside all holes (the space belongs
to what follows it). Words with holes in them are drawn unit by unit, from left to right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_HOLE = re.compile(
    r"\{(?P<slot>\w+)\}|\[(?P<wordings>[^\[\]]*)\]|<(?P<rule>\w+)(?:\.(?P<key>\w+))?>"
)
_FIRST_LETTER = re.compile(r"^[\"']?[a-z]")


@dataclass(frozen=True)
class Text:
    """Words as they are."""

    words: str


@dataclass(frozen=True)
class Slot:
    """A hole filled with what is true."""

    name: str


@dataclass(frozen=True)
class Rule:
    """A hole filled with a template of a table, which may depend on something that is true."""

    name: str
    key: str | None


@dataclass(frozen=True)
class Wordings:
    """A hole filled with one of several templates, all equally likely."""

    options: tuple[Unit, ...]


Part = Text | Slot | Rule | Wordings
Unit = tuple[Part, ...]


def parts_of(template: str) -> Unit:
    """A template as a sequence of parts."""
    return tuple(_parts(template))


def _parts(template: str) -> Iterator[Part]:
    position = 0
    for hole in _HOLE.finditer(template):
        if hole.start() > position:
            yield Text(template[position : hole.start()])
        position = hole.end()
        if hole["slot"] is not None:
            yield Slot(hole["slot"])
        elif hole["wordings"] is not None:
            yield Wordings(tuple(parts_of(one) for one in hole["wordings"].split("|")))
        else:
            yield Rule(hole["rule"], hole["key"])
    if position < len(template):
        yield Text(template[position:])


def units_of(template: str) -> tuple[Unit, ...]:
    """A template as units; joined, their texts are its text. An empty template has none."""
    units: list[list[Part]] = []
    for part in parts_of(template):
        if not isinstance(part, Text):
            units = units or [[]]
            units[-1].append(part)
            continue
        for index, words in enumerate(re.split(r"(?= )", part.words)):
            if words and (index > 0 or words.startswith(" ") or not units):
                units.append([Text(words)])
            elif words:
                units[-1].append(Text(words))
    return tuple(tuple(unit) for unit in units)


def as_sentence(text: str) -> str:
    """The same text with its first letter raised, behind an opening quote if there is one."""
    return _FIRST_LETTER.sub(lambda start: start.group().upper(), text)

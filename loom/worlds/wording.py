"""How a template becomes words.

A template is prose with three kinds of holes:

- ``{hero}``         a slot: filled from what is true at this point of the story;
- ``[walked|went]``  equally likely wordings, which may hold further holes but no brackets;
- ``<act.companion>``  a rule: one template drawn from the table ``act.goose``, where ``goose`` is
  the key of the companion at hand. ``<rule>`` alone is the table of that name.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from loom.worlds.law import Dice, Table, even

_HOLE = re.compile(r"\{(\w+)\}|\[([^\[\]]*)\]|<(\w+)(?:\.(\w+))?>")
_FIRST_LETTER = re.compile(r"^[\"']?[a-z]")


@dataclass(frozen=True)
class Facts:
    """What is true where a sentence stands: the words of each slot, and the key of each latent."""

    words: Mapping[str, str]
    keys: Mapping[str, str]


def expand(template: str, rules: Mapping[str, Table[str]], facts: Facts, dice: Dice) -> str:
    """Fill every hole of `template`, drawing from left to right.

    A slot, key or rule that does not exist raises KeyError: a template is our own writing.
    """

    def fill(hole: re.Match[str]) -> str:
        slot, wordings, rule, key = hole.groups()
        if slot is not None:
            return facts.words[slot]
        if wordings is not None:
            chosen = dice.draw(even(*wordings.split("|")))
        else:
            chosen = dice.draw(rules[rule if key is None else f"{rule}.{facts.keys[key]}"])
        return expand(chosen, rules, facts, dice)

    return _HOLE.sub(fill, template)


def as_sentence(text: str) -> str:
    """The same text with its first letter raised, behind an opening quote if there is one."""
    return _FIRST_LETTER.sub(lambda start: start.group().upper(), text)

"""The law of a world as data: weighted tables, and dice that keep count of what they rolled."""

import math
import random
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

Option = TypeVar("Option", bound=Hashable)


@dataclass(frozen=True)
class Table(Generic[Option]):
    """A finite distribution, written as options with weights.

    Weights are positive and need not sum to one, so that they can be read as odds.
    """

    options: tuple[Option, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse a table that is no distribution; an option listed twice would hide its odds."""
        assert len(self.options) == len(self.weights) > 0
        assert len(set(self.options)) == len(self.options), f"listed twice: {self.options}"
        assert min(self.weights) > 0

    @property
    def probabilities(self) -> tuple[float, ...]:
        """The probability of each option, in the order of the options."""
        total = math.fsum(self.weights)
        return tuple(weight / total for weight in self.weights)

    def probability(self, option: Option) -> float:
        """The probability of one option; zero for what the table does not list."""
        if option not in self.options:
            return 0.0
        return self.probabilities[self.options.index(option)]


def odds(*rows: tuple[float, Option]) -> Table[Option]:
    """A table from rows of (weight, option), as one writes them down."""
    return Table(tuple(option for _, option in rows), tuple(weight for weight, _ in rows))


def even(*options: Option) -> Table[Option]:
    """A table whose options are equally likely."""
    return Table(options, (1.0,) * len(options))


class Dice:
    """Draws from tables and adds up the surprise of everything drawn.

    `bits` is -log2 of the probability of all draws so far, so a difference of two readings
    is the price of what was drawn between them.
    """

    def __init__(self, rng: random.Random) -> None:
        """Roll with `rng`, which the caller seeds."""
        self._rng = rng
        self.bits = 0.0

    def draw(self, table: Table[Option]) -> Option:
        """One option, by its weight."""
        # One `random()` a draw and no `choices()`: its use of the generator is not promised
        # to stay the same between Python versions, and a seed must keep meaning one story.
        point = self._rng.random() * math.fsum(table.weights)
        chosen = len(table.options) - 1
        for index, weight in enumerate(table.weights):
            point -= weight
            if point < 0:
                chosen = index
                break
        self.bits -= math.log2(table.probabilities[chosen])
        return table.options[chosen]

"""V10: a process without joins. Two different histories never have the same future again.

The state is a number made from the whole history. It puts the four symbols in an order of its own
for the next step, and they come with probabilities 1/2, 1/4, 1/8 and 1/8. So every position has an
entropy of exactly 1.75 bits and a collision of 11/32, and yet no two positions agree for long.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations

from loom.worlds.machine import Edge, Way, odds_of, ways_among

PROFILE = (1 / 2, 1 / 4, 1 / 8, 1 / 8)
SYMBOLS = tuple(b"abcd")
_ORDERS = tuple(permutations(SYMBOLS))
_MASK = 2**64 - 1


def _mixed(number: int) -> int:
    """A 64-bit finaliser (the constants of SplitMix64): neighbours in, strangers out."""
    number = (number + 0x9E3779B97F4A7C15) & _MASK
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & _MASK
    return number ^ (number >> 31)


class NullTrees:
    """One tree of laws, grown from a seed. States are 64-bit numbers."""

    end_token = None

    def __init__(self, seed: int = 0) -> None:
        """Two seeds are two trees that share nothing."""
        self._root = _mixed(seed)

    def start(self) -> Mapping[int, float]:
        """The root."""
        return {self._root: 1.0}

    def edges(self, state: int) -> tuple[Edge[int], ...]:
        """Four symbols in this history's order."""
        order = _ORDERS[state % len(_ORDERS)]
        return tuple(
            (symbol, p, _mixed(state ^ (symbol * 0x2545F4914F6CDD1D & _MASK)))
            for symbol, p in zip(order, PROFILE, strict=True)
        )

    def ways(self, state: int, token: int) -> list[Way[int]]:
        """The edge of one symbol."""
        return ways_among(self.edges(state), token)

    def odds(self, state: int) -> dict[int, float]:
        """The profile in this history's order."""
        return odds_of(self.edges(state))

    def lost(self, states: Mapping[int, float]) -> Mapping[int, float]:  # noqa: ARG002
        """The root again."""
        return {self._root: 1.0}

    def pauses(self, token: int) -> bool:  # noqa: ARG002
        """Every symbol is a boundary."""
        return True

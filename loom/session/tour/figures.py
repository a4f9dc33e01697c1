"""What is known of the three worlds of the tour, in closed form: nothing here was written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from loom.worlds.belief import Belief, Filter
from loom.worlds.machine import Chain
from loom.worlds.processes import even, golden_mean, rrxor
from loom.worlds.rates import exact_rate, suffix_precision
from loom.worlds.truth import total_variation
from loom.worlds.vocabulary import byte_vocabulary

CHAINS: Mapping[str, Callable[[], Chain]] = {
    "golden-mean": golden_mean,
    "even": even,
    "rrxor": rrxor,
}


@dataclass(frozen=True, slots=True)
class Figures:
    """One world: its entropy rate in bits a symbol, and its causal states.

    `same_last(n)` is how many of 100 pairs of histories with the same last n symbols are one road,
    `guess(one, other, k)` how often of 100 the best guess is right from the next k symbols.
    """

    name: str
    bits: float
    n_states: int
    chain: Chain

    @property
    def n_live(self) -> float:
        """How many live choices that is: 2 to the power of the bits."""
        return float(2**self.bits)

    def same_last(self, n_symbols: int) -> float:
        """Of 100 pairs of long histories with the same last n symbols, those that are one road."""
        return 100 * suffix_precision(self.chain, n_symbols)

    def guess(self, one: str, other: str, k: int) -> float:
        """Times in 100 that a perfect reader of k symbols names the text that they follow."""
        known = Filter(self.chain, len(byte_vocabulary()))
        beliefs = (_after(known, one), _after(known, other))
        return 50 * (1 + total_variation(known, *beliefs, k=k).value)


def figures_of(name: str) -> Figures:
    """The figures of the world of that name."""
    chain = CHAINS[name]()
    rate = exact_rate(Filter(chain, len(byte_vocabulary())))
    return Figures(name, rate.bits_per_token, len(chain.states), chain)


def _after(known: Filter[str], text: str) -> Belief[str]:
    return known.follow(known.start(), text.encode()).belief

"""How often a run of tokens would be said twice by chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log2

from loom.convergence.lexical import LexicalIndex
from loom.convergence.meetings import Meeting
from loom.convergence.word_counts import pair_key

MOST_BY_CHANCE = 0.01
"""A run is a meeting if at most so many like it are expected by chance (A1)."""

_PRIOR_STRENGTH = 4.0
"""How many sightings of a symbol the law of all symbols weighs against what followed it."""


@dataclass(frozen=True, slots=True)
class Own:
    """What the occurrences of a run themselves add to the counts of the tree.

    `symbols` and `pair_keys` are the run's, in order. For all its occurrences together: how many
    tokens they have, how many of each symbol, how many of each with another after it in the run,
    and how many of each pair.
    """

    symbols: tuple[int, ...]
    pair_keys: tuple[int, ...]
    n_tokens: int
    alone: dict[int, int]
    leading: dict[int, int]
    pairs: dict[int, int]


def own_counts(index: LexicalIndex, meeting: Meeting) -> Own:
    """Count a run, an echoed prompt's occurrences included."""
    run = tuple(index.places.run(meeting.ends[0], meeting.n_tokens))
    n_same = meeting.n_everywhere

    def counted(values: Sequence[int]) -> dict[int, int]:
        return {value: n_same * n for value, n in Counter(values).items()}

    pairs = [pair_key(one, other) for one, other in pairwise(run)]
    return Own(
        symbols=run,
        pair_keys=tuple(pairs),
        n_tokens=n_same * len(run),
        alone=counted(run),
        leading=counted(run[:-1]),
        pairs=counted(pairs),
    )


def expected_by_chance(n_places: int, n_paths: int, bits: float) -> float:
    """E of A1: how many pairs of places after the fork would begin this run by chance.

    For branches of equal length n it is n^2 times the number of pairs of branches times 2^-bits.
    What branches have in common after the fork counts once, as it stands in the tree.
    """
    return float(n_places * n_places * (n_paths - 1) / (2 * n_paths) * 2.0**-bits)


def surprisal_bits(index: LexicalIndex, own: Own) -> float:
    """S of A1: -log2 of a run's probability under a bigram law of everything else in the tree.

    The run's occurrences are taken out of the counts. The law of the next symbol is smoothed by
    the law of all symbols, and that by one sighting of each (Dirichlet priors).
    """
    counts = index.counts
    n_all = max(0, len(index.places) - 1 - own.n_tokens) + counts.n_symbols
    # Occurrences in two branches may overlap in what the branches share, which was counted once:
    # hence every count is kept from falling below what is possible.
    alone = {
        symbol: (max(0, counts.alone(symbol) - n) + 1) / n_all for symbol, n in own.alone.items()
    }
    bits = -log2(alone[own.symbols[0]])
    for (one, other), pair in zip(pairwise(own.symbols), own.pair_keys, strict=True):
        n_pair = max(0, counts.pair(pair) - own.pairs[pair])
        n_one = max(n_pair, counts.leading(one) - own.leading[one])
        bits -= log2((n_pair + _PRIOR_STRENGTH * alone[other]) / (n_one + _PRIOR_STRENGTH))
    return bits

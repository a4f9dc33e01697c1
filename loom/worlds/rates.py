"""Exact rates of a process: entropy rate, statistical complexity, excess entropy, suffix precision.

Exact where the beliefs that a start leads to are few (symbol processes, small towns); for a large
world `estimated_rate` averages exact next-token entropies along drawn documents. All in bits.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from loom.worlds.belief import Belief, Filter
from loom.worlds.machine import Chain, State
from loom.worlds.truth import draw

Vector = npt.NDArray[np.float64]
N_DIGITS = 12


@dataclass(frozen=True)
class Rate:
    """Bits per token and tokens per document, with one standard error of the former (0: exact)."""

    bits_per_token: float
    tokens_per_document: float
    standard_error: float


def entropy_bits(probabilities: Iterable[float]) -> float:
    """The entropy of a finite law in bits."""
    return -math.fsum(p * math.log2(p) for p in probabilities if p > 0)


def exact_rate(worlds_filter: Filter[State], n_beliefs_most: int = 20_000) -> Rate:
    """The entropy rate over all beliefs that can be reached from the start of a document.

    Documents that end are renewals: bits of a document over its length, both from one linear
    system. Without an end the same holds in the long run, by the stationary law of the beliefs.
    ValueError if there are more than `n_beliefs_most` of them.
    """
    bits, moves = _reachable(worlds_filter, n_beliefs_most)
    if worlds_filter.machine.end_token is None:
        return Rate(float(_long_run(moves) @ bits), math.inf, 0.0)
    first = np.eye(len(bits))[0]
    visits: Vector = np.linalg.solve((np.eye(len(bits)) - moves).T, first)
    return Rate(float(visits @ bits / visits.sum()), float(visits.sum()), 0.0)


def _reachable(worlds_filter: Filter[State], n_most: int) -> tuple[Vector, Vector]:
    """Next-token entropy of each reachable belief, and how beliefs follow each other."""
    start = worlds_filter.start()
    beliefs = [start]
    numbers = {_key(start): 0}
    rows: list[dict[int, float]] = []
    bits: list[float] = []
    for belief in beliefs:
        law = worlds_filter.said(belief)
        bits.append(entropy_bits(law.values()))
        row: dict[int, float] = {}
        for token in law:
            p, after = worlds_filter.advance(belief, token)
            if token == worlds_filter.machine.end_token:
                continue
            number = numbers.setdefault(_key(after), len(beliefs))
            if number == len(beliefs):
                beliefs.append(after)
            row[number] = row.get(number, 0.0) + p
        rows.append(row)
        if len(beliefs) > n_most:
            raise ValueError(f"more than {n_most} beliefs can be reached")
    moves = np.zeros((len(beliefs), len(beliefs)))
    for number, row in enumerate(rows):
        for target, p in row.items():
            moves[number, target] = p
    return np.array(bits), moves


def _key(belief: Belief[State]) -> frozenset[tuple[State, float]]:
    return frozenset((state, round(weight, N_DIGITS)) for state, weight in belief.weights.items())


def _long_run(moves: Vector) -> Vector:
    """The average law over all times from belief 0, periodic chains included.

    The resolvent (1 - d) (I - d P)^-1 tends to it as d tends to 1; the next order is removed by
    extrapolation from two discounts.
    """
    identity = np.eye(len(moves))

    def discounted(rate: float) -> Vector:
        first = identity[0] * rate
        solved = np.linalg.solve((identity - (1 - rate) * moves).T, first)
        return np.asarray(solved, np.float64)

    coarse, fine = discounted(1e-5), discounted(5e-6)
    return np.asarray(2 * fine - coarse, np.float64)


def estimated_rate(worlds_filter: Filter[State], n_documents: int, seed: int = 1) -> Rate:
    """The entropy rate from drawn documents, each position counted with its exact entropy."""
    rng = random.Random(seed)
    bits, lengths = [], []
    for _ in range(n_documents):
        belief, n_tokens, n_bits = worlds_filter.start(), 0, 0.0
        token = None
        while token is None or token != worlds_filter.machine.end_token:
            law = worlds_filter.said(belief)
            n_bits += entropy_bits(law.values())
            n_tokens += 1
            token = draw(law, rng)
            _, belief = worlds_filter.advance(belief, token)
        bits.append(n_bits)
        lengths.append(n_tokens)
    rate = math.fsum(bits) / sum(lengths)
    mean_length = sum(lengths) / n_documents
    spread = math.fsum((b - rate * n) ** 2 for b, n in zip(bits, lengths, strict=True))
    error = math.sqrt(spread / max(1, n_documents - 1) / n_documents) / mean_length
    return Rate(rate, mean_length, error)


def block_entropy(chain: Chain, n_symbols: int) -> float:
    """H(L): the entropy of the next L symbols from the stationary start."""
    return entropy_bits(math.fsum(w.values()) for w in _words(chain, n_symbols).values())


def excess_entropy(chain: Chain, rate_bits: float, n_symbols: int = 12) -> float:
    """E = H(L) - h L at length L, which has converged where the memory is short."""
    return block_entropy(chain, n_symbols) - rate_bits * n_symbols


def statistical_complexity(chain: Chain) -> float:
    """The entropy of the stationary law of the states, which must be the causal ones."""
    return entropy_bits(chain.start().values())


def suffix_precision(chain: Chain, n_symbols: int) -> float:
    """How often two long histories with the same last n symbols are in the same state."""
    words = _words(chain, n_symbols).values()
    same_state = math.fsum(weight**2 for weights in words for weight in weights.values())
    same_word = math.fsum(math.fsum(weights.values()) ** 2 for weights in words)
    return same_state / same_word


def _words(chain: Chain, n_symbols: int) -> Mapping[tuple[int, ...], Mapping[str, float]]:
    """Every word of n symbols with the joint weight of each state after it."""
    words: dict[tuple[int, ...], dict[str, float]] = {(): dict(chain.start())}
    for _ in range(n_symbols):
        longer: dict[tuple[int, ...], dict[str, float]] = {}
        for word, weights in words.items():
            for state, weight in weights.items():
                for token, p, target in chain.edges(state):
                    after = longer.setdefault((*word, token), {})
                    after[target] = after.get(target, 0.0) + weight * p
        words = longer
    return words

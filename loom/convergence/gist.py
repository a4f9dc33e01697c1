"""Whether two stretches of text say the same thing (A3): alike beyond what unrelated ones are.

How alike unrelated stretches get to be is measured on the tree itself, and of all pairs that are
looked at only so many are called alike that one in twenty of them is expected to be a mistake
(Benjamini & Hochberg). Without vectors of a model the F1 of the words stands in.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from math import erfc, sqrt

import numpy as np
import numpy.typing as npt

from loom.records import Measure, SemanticEvidence

Q_VALUE = 0.05
LEAST_F1 = 0.458
"""Below this the words of two texts are never called the same gist (NoveltyBench's threshold)."""

LEAST_NULL = 20
LEAST_DEVIATION = 0.03
"""Unrelated texts are never taken to be less varied than this."""

_QUANTILE = 0.99

TextPair = tuple[str, str]
Similarity = Callable[[TextPair], float]


def word_f1(pair: TextPair) -> float:
    """The F1 of the words of two texts, each as often as it comes; 0 where one has none."""
    one, other = (Counter(re.findall(r"\w+", text.lower())) for text in pair)
    n_shared = (one & other).total()
    return 2 * n_shared / (one.total() + other.total()) if n_shared else 0.0


def cosine_of(texts: Sequence[str], vectors: Sequence[npt.NDArray[np.float32]]) -> Similarity:
    """The cosine of the vectors of two of these texts."""
    rows = dict(zip(texts, vectors, strict=True))
    return lambda pair: float(rows[pair[0]] @ rows[pair[1]])


def gists(
    pairs: Sequence[TextPair], null: Sequence[TextPair], similarity: Similarity, measure: Measure
) -> list[SemanticEvidence | None]:
    """How alike each pair is, beside unrelated pairs.

    None where a text of the pair is empty, and for all where too few are unrelated. `q_value` is
    the Benjamini-Hochberg one among these pairs, from the tail of a normal law with the mean and
    the deviation of the unrelated: their counts alone could never speak for one pair among as many
    as there are of them. So a pair must pass the 99th percentile as well.
    """
    null, worded = [pair for pair in null if all(pair)], [pair for pair in pairs if all(pair)]
    if len(null) < LEAST_NULL or not worded:
        return [None] * len(pairs)
    unrelated = np.sort([similarity(pair) for pair in null])
    threshold = float(np.quantile(unrelated, _QUANTILE))
    if measure == "shared words":
        threshold = max(threshold, LEAST_F1)
    found = [similarity(pair) for pair in worded]
    mean, deviation = float(unrelated.mean()), max(LEAST_DEVIATION, float(unrelated.std()))
    p_values = [erfc((value - mean) / (deviation * sqrt(2))) / 2 for value in found]
    q_values = _q_values(np.array(p_values))
    told = iter(
        SemanticEvidence(value, threshold, float(q), measure)
        for value, q in zip(found, q_values, strict=True)
    )
    return [next(told) if all(pair) else None for pair in pairs]


def same_gist(evidence: SemanticEvidence | None) -> bool:
    """Whether the pair is alike beyond chance."""
    return (
        evidence is not None
        and evidence.similarity >= evidence.threshold
        and evidence.q_value <= Q_VALUE
    )


def _q_values(p_values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    order = np.argsort(p_values)
    scaled = p_values[order] * len(p_values) / np.arange(1, len(p_values) + 1)
    smallest = np.minimum.accumulate(scaled[::-1])[::-1]
    q_values = np.empty_like(smallest)
    q_values[order] = np.minimum(smallest, 1.0)
    return q_values

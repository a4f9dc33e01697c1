"""The words by which two places are told apart: which they are, and how likely each side says them.

Every future was scored under both histories, so futures of both sides speak for both: a future y
counts r(y) = p_a(y) / (p_a(y) + p_b(y)) for the first place and 1 - r(y) for the second, which is
sampling from the mixture of the two laws, weighted exactly.

A word tells in two ways. One side says it more often; and it is the one at which a reader who goes
from left to right learns the side: |2r - 1| of what was read so far rises there, and over all words
these rises add up to the total variation. Words that only follow from others have none.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from loom.convergence.futures import Reading
from loom.records import TellingWord

MOST_TOLD = 5
LEAST_DIFFERENCE = 0.1
LONG_WORD = 5
"""Letters from which on a word counts in full."""

_AROUND_WORDS = ".,;:!?…\"'“”‘’()[]*_—–-"
_WORD = re.compile(rb"\S+")

Floats = npt.NDArray[np.float64]
Piece = Callable[[int], bytes]


@dataclass(slots=True)
class _Said:
    """What is known of a word: how many futures say it, how likely, and how much it tells."""

    n_futures: int = 0
    one: float = 0.0
    other: float = 0.0
    told: float = 0.0


def telling_words(
    ones: Sequence[Reading], others: Sequence[Reading], piece: Piece
) -> tuple[TellingWord, ...]:
    """The words on which the futures of two places differ most, the most telling first."""
    ways = [_log_odds(reading) for reading in ones] + [-_log_odds(reading) for reading in others]
    shares = np.array([(1 + np.tanh(way[-1] / 2)) / 2 for way in ways])
    for_one, for_other = _parts(shares), _parts(1 - shares)
    known: defaultdict[str, _Said] = defaultdict(_Said)
    for number, reading in enumerate([*ones, *others]):
        rises: defaultdict[str, float] = defaultdict(float)
        for word, rise in _words(reading, ways[number], piece):
            rises[word] += rise
        for word, rise in rises.items():
            said = known[word]
            said.n_futures += 1
            said.one += float(for_one[number])
            said.other += float(for_other[number])
            said.told += rise / len(ways)
    # A word must tell in more than one future.
    found = {word: said for word, said in known.items() if said.n_futures > 1}
    ranked = sorted(found.items(), key=lambda item: (-_telling(*item), item[0]))
    return tuple(
        TellingWord(word, min(1.0, said.one), min(1.0, said.other))
        for word, said in ranked
        if abs(said.one - said.other) >= LEAST_DIFFERENCE
    )[:MOST_TOLD]


def _telling(word: str, said: _Said) -> float:
    """Short words count less: they mostly say how a thing is said, and not what."""
    length = min(1.0, len(word) / LONG_WORD)
    return round(length * (abs(said.one - said.other) + said.told), 6)


def _log_odds(reading: Reading) -> Floats:
    """Ln p_own / p_other of the first n tokens, shape (n_tokens + 1,)."""
    future, other = reading
    with np.errstate(invalid="ignore"):
        steps = np.nan_to_num(future.log2_probs - other, nan=0.0, posinf=1e6, neginf=-1e6)
    return np.concatenate([[0.0], np.cumsum(steps) * np.log(2)])


def _words(reading: Reading, way: Floats, piece: Piece) -> Iterator[tuple[str, float]]:
    """Each word of a future, without one that may go on behind its end, and how much it tells."""
    future, _ = reading
    pieces = [piece(token) for token in future.token_ids]
    text, ends = b"".join(pieces), list(accumulate(map(len, pieces), initial=0))
    gaps = np.abs(np.tanh(way / 2))
    for found in _WORD.finditer(text):
        if found.end() == len(text) and found.start() and not future.ended and _goes_on(text):
            return
        word = found[0].decode("utf-8", "ignore").strip(_AROUND_WORDS)
        before = max(n for n, end in enumerate(ends) if end <= found.start())
        behind = min(n for n, end in enumerate(ends) if end >= found.end())
        if word:
            yield word, float(gaps[behind] - gaps[before])


def _goes_on(text: bytes) -> bool:
    return text[-1:].isalnum() or text[-1] >= 0x80


def _parts(weights: Floats) -> Floats:
    total = float(weights.sum())
    return weights / total if total > 0 else weights

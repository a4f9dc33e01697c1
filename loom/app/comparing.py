"""Texts side by side: where all of them say the same, and which words of each are its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations

MOST_WORDS = 1_500
"""Words of each text that are compared: it takes the square of them."""

LEAST_SHARED = 3
"""Words in a row that all share; fewer stay in their columns, where they read better."""

_WORD = re.compile(r"\s*\S+")

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words [start, end) of each text that stand beside one another; `shared` if all are alike."""

    ranges: tuple[Range, ...]
    shared: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Each text as words (with the white space before them), and the stretches from top to bottom.

    `own[i]` are the numbers of the words of text i that no other text has in that place;
    `n_alike` words are the same in all.
    """

    words: tuple[tuple[str, ...], ...]
    own: tuple[frozenset[int], ...]
    stretches: tuple[Stretch, ...]
    n_alike: int


def compare(texts: Sequence[str]) -> Comparison:
    """Align two or more texts by their words; only the first `MOST_WORDS` of each."""
    words = tuple(tuple(_WORD.findall(text)[:MOST_WORDS]) for text in texts)
    bare = [[word.strip() for word in column] for column in words]
    matches = {pair: _matched(bare[pair[0]], bare[pair[1]]) for pair in _pairs(len(texts))}
    own = tuple(
        frozenset(range(len(column))) - _met(number, matches) for number, column in enumerate(words)
    )
    first = [matches[0, other] for other in range(1, len(texts))]
    stretches = tuple(_stretches([len(column) for column in words], first))
    n_alike = sum(all(at in match for match in first) for at in range(len(words[0])))
    return Comparison(words, own, stretches, n_alike)


def _pairs(n: int) -> list[tuple[int, int]]:
    return list(combinations(range(n), 2))


def _matched(a: Sequence[str], b: Sequence[str]) -> dict[int, int]:
    """Which word of b each word of a is, in order."""
    blocks = SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()
    return {i + at: j + at for i, j, n in blocks for at in range(n)}


def _met(number: int, matches: dict[tuple[int, int], dict[int, int]]) -> set[int]:
    met: set[int] = set()
    for (one, other), pairs in matches.items():
        if number == one:
            met.update(pairs)
        elif number == other:
            met.update(pairs.values())
    return met


def _stretches(lengths: Sequence[int], first: Sequence[dict[int, int]]) -> list[Stretch]:
    """Shared runs and what lies between them; `first` matches the first text with each other."""
    found: list[Stretch] = []
    at = tuple(0 for _ in lengths)
    for start, n in _runs(lengths[0], first):
        begin = (start, *(match[start] for match in first))
        if begin != at:
            found.append(Stretch(tuple(zip(at, begin, strict=True)), shared=False))
        at = tuple(place + n for place in begin)
        found.append(Stretch(tuple(zip(begin, at, strict=True)), shared=True))
    if at != tuple(lengths):
        found.append(Stretch(tuple(zip(at, lengths, strict=True)), shared=False))
    return found


def _runs(length: int, first: Sequence[dict[int, int]]) -> list[tuple[int, int]]:
    """Where words begin that all texts have in a row, and how many."""
    runs: list[tuple[int, int]] = []
    at = 0
    while at < length:
        n = 0
        while _goes_on(at, n, first):
            n += 1
        if n >= LEAST_SHARED:
            runs.append((at, n))
        at += max(1, n)
    return runs


def _goes_on(at: int, n: int, first: Sequence[dict[int, int]]) -> bool:
    return all(at in match and match.get(at + n) == match[at] + n for match in first)

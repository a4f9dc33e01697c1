"""Continuations counted by how they begin: pure questions to texts and their laws."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from loom.app.display import shown_in_a_line
from loom.session.token_laws import NodeLaws
from loom.tree.node import Node

By = Literal["first word", "first sentence", "whole text"]
WAYS: tuple[By, ...] = get_args(By)

_WORD = re.compile(r"\s*[^\w\s]*[\w'’-]+|\s*[^\w\s]+|\s+")
_SENTENCE = re.compile(r"\s*.*?[.!?…][\"'”’)]*(?=\s|$)", re.DOTALL)

Laws = Callable[[str], NodeLaws | None]


@dataclass(frozen=True, slots=True)
class Count:
    """Continuations that begin alike: `numbers` are those of the branches, from 1.

    `probability` is that of the tokens with which they begin, at T = 1 with nothing cut; None
    where it was not scored. Another spelling of the same words is not in it.
    """

    words: str
    numbers: tuple[int, ...]
    probability: float | None

    @property
    def n(self) -> int:
        """How many there are."""
        return len(self.numbers)


@dataclass(frozen=True, slots=True)
class Tally:
    """All continuations that have anything to count, the most frequent first."""

    by: By
    counts: tuple[Count, ...]
    n_all: int


def beginning(text: str, by: By) -> str:
    """The part of a text that is compared; the whole of it where it has no such part."""
    if by == "whole text":
        return text
    found = (_WORD if by == "first word" else _SENTENCE).match(text)
    return found[0] if found else text


def tally(nodes: Sequence[Node], by: By, laws: Laws) -> Tally:
    """Count finished and growing continuations; those without text say nothing yet."""
    groups: dict[str, list[int]] = {}
    for number, node in enumerate(nodes, 1):
        if node.text:
            words = beginning(node.display_text(), by)
            groups.setdefault(words.strip() if by != "whole text" else words, []).append(number)
    counts = [_count(words, numbers, nodes, by, laws) for words, numbers in groups.items()]
    counts.sort(key=lambda count: -count.n)
    return Tally(by, tuple(counts), sum(count.n for count in counts))


def _count(words: str, numbers: list[int], nodes: Sequence[Node], by: By, laws: Laws) -> Count:
    spellings: dict[tuple[int, ...], float] = {}
    for number in numbers:
        node = nodes[number - 1]
        known = laws(node.id)
        if known is None:
            return Count(_line(words), tuple(numbers), None)
        n_bytes = len(beginning(node.display_text(), by).encode("utf-8", "replace"))
        n_tokens = _n_tokens(known, n_bytes, whole=by == "whole text")
        ids = tuple(known.columns.ids[:n_tokens].tolist())
        spellings[ids] = float(np.exp(known.logprob[:n_tokens].sum(dtype=np.float64)))
    # One spelling may be the beginning of another, which is then in it already.
    own = [p for ids, p in spellings.items() if not _begins_with_another(ids, spellings)]
    return Count(_line(words), tuple(numbers), sum(own))


def _n_tokens(laws: NodeLaws, n_bytes: int, *, whole: bool) -> int:
    """How many tokens it takes to spell so many bytes; of a whole text all, its end included."""
    return len(laws) if whole else int(np.searchsorted(laws.offsets(), n_bytes))


def _begins_with_another(ids: tuple[int, ...], others: dict[tuple[int, ...], float]) -> bool:
    return any(len(other) < len(ids) and ids[: len(other)] == other for other in others)


def _line(words: str) -> str:
    return shown_in_a_line(words.encode("utf-8", "surrogateescape")).strip() or "(white space)"

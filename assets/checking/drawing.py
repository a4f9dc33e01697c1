"""Drawing from a model and asking it for probabilities, many sequences in one batch."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from loom.engine.backend import Backend, Row, Sampler
from loom.records import Sampling

MOST_AT_ONCE = 32
"""Sequences of one batch, which are numbered from 1."""

FEW_AT_ONCE = 4
"""As many where they are long: every step looks at the cells of all."""

SHORT = 64
"""Tokens that are not long."""


@dataclass
class _Growing:
    """One continuation on its way, in the sequence of its number."""

    index: int
    sampler: Sampler
    tokens: list[int] = field(default_factory=list)


def read(model: Backend, sequence: int, tokens: Sequence[int]) -> None:
    """Let a sequence hold these tokens and nothing else."""
    model.forget(sequence)
    for start in range(0, len(tokens), model.n_batch):
        stop = min(len(tokens), start + model.n_batch)
        model.decode([Row(tokens[i], i, sequence, False) for i in range(start, stop)])


def continuations(
    model: Backend,
    history: Sequence[int],
    n: int,
    n_tokens: int,
    sampling: Sampling,
    seed: int,
    ends: Sequence[int],
) -> list[list[int]]:
    """So many continuations of one history, each up to an end token or `n_tokens`.

    Some grow in one batch; where one ends another begins.
    """
    n_at_once = FEW_AT_ONCE if n_tokens > SHORT else MOST_AT_ONCE
    read(model, 0, history[:-1])
    waiting = iter(range(n))
    growing: dict[int, _Growing] = {}
    done: dict[int, list[int]] = {}
    while len(done) < n:
        for sequence in range(1, n_at_once + 1):
            if sequence not in growing and (index := next(waiting, None)) is not None:
                model.forget(sequence)
                model.copy(0, sequence, len(history) - 1)
                sampler = model.sampler(sampling, seed * 100_003 + index)
                growing[sequence] = _Growing(index, sampler)
        _step(model, history, growing)
        for sequence, one in list(growing.items()):
            if one.tokens[-1] in ends or len(one.tokens) == n_tokens:
                done[one.index] = one.tokens
                one.sampler.close()
                del growing[sequence]
    for sequence in range(n_at_once + 1):
        model.forget(sequence)
    return [done[index] for index in range(n)]


def _step(model: Backend, history: Sequence[int], growing: dict[int, _Growing]) -> None:
    """One token more for each."""
    model.decode(
        [
            Row([history[-1], *one.tokens][-1], len(history) - 1 + len(one.tokens), sequence, True)
            for sequence, one in growing.items()
        ]
    )
    for law, one in enumerate(growing.values()):
        one.tokens.append(one.sampler.draw(law, may_end=True))


def logprobs_after(
    model: Backend, history: Sequence[int], texts: Sequence[Sequence[int]]
) -> list[float]:
    """The ln p of each text (at most `MOST_AT_ONCE`) after one history, which is read once."""
    read(model, 0, history[:-1])
    rows: list[tuple[Row, int, int]] = []
    for number, text in enumerate(texts):
        model.forget(number + 1)
        model.copy(0, number + 1, len(history) - 1)
        for i, (before, token) in enumerate(zip([history[-1], *text], text, strict=False)):
            rows.append((Row(before, len(history) - 1 + i, number + 1, True), token, number))
    sums = [0.0] * len(texts)
    for part in _parts(rows, model.n_batch):
        model.decode([row for row, _, _ in part])
        chosen = [token for _, token, _ in part]
        found = model.statistics(range(len(part)), chosen, 1).logprob.tolist()
        for (_, _, number), logprob in zip(part, found, strict=True):
            sums[number] += logprob
    for sequence in range(len(texts) + 1):
        model.forget(sequence)
    return sums


def probability_after(model: Backend, history: Sequence[int], text: Sequence[int]) -> float:
    """The probability of one text after a history."""
    return math.exp(logprobs_after(model, history, [text])[0])


def _parts(
    rows: Sequence[tuple[Row, int, int]], size: int
) -> Iterator[Sequence[tuple[Row, int, int]]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]

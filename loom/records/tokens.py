"""Tokens in columns: one row a token, so that a step of sixteen branches is a handful of arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class TokenStats:
    """What the model's own law (T = 1, nothing cut) said at n positions, from the full logits.

    `logprob` is the natural logarithm of the chosen token's probability, shape (n,); `top_ids`
    and `top_logprobs` are the K likeliest tokens in falling order, shape (n, K); `residual_mass`
    is the probability outside them. `entropy_bits`, `collision` (sum of squared probabilities),
    `varentropy_bits2` (variance of the surprisal) and `p_max` are exact, shape (n,).
    """

    logprob: Floats
    top_ids: Ints
    top_logprobs: Floats
    residual_mass: Floats
    entropy_bits: Floats
    collision: Floats
    varentropy_bits2: Floats
    p_max: Floats


@dataclass(frozen=True, slots=True, eq=False)
class TokenColumns:
    """n tokens: their ids (n,), the bytes each stands for, seconds since the request, statistics.

    `stats` is None where the backend sees no full logits. Rows may belong to one continuation
    (in order) or to several (one step of a batch); whoever passes them on says which.
    """

    ids: Ints
    pieces: tuple[bytes, ...]
    elapsed_s: Floats
    stats: TokenStats | None

    def __len__(self) -> int:
        return len(self.pieces)


def row_of(tokens: TokenColumns, row: int) -> TokenColumns:
    """One row, as views of the arrays it stands in."""
    return rows_of(tokens, row, row + 1)


# The columns are named one by one below: going through the fields of a dataclass takes three times
# as long, and every step of every branch passes here.


def rows_of(tokens: TokenColumns, start: int, end: int) -> TokenColumns:
    """The rows from `start` up to `end`, as views of the arrays they stand in."""
    here, stats = slice(start, end), tokens.stats
    return TokenColumns(
        ids=tokens.ids[here],
        pieces=tokens.pieces[here],
        elapsed_s=tokens.elapsed_s[here],
        stats=None if stats is None else _statistics_rows(stats, here),
    )


def rows_at(tokens: TokenColumns, rows: Sequence[int]) -> TokenColumns:
    """Some of the rows, in the order in which they are named, copied."""
    here, stats = np.asarray(rows, np.intp), tokens.stats
    return TokenColumns(
        ids=tokens.ids[here],
        pieces=tuple([tokens.pieces[row] for row in rows]),
        elapsed_s=tokens.elapsed_s[here],
        stats=None if stats is None else _statistics_rows(stats, here),
    )


def _statistics_rows(stats: TokenStats, here: slice | npt.NDArray[np.intp]) -> TokenStats:
    return TokenStats(
        logprob=stats.logprob[here],
        top_ids=stats.top_ids[here],
        top_logprobs=stats.top_logprobs[here],
        residual_mass=stats.residual_mass[here],
        entropy_bits=stats.entropy_bits[here],
        collision=stats.collision[here],
        varentropy_bits2=stats.varentropy_bits2[here],
        p_max=stats.p_max[here],
    )


def concat(blocks: Sequence[TokenColumns]) -> TokenColumns:
    """All rows of all blocks, in order; statistics are kept only if every block has them."""
    if not blocks:
        return TokenColumns(np.zeros(0, np.int32), (), np.zeros(0, np.float32), None)
    parts = [block.stats for block in blocks if block.stats is not None]
    return TokenColumns(
        ids=np.concatenate([block.ids for block in blocks]),
        pieces=tuple(chain.from_iterable([block.pieces for block in blocks])),
        elapsed_s=np.concatenate([block.elapsed_s for block in blocks]),
        stats=concat_statistics(parts) if len(parts) == len(blocks) else None,
    )


def concat_statistics(parts: Sequence[TokenStats]) -> TokenStats:
    """The statistics of all rows of all parts (at least one), in order."""
    return TokenStats(
        logprob=np.concatenate([part.logprob for part in parts]),
        top_ids=np.concatenate([part.top_ids for part in parts]),
        top_logprobs=np.concatenate([part.top_logprobs for part in parts]),
        residual_mass=np.concatenate([part.residual_mass for part in parts]),
        entropy_bits=np.concatenate([part.entropy_bits for part in parts]),
        collision=np.concatenate([part.collision for part in parts]),
        varentropy_bits2=np.concatenate([part.varentropy_bits2 for part in parts]),
        p_max=np.concatenate([part.p_max for part in parts]),
    )

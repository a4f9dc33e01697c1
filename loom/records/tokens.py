"""Tokens in columns: one row a token, so that a step of sixteen branches is a handful of arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

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


def rows_of(tokens: TokenColumns, start: int, end: int) -> TokenColumns:
    """The rows from `start` up to `end`, as views of the arrays they stand in."""
    here = slice(start, end)
    stats = tokens.stats
    return TokenColumns(
        ids=tokens.ids[here],
        pieces=tokens.pieces[here],
        elapsed_s=tokens.elapsed_s[here],
        stats=None
        if stats is None
        else TokenStats(*(getattr(stats, f.name)[here] for f in fields(TokenStats))),
    )


def concat(blocks: Sequence[TokenColumns]) -> TokenColumns:
    """All rows of all blocks, in order; statistics are kept only if every block has them."""
    parts = [block.stats for block in blocks if block.stats is not None]
    whole = bool(parts) and len(parts) == len(blocks)
    return TokenColumns(
        ids=np.concatenate([np.zeros(0, np.int32), *(block.ids for block in blocks)]),
        pieces=tuple(piece for block in blocks for piece in block.pieces),
        elapsed_s=np.concatenate([np.zeros(0, np.float32), *(b.elapsed_s for b in blocks)]),
        stats=TokenStats(
            *(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(TokenStats))
        )
        if whole
        else None,
    )

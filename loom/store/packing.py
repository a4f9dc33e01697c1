"""Tokens as bytes of little-endian columns, and back."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from loom.records.tokens import Floats, Ints, TokenColumns, TokenStats
from loom.store.deflating import deflated

LIGHTLY = 1
"""zlib's level for what is kept: logarithms of probabilities shrink little anyhow."""

NOT_AT_ALL = 0
"""For drafts: compressing the tokens of one step takes longer than writing them."""

_TOO_MANY = 1 << 31
"""No position has statistics of so many tokens: a vocabulary has fewer."""

_INT = np.dtype("<i4")
_FLOAT = np.dtype("<f4")

Row = tuple[bytes, bytes, bytes, bytes, int | None, bytes | None]
"""text, token_ids, piece_sizes, elapsed_s, n_top, packed: as the columns are called on disk."""


@dataclass(frozen=True, slots=True)
class PackedTokens:
    """n tokens: their text, and ids, piece sizes and seconds at four bytes a token."""

    text: bytes
    token_ids: bytes
    piece_sizes: bytes
    elapsed_s: bytes


@dataclass(frozen=True, slots=True)
class PackedStatistics:
    """The statistics of n tokens, compressed; `n_top` is K."""

    n_top: int
    packed: bytes


def pack(tokens: TokenColumns) -> PackedTokens:
    """Everything but the statistics."""
    return PackedTokens(
        text=b"".join(tokens.pieces),
        token_ids=_bytes(tokens.ids, _INT),
        piece_sizes=pack_ints(list(map(len, tokens.pieces))),
        elapsed_s=_bytes(tokens.elapsed_s, _FLOAT),
    )


def unpack(packed: PackedTokens, stats: TokenStats | None) -> TokenColumns:
    """The tokens again; ValueError if the columns do not fit together."""
    pieces = unpack_pieces(packed.text, packed.piece_sizes)
    ids, elapsed_s = unpack_ints(packed.token_ids), unpack_floats(packed.elapsed_s)
    if not len(ids) == len(elapsed_s) == len(pieces):
        raise ValueError("columns of different lengths")
    return TokenColumns(ids=ids, pieces=pieces, elapsed_s=elapsed_s, stats=stats)


def unpack_read(text: bytes, token_ids: bytes, piece_sizes: bytes) -> TokenColumns:
    """The tokens of a text that a model only read: elapsed_s is 0, and there are no statistics.

    ValueError if the columns do not fit together.
    """
    ids, pieces = unpack_ints(token_ids), unpack_pieces(text, piece_sizes)
    if len(ids) != len(pieces):
        raise ValueError("columns of different lengths")
    return TokenColumns(ids, pieces, np.zeros(len(ids), np.float32), None)


def unpack_row(row: Row) -> TokenColumns:
    """The tokens of one row of content or of drafts, with their statistics if it has some."""
    text, token_ids, piece_sizes, elapsed_s, n_top, packed = row
    stats = None
    if n_top is not None and packed is not None:
        stats = unpack_statistics(PackedStatistics(n_top, packed), len(unpack_ints(token_ids)))
    return unpack(PackedTokens(text, token_ids, piece_sizes, elapsed_s), stats)


def merge_rows(rows: Sequence[Row]) -> TokenColumns:
    """The tokens of several rows, in order; statistics are kept only if every row has them.

    A branch has a draft for every moment at which it was written, hundreds of few tokens each:
    they are joined before they are understood.
    """
    texts, ids, sizes, seconds = (
        b"".join(map(_bytes_in, column)) for column in list(zip(*rows, strict=True))[:4]
    )
    parts = [_columns_of(row) for row in rows]
    whole = [part for part in parts if part is not None]
    columns = [np.concatenate(column) for column in zip(*whole, strict=True)]
    stats = None if len(whole) < len(rows) else _statistics(columns)
    return unpack(PackedTokens(texts, ids, sizes, seconds), stats)


def _columns_of(row: Row) -> list[npt.NDArray[np.int32]] | None:
    """The words of each column of a row's statistics, those of tables in their shape."""
    n_top, packed = row[4:]
    if n_top is None or packed is None:
        return None
    return _split(PackedStatistics(n_top, packed), len(row[1]) // _INT.itemsize)


def pack_ints(values: Sequence[int]) -> bytes:
    """Whole numbers at four bytes each."""
    return np.asarray(values, dtype=_INT).tobytes()


def unpack_ints(packed: bytes) -> Ints:
    """The whole numbers again; ValueError if a byte is missing."""
    return np.frombuffer(_bytes_in(packed), dtype=_INT).astype(np.int32)


def unpack_floats(packed: bytes) -> Floats:
    """The numbers again; ValueError if a byte is missing."""
    return np.frombuffer(_bytes_in(packed), dtype=_FLOAT).astype(np.float32)


def unpack_pieces(text: bytes, piece_sizes: bytes) -> tuple[bytes, ...]:
    """The bytes of each token; ValueError if the sizes do not add up to the text."""
    sizes = unpack_ints(piece_sizes).tolist()
    if sum(sizes) != len(_bytes_in(text)) or min(sizes, default=0) < 0:
        raise ValueError("pieces that are not the text")
    ends = list(accumulate(sizes))
    return tuple(text[end - size : end] for size, end in zip(sizes, ends, strict=True))


def _bytes_in(column: object) -> bytes:
    # SQLite gives what a row says it holds, and one wrong bit in a row makes it say a text.
    if not isinstance(column, bytes):
        raise ValueError("a column that holds no bytes")
    return column


def pack_statistics(stats: TokenStats, level: int = LIGHTLY) -> PackedStatistics:
    """The statistics as a zlib stream, compressed lightly or not at all."""
    before = _bytes(stats.logprob, _FLOAT)
    ids = _bytes(stats.top_ids, _INT)
    after = b"".join(
        _bytes(column, _FLOAT)
        for column in (
            stats.top_logprobs,
            stats.residual_mass,
            stats.entropy_bits,
            stats.collision,
            stats.varentropy_bits2,
            stats.p_max,
        )
    )
    if level == NOT_AT_ALL:
        packed = zlib.compress(before + ids + after, NOT_AT_ALL)
    else:
        packed = deflated(before, ids, after)
    return PackedStatistics(n_top=int(stats.top_ids.shape[1]), packed=packed)


def _bytes(column: npt.NDArray[np.generic], dtype: npt.DTypeLike) -> bytes:
    return column.astype(dtype, copy=False).tobytes()


def unpack_statistics(statistics: PackedStatistics, n_tokens: int) -> TokenStats:
    """The statistics again; ValueError if they are not those of n tokens."""
    return _statistics(_split(statistics, n_tokens))


def _split(statistics: PackedStatistics, n_tokens: int) -> list[npt.NDArray[np.int32]]:
    """The words of each column, those of tables in their shape."""
    n, n_table = n_tokens, n_tokens * _width(statistics.n_top)
    sizes = (n, n_table, n_table, n, n, n, n, n)
    words = np.frombuffer(_decompress(statistics.packed, 4 * sum(sizes)), dtype=_INT)
    ends = list(accumulate(sizes))
    # np.split does the same in ten times the time, and there is a call for every node.
    columns = [words[end - size : end] for size, end in zip(sizes, ends, strict=True)]
    columns[1:3] = (table.reshape(n, statistics.n_top) for table in columns[1:3])
    return columns


def _width(n_top: object) -> int:
    if not isinstance(n_top, int) or not 0 <= n_top < _TOO_MANY:
        raise ValueError(f"statistics of {n_top} tokens at each position")
    return n_top


def _statistics(columns: Sequence[npt.NDArray[np.int32]]) -> TokenStats:
    """Statistics from the words of each of their columns."""
    logprob, _, top_logprobs, residual, entropy, collision, varentropy, p_max = map(
        _floats, columns
    )
    return TokenStats(
        logprob=logprob,
        top_ids=columns[1].astype(np.int32),
        top_logprobs=top_logprobs,
        residual_mass=residual,
        entropy_bits=entropy,
        collision=collision,
        varentropy_bits2=varentropy,
        p_max=p_max,
    )


def _floats(words: npt.NDArray[np.int32]) -> Floats:
    return words.view(_FLOAT).astype(np.float32)


def _decompress(packed: bytes, n_bytes: int) -> bytes:
    # A bound, because a session may come from a stranger and a few bytes can unfold to gigabytes.
    unfold = zlib.decompressobj()
    try:
        whole = unfold.decompress(_bytes_in(packed), n_bytes + 1)
    except zlib.error as error:
        raise ValueError(f"statistics that cannot be unpacked ({error})") from error
    if len(whole) != n_bytes:
        raise ValueError("statistics of another length")
    return whole

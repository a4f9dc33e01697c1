from __future__ import annotations

import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loom.records import TokenColumns, TokenStats
from loom.records.tokens import concat
from loom.store.deflating import deflated
from loom.store.packing import Row, merge_rows, pack, pack_statistics, unpack, unpack_row
from tests.store.specimens import columns, pieces, same_tokens, statistics


@given(pieces(), st.one_of(st.none(), st.integers(0, 5)), st.integers(0, 2**32))
def test_tokens_come_back_bit_for_bit(read: list[bytes], n_top: int | None, seed: int):
    tokens = columns(read, n_top=n_top, seed=seed)
    packed = pack(tokens)
    stats = None if tokens.stats is None else pack_statistics(tokens.stats)
    row = (packed.text, packed.token_ids, packed.piece_sizes, packed.elapsed_s)
    back = unpack_row((*row, stats and stats.n_top, stats and stats.packed))
    assert same_tokens(back, tokens)


def test_infinities_and_nothings_survive():
    stats = statistics(2, 2, 0)
    stats.top_logprobs[:] = [[np.inf, -np.inf], [np.nan, -0.0]]
    packed = pack_statistics(stats)
    tokens = TokenColumns(np.zeros(2, np.int32), (b"", b""), np.zeros(2, np.float32), stats)
    text = pack(tokens)
    row = (text.text, text.token_ids, text.piece_sizes, text.elapsed_s)
    assert same_tokens(unpack_row((*row, packed.n_top, packed.packed)), tokens)


def test_columns_of_other_widths_are_kept_as_they_are_described():
    wide = columns([b"a", b"b"], n_top=2)
    assert wide.stats is not None
    doubled = TokenStats(
        *(getattr(wide.stats, name).astype(np.float64) for name in TokenStats.__slots__)
    )
    assert pack_statistics(doubled) == pack_statistics(wide.stats)


def test_columns_of_different_lengths_are_no_tokens():
    packed = pack(columns([b"a", b"b"]))
    longer = pack(columns([b"a", b"b", b""]))
    with pytest.raises(ValueError, match="different lengths"):
        unpack(type(packed)(packed.text, longer.token_ids, packed.piece_sizes, b""), None)


def test_statistics_from_a_stranger_cannot_fill_the_memory():
    bomb = pack_statistics(statistics(100_000, 0, 0))
    packed = pack(columns([b"a"]))
    row = (packed.text, packed.token_ids, packed.piece_sizes, packed.elapsed_s)
    with pytest.raises(ValueError, match="another length"):
        unpack_row((*row, 0, bomb.packed))


def test_statistics_of_fifty_tokens_take_at_most_450_bytes_a_token():
    dice = np.random.default_rng(0)
    n, n_top = 512, 50
    logits = -np.sort(-dice.normal(0, 3, (n, 2000)).astype(np.float32), axis=1)[:, :n_top]
    stats = statistics(n, n_top, 0)
    stats.top_logprobs[:] = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    tokens = columns([b"word"] * n)
    packed = pack(tokens)
    texts = (packed.text, packed.token_ids, packed.piece_sizes, packed.elapsed_s)
    size = sum(map(len, texts)) + len(pack_statistics(stats).packed)
    assert size / n <= 450


def row(tokens: TokenColumns, level: int) -> Row:
    packed = pack(tokens)
    stats = None if tokens.stats is None else pack_statistics(tokens.stats, level)
    return (
        packed.text,
        packed.token_ids,
        packed.piece_sizes,
        packed.elapsed_s,
        None if stats is None else stats.n_top,
        None if stats is None else stats.packed,
    )


@given(
    st.lists(st.tuples(st.integers(1, 2), st.booleans()), min_size=1),
    st.integers(0, 4),
    st.integers(0, 1),
)
def test_rows_read_together_are_what_each_of_them_is(
    shapes: list[tuple[int, bool]], n_top: int, level: int
) -> None:
    blocks = [
        columns([b"x" * i] * n, n_top=n_top if counted else None, seed=i)
        for i, (n, counted) in enumerate(shapes)
    ]
    assert same_tokens(merge_rows([row(block, level) for block in blocks]), concat(blocks))
    of_one_token = [columns([b"y"], n_top=n_top, seed=i) for i in range(len(shapes))]
    merged = merge_rows([row(block, level) for block in of_one_token])
    assert same_tokens(merged, concat(of_one_token))


@given(st.binary(max_size=300), st.binary(max_size=300), st.binary(max_size=300))
def test_three_parts_are_one_stream_that_any_zlib_reads(one: bytes, two: bytes, three: bytes):
    assert zlib.decompress(deflated(one, two, three)) == one + two + three


def test_parts_longer_than_a_stored_block_are_one_stream():
    parts = [bytes(range(256)) * 300, bytes(100_000), b"end" * 50_000]
    assert zlib.decompress(deflated(*parts)) == b"".join(parts)

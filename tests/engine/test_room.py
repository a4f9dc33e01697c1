"""What fits in memory: arithmetic, without a model."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loom.engine.room import (
    CELL_STEP,
    DEFAULT_WINDOW,
    LEAST_WINDOW,
    NotEnoughMemoryError,
    Shape,
    Wish,
    fewer_layers,
    fitting_cells,
    fitting_layers,
    gib,
    need_of,
    wanted_cells,
)

GIB = 1 << 30
MISTRAL = Shape(
    name="mistral-7b",
    n_layers=32,
    n_embd=4096,
    n_heads=32,
    n_vocab=32_000,
    n_ctx_train=32_768,
    n_cached=65_536,
    weight_bytes=4 * GIB,
)
WISH = Wish(n_ctx=None, cache_type="f16", n_sequences=256, flash=True)

shapes = st.builds(
    Shape,
    name=st.just("m"),
    n_layers=st.integers(1, 128),
    n_embd=st.integers(32, 16_384),
    n_heads=st.integers(1, 128),
    n_vocab=st.integers(0, 300_000),
    n_ctx_train=st.integers(0, 1_000_000),
    n_cached=st.integers(0, 500_000),
    weight_bytes=st.integers(0, 500 * GIB),
)
wishes = st.builds(
    Wish,
    n_ctx=st.none() | st.integers(16, 2_000_000),
    cache_type=st.sampled_from(["f16", "q8_0", "q4_0"]),
    n_sequences=st.integers(1, 256),
    flash=st.booleans(),
)


def test_the_window_is_the_default_and_cells_beside_it_are_bounded() -> None:
    cells = wanted_cells(MISTRAL, WISH)
    assert cells.n_ctx == DEFAULT_WINDOW
    assert MISTRAL.cache_bytes(cells.n_cells, "f16") == GIB


def test_a_quantised_cache_takes_less() -> None:
    assert MISTRAL.cache_bytes(1024, "q8_0") / MISTRAL.cache_bytes(1024, "f16") == 34 / 64
    assert MISTRAL.cache_bytes(1024, "f32") == 2 * MISTRAL.cache_bytes(1024, "bf16")


def test_cells_beside_the_window_are_given_up_first() -> None:
    wanted = wanted_cells(MISTRAL, WISH)
    less = fitting_cells(MISTRAL, WISH, 5 * GIB, on_host=1.0)
    assert less.n_ctx == wanted.n_ctx <= less.n_cells < wanted.n_cells


def test_a_window_that_nobody_chose_shrinks() -> None:
    tight = 4 * GIB + 450 * 2**20
    cells = fitting_cells(MISTRAL, WISH, tight, on_host=1.0)
    assert LEAST_WINDOW <= cells.n_ctx == cells.n_cells < DEFAULT_WINDOW
    with pytest.raises(NotEnoughMemoryError):
        fitting_cells(MISTRAL, replace(WISH, n_ctx=DEFAULT_WINDOW), tight, on_host=1.0)


def test_the_largest_window_that_fits_is_said_and_does_fit() -> None:
    asked = replace(WISH, n_ctx=32_768)
    with pytest.raises(NotEnoughMemoryError, match="32,768 tokens of mistral-7b") as refused:
        fitting_cells(MISTRAL, asked, 6 * GIB, on_host=1.0)
    said = re.search(r"--ctx (\d+)", refused.value.remedy)
    assert said is not None
    most = int(said.group(1))
    assert fitting_cells(MISTRAL, replace(asked, n_ctx=most), 6 * GIB, on_host=1.0).n_ctx == most
    with pytest.raises(NotEnoughMemoryError):
        fitting_cells(MISTRAL, replace(asked, n_ctx=most + 1), 6 * GIB, on_host=1.0)


def test_weights_that_do_not_fit_are_said_to_be_too_large() -> None:
    with pytest.raises(NotEnoughMemoryError, match=r"needs about 4\.\d GiB .* 2\.0 GiB is free"):
        fitting_cells(MISTRAL, WISH, 2 * GIB, on_host=1.0)


def test_what_lies_on_a_gpu_needs_no_room_here() -> None:
    assert fitting_cells(MISTRAL, WISH, GIB, on_host=0.0) == wanted_cells(MISTRAL, WISH)


@given(shapes, wishes, st.integers(0, 1000 * GIB))
def test_what_fits_is_what_was_asked_for_or_said_to_be_too_much(
    shape: Shape, wish: Wish, room_bytes: int
) -> None:
    wanted = wanted_cells(shape, wish)
    try:
        cells = fitting_cells(shape, wish, room_bytes, on_host=1.0)
    except NotEnoughMemoryError as error:
        room_bytes += error.short_bytes
        cells = fitting_cells(shape, wish, room_bytes, on_host=1.0)
    assert 0 < cells.n_ctx <= cells.n_cells <= wanted.n_cells
    assert cells.n_ctx == wanted.n_ctx or wish.n_ctx is None
    assert cells.n_cells % CELL_STEP == 0
    needed = shape.weight_bytes + shape.cache_bytes(cells.n_cells, wish.cache_type)
    assert needed <= room_bytes


@given(shapes, wishes, st.integers(0, 1000 * GIB))
def test_what_is_told_beforehand_is_what_opening_does(
    shape: Shape, wish: Wish, room_bytes: int
) -> None:
    wish = replace(wish, cache_type="f16")
    told = need_of(shape, wish, room_bytes)
    try:
        cells = fitting_cells(shape, wish, room_bytes, on_host=1.0)
    except NotEnoughMemoryError:
        assert told.n_bytes > room_bytes
    else:
        assert told.n_bytes <= room_bytes
        assert told.n_ctx == cells.n_ctx


@given(shapes, wishes)
def test_where_nobody_knows_what_is_free_the_window_is_the_one_wanted(
    shape: Shape, wish: Wish
) -> None:
    assert need_of(shape, wish, None).n_ctx == wanted_cells(shape, wish).n_ctx


@given(shapes, wishes, st.integers(0, 1000 * GIB))
def test_layers_that_fit_take_no_more_than_is_free(
    shape: Shape, wish: Wish, free_bytes: int
) -> None:
    n_cells = wanted_cells(shape, wish).n_cells
    n_layers = fitting_layers(shape, wish, n_cells, free_bytes)
    assert 0 <= n_layers <= shape.n_layers + 1
    total = shape.weight_bytes + shape.cache_bytes(n_cells, wish.cache_type)
    assert n_layers * total <= free_bytes * (shape.n_layers + 1)


def test_all_layers_go_to_a_gpu_that_has_room_and_some_to_a_smaller_one() -> None:
    n_cells = wanted_cells(MISTRAL, WISH).n_cells
    assert fitting_layers(MISTRAL, WISH, n_cells, 80 * GIB) == 33
    assert 10 < fitting_layers(MISTRAL, WISH, n_cells, 4 * GIB) < 33
    assert fitting_layers(MISTRAL, WISH, n_cells, GIB // 4) == 0


def test_fewer_layers_are_tried_each_time_until_none() -> None:
    assert fewer_layers(33) == (33, 24, 16, 8, 0)
    assert fewer_layers(1) == (1, 0)
    assert fewer_layers(0) == (0,)


def test_sizes_are_told_in_units_that_people_use() -> None:
    assert (gib(300 << 20), gib(1536 << 20), gib(-5)) == ("300 MiB", "1.5 GiB", "0 MiB")

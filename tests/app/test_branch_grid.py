"""How branches share a pane."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from loom.app.branch_grid import Grid


@given(st.integers(1, 60), st.integers(20, 240), st.integers(1, 60))
def test_cards_have_room_and_columns_fit(n: int, width: int, rows: int) -> None:
    grid = Grid.of(n, width, rows)

    assert grid.n_columns * grid.width + 2 * (grid.n_columns - 1) <= width
    assert grid.n_columns == 1 or grid.width >= 40
    assert grid.n_columns <= n


@given(st.integers(1, 60), st.integers(82, 240), st.integers(1, 60))
def test_branches_stay_within_their_rows_unless_they_cannot(n: int, width: int, rows: int) -> None:
    grid = Grid.of(n, width, rows)
    smallest = 1 if grid.is_list else 3

    assert grid.n_rows(n) <= rows or grid.height == smallest


def test_eighty_columns_are_a_list_and_ninety_are_cards() -> None:
    assert Grid.of(8, 79, 10).is_list
    assert Grid.of(8, 88, 20).n_columns == 2
    assert Grid.of(1, 88, 20).is_list

"""Cells are counted once however many sequences share them."""

from __future__ import annotations

from loom.engine.cells import Cells, Stretch


def tail_of(cells: Cells, n_cells: int) -> Stretch:
    tail = cells.open(None)
    cells.grow(tail, n_cells)
    return tail


def test_the_peak_is_the_most_cells_used_at_once_since_starting_over() -> None:
    cells = Cells(10)
    assert cells.n_peak == 0
    first = tail_of(cells, 3)
    cells.unlock(first)
    cells.close(first)
    tail_of(cells, 2)
    assert (cells.n_used, cells.n_peak) == (2, 3)
    cells.start_over()
    assert cells.n_peak == 2


def test_sharing_up_to_where_a_stretch_ends_cuts_nothing() -> None:
    cells = Cells(10)
    tail = tail_of(cells, 5)
    trunk = cells.share(tail, 5)
    branch = cells.open(trunk)
    assert cells.share(tail, 5) is trunk
    cells.grow(branch, 2)
    assert cells.share(branch, 5) is trunk
    other = cells.open(trunk)
    assert [*branch.up()] == [branch, trunk]
    cells.check([tail, branch, other], [])
    assert cells.n_used == 7


def test_sharing_less_than_a_stretch_cuts_it_in_two_and_counts_as_before() -> None:
    cells = Cells(10)
    tail = tail_of(cells, 5)
    upper = cells.share(tail, 3)
    branch = cells.open(upper)
    assert [(one.start, one.end) for one in tail.up()] == [(3, 5), (0, 3)]
    assert [*branch.up()] == [branch, upper]
    cells.check([tail, branch], [])
    assert (cells.n_used, cells.n_locked, cells.n_free) == (5, 5, 5)

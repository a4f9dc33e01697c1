"""What the host keeps of a model's memory: by its tokens, within a bound, the last used longest."""

from __future__ import annotations

import numpy as np
import pytest

from loom.engine import host_store
from loom.engine.host_store import HostStore, StretchStore, WholeStore, default_host_bytes


def saved(n_bytes: int) -> np.ndarray:
    return np.zeros(n_bytes, np.uint8)


@pytest.mark.parametrize("make", [StretchStore, WholeStore])
def test_nothing_is_had_of_what_was_never_kept(make: type[HostStore]) -> None:
    store = make(100)  # type: ignore[call-arg]
    assert store.match([5]) == 0
    assert store.pieces([5], 0) == []


def test_what_follows_leaves_before_what_it_follows() -> None:
    store = StretchStore(30)
    store.put([1, 2, 3], 0, saved(10))
    store.put([1, 2, 3, 4, 5], 3, saved(10))
    store.put([9], 0, saved(10))
    store.check()
    assert [store.match(path) for path in ([1, 2, 3, 4, 5], [9])] == [5, 1]
    store.put([8], 0, saved(10))
    store.check()
    # Of two that were used at the same time the one that nothing follows goes first.
    assert [store.match(path) for path in ([1, 2, 3, 4, 5], [9], [8])] == [3, 1, 1]


def test_a_copy_in_whose_midst_another_path_parts_serves_both() -> None:
    store, first, second, third = StretchStore(100), saved(40), saved(10), saved(10)
    store.put([1, 2, 3, 4], 0, first)
    store.put([1, 2, 9], 2, second)
    store.put([1, 2, 3, 7], 3, third)
    store.check()
    assert (store.n_bytes, store.n_tokens) == (60, 6)
    whole = [1, 2, 3, 4]
    assert store.pieces(whole, 0) == [(first, 0, 4, 4)]
    assert store.pieces(whole, 1) == [(first, 1, 4, 4)]
    assert store.pieces([1, 2, 9, 5], 0) == [(first, 0, 2, 4), (second, 2, 3, 1)]
    assert store.pieces([1, 2, 3, 7], 0) == [(first, 0, 3, 4), (third, 3, 4, 1)]
    assert store.pieces([1, 2, 9], 3) == []


def test_a_copy_takes_its_bytes_as_long_as_any_part_of_it_serves() -> None:
    store = StretchStore(50)
    store.put([1, 2, 3, 4], 0, saved(40))
    store.put([1, 2, 9], 2, saved(10))
    store.put([7], 0, saved(5))
    store.check()
    # What both went on from was used last: it stays, and with it the whole of the first copy.
    assert [store.match(path) for path in ([1, 2, 3, 4], [1, 2, 9], [7])] == [2, 2, 1]
    assert (store.n_bytes, store.n_tokens) == (45, 5)
    store.put([8], 0, saved(50))
    store.check()
    assert [store.match(path) for path in ([1, 2], [7], [8])] == [0, 0, 1]
    assert (store.n_bytes, store.n_tokens) == (50, 1)


def test_of_whole_paths_the_least_recently_used_leaves_first() -> None:
    store = WholeStore(20)
    store.put([1, 2], 0, saved(10))
    store.put([1, 2, 3], 0, saved(10))
    assert [piece.end for piece in store.pieces([1, 2], 0)] == [2]
    store.put([7], 0, saved(10))
    store.check()
    assert (store.n_bytes, store.n_tokens) == (20, 3)
    assert [store.match(path) for path in ([1, 2, 3], [7])] == [2, 1]


@pytest.mark.parametrize("make", [StretchStore, WholeStore])
def test_what_is_larger_than_the_bound_is_not_kept(make: type[HostStore]) -> None:
    store = make(9)  # type: ignore[call-arg]
    store.put([1], 0, saved(10))
    store.check()
    assert store.match([1]) == 0


@pytest.mark.parametrize(
    ("free_bytes", "most_bytes"),
    [(1 << 20, 1 << 18), (1 << 40, 1 << 30), (None, 1 << 28), (0, 0)],
)
def test_the_host_gives_a_quarter_of_what_is_free(
    free_bytes: int | None, most_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_store, "available_bytes", lambda: free_bytes)
    assert default_host_bytes() == most_bytes

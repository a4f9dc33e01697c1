"""What the memory promises, one case at a time, on a device of ints."""

from __future__ import annotations

import random
from typing import cast

import pytest

from loom.engine.backend import Backend, MemoryKind
from loom.engine.memory import MOST_HELD_CELLS, Memory
from tests.engine.integer_device import IntegerDevice

ROOMY = 1 << 20
KINDS: tuple[MemoryKind, ...] = ("anywhere", "window", "whole")
PREFIX = list(range(100, 120))


def memory_on(device: IntegerDevice, host_bytes: int = ROOMY) -> Memory:
    return Memory(cast(Backend, device), host_bytes)


def write(memory: Memory, device: IntegerDevice, tokens: list[int]) -> int:
    """Lock a sequence and evaluate what it lacks of these tokens."""
    sequence = memory.open(tokens, 0)
    assert sequence is not None
    missing = tokens[memory.length(sequence) :]
    device.decode(sequence, missing)
    memory.push(sequence, missing)
    memory.check()
    return sequence


def keep(memory: Memory, device: IntegerDevice, tokens: list[int]) -> None:
    memory.release(write(memory, device, tokens))
    memory.check()


def n_had(memory: Memory, tokens: list[int]) -> int:
    """How many of these tokens are there before any is evaluated."""
    sequence = memory.open(tokens, 0)
    assert sequence is not None
    n_tokens = memory.length(sequence)
    memory.release(sequence)
    memory.check()
    return n_tokens


def fill_with_other_things(memory: Memory, n_cells: int) -> None:
    """Make everything that is held leave the device."""
    sequence = memory.open([-1] * n_cells, 0)
    assert sequence is not None
    memory.drop(sequence)
    assert memory.gauge(0).n_cells_used == 0


def grown_tree(memory: Memory, device: IntegerDevice, n_leaves: int) -> list[list[int]]:
    """A prefix and leaves of five tokens on it; the last token of a leaf is not evaluated."""
    trunk = write(memory, device, PREFIX)
    leaves = []
    for leaf in range(n_leaves):
        sequence = memory.fork(trunk, 4)
        assert sequence is not None
        tokens = [leaf, leaf + 1, leaf + 2, leaf + 3]
        device.decode(sequence, tokens)
        memory.push(sequence, tokens)
        memory.release(sequence)
        leaves.append([*PREFIX, *tokens, 99])
    memory.release(trunk)
    return leaves


@pytest.mark.parametrize("evicted", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_growing_again_from_any_leaf_evaluates_its_last_token_alone(
    kind: MemoryKind, evicted: bool
) -> None:
    device = IntegerDevice(kind, 2000, 64)
    memory = memory_on(device)
    leaves = grown_tree(memory, device, 32)
    if evicted:
        fill_with_other_things(memory, 2000)
    random.Random(1).shuffle(leaves)
    for path in leaves:
        sequence = memory.open(path[:-1], 1)
        assert sequence is not None
        assert memory.length(sequence) == len(path) - 1
        device.decode(sequence, path[-1:])
        memory.push(sequence, path[-1:])
        memory.release(sequence)
        memory.check()


def test_what_leaves_share_is_copied_to_the_host_once() -> None:
    device = IntegerDevice("anywhere", 2000, 64)
    memory = memory_on(device)
    leaves = grown_tree(memory, device, 32)
    for _ in range(3):
        fill_with_other_things(memory, 2000)
        assert device.n_saved == len(PREFIX) + 32 * 4
        assert memory.gauge(0).n_host_tokens == device.n_saved
        for path in leaves:
            keep(memory, device, path[:-1])


def test_branches_that_say_the_same_take_one_sequence() -> None:
    device = IntegerDevice("anywhere", 100, 8)
    memory = memory_on(device)
    for tokens in ([1, 2, 3, 4], [1, 2, 3, 4], [1, 2], [1, 2, 3, 4, 5]):
        keep(memory, device, tokens)
    assert sum(bool(device.tokens(sequence)) for sequence in range(8)) == 1
    assert memory.gauge(0).n_cells_held == 5


@pytest.mark.parametrize("tokens", [[], [1, 2]])
def test_a_branch_that_another_goes_on_from_takes_no_sequence(tokens: list[int]) -> None:
    device = IntegerDevice("anywhere", 100, 2)
    memory = memory_on(device)
    keep(memory, device, [1, 2, 3, 4])
    keep(memory, device, tokens)
    assert [device.tokens(sequence) for sequence in range(2)] == [[1, 2, 3, 4], []]
    other = memory.open([9], 0)
    assert other is not None
    assert memory.gauge(0).n_evictions == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_beginning_is_kept_beside_what_goes_on_from_it_only_where_that_cannot_be_cut(
    kind: MemoryKind,
) -> None:
    device = IntegerDevice(kind, 100, 3)
    memory = memory_on(device)
    trunk = write(memory, device, [1, 2])
    branch = memory.fork(trunk, 2)
    assert branch is not None
    device.decode(branch, [3, 4])
    memory.push(branch, [3, 4])
    memory.release(trunk)
    memory.release(branch)
    memory.check()
    held = [[1, 2, 3, 4]] if kind == "anywhere" else [[1, 2], [1, 2, 3, 4]]
    assert sorted(filter(None, map(device.tokens, range(3)))) == held


def test_going_on_from_a_leaf_makes_no_other_leave() -> None:
    device = IntegerDevice("anywhere", 100, 2)
    memory = memory_on(device)
    for tokens in ([1, 2], [3, 4]):
        keep(memory, device, tokens)
    keep(memory, device, [1, 2, 9])
    assert sorted(map(device.tokens, range(2))) == [[1, 2, 9], [3, 4]]
    assert memory.gauge(0).n_evictions == 0


@pytest.mark.parametrize("kind", KINDS)
def test_the_only_sequence_is_gone_on_with_where_it_lies(kind: MemoryKind) -> None:
    device = IntegerDevice(kind, 100, 1)
    memory = memory_on(device)
    keep(memory, device, [1, 2])
    keep(memory, device, [1, 2, 9])
    gauge = memory.gauge(0)
    assert (gauge.n_reused, gauge.n_restored, device.n_saved) == (2, 0, 0)
    assert device.tokens(0) == [1, 2, 9]


def test_memory_that_cannot_be_cut_is_copied_before_it_is_written_to() -> None:
    device = IntegerDevice("whole", 100, 3)
    memory = memory_on(device)
    keep(memory, device, [1, 2])
    keep(memory, device, [1, 2, 9])
    again = memory.open([1, 2], 1)
    assert again is not None
    assert (memory.length(again), memory.gauge(0).n_restored) == (2, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_twice_is_held_once(kind: MemoryKind) -> None:
    device = IntegerDevice(kind, 100, 3)
    memory = memory_on(device)
    both = [write(memory, device, [1, 2]) for _ in range(2)]
    for sequence in both:
        memory.release(sequence)
    memory.check()
    assert sorted(filter(None, map(device.tokens, range(3)))) == [[1, 2]]


def test_the_least_recently_used_leaves_first() -> None:
    device = IntegerDevice("anywhere", 9, 8)
    memory = memory_on(device, host_bytes=0)
    for tokens in ([1, 1, 1], [2, 2, 2], [3, 3, 3]):
        keep(memory, device, tokens)
    keep(memory, device, [1, 1, 1])
    keep(memory, device, [4])
    assert [n_had(memory, [n, n, n]) for n in (1, 3, 2)] == [3, 3, 0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_path_that_the_host_cannot_take_stays(kind: MemoryKind) -> None:
    n = MOST_HELD_CELLS
    device = IntegerDevice(kind, 4 * n, 8)
    memory = memory_on(device, host_bytes=2 * n)
    long, short = [1] * n, [2] * (n // 4)
    for tokens in (long, short, [3]):
        keep(memory, device, tokens)
    memory.settle()
    assert memory.gauge(0).host_bytes <= 2 * n
    assert n_had(memory, long) == n
    assert memory.gauge(0).n_restored == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_path_that_the_device_cannot_save_stays(kind: MemoryKind) -> None:
    device = IntegerDevice(kind, 4 * MOST_HELD_CELLS, 8)
    memory = memory_on(device)
    keep(memory, device, [1] * MOST_HELD_CELLS)
    keep(memory, device, [2])
    device.fails = True
    memory.settle()
    assert n_had(memory, [1] * MOST_HELD_CELLS) == MOST_HELD_CELLS


@pytest.mark.parametrize("kind", KINDS)
def test_at_rest_a_small_set_stays_on_the_device_and_the_rest_comes_back(kind: MemoryKind) -> None:
    device = IntegerDevice(kind, 20_000, 64)
    memory = memory_on(device)
    n_tokens = MOST_HELD_CELLS * 3 // 4
    paths = [[n] * n_tokens for n in range(10)]
    for path in paths:
        keep(memory, device, path)
    memory.settle()
    assert memory.gauge(0).n_cells_held <= MOST_HELD_CELLS
    for path in paths:
        assert n_had(memory, path) == n_tokens


def test_sparse_cells_are_packed_and_nothing_changes() -> None:
    device = IntegerDevice("anywhere", 20_000, 64)
    memory = memory_on(device)
    leaves = grown_tree(memory, device, 8)
    locked = write(memory, device, [*leaves[3][:-1], 5])
    memory.drop(write(memory, device, [7] * 5000))
    before = {sequence: device.tokens(sequence) for sequence in range(64)}
    n_used = memory.gauge(0).n_cells_used
    memory.settle()
    gauge = memory.gauge(0)
    assert gauge.n_compactions == 1
    assert gauge.n_cells_used == n_used == len(device.cells)
    assert {sequence: device.tokens(sequence) for sequence in range(64)} == before
    assert memory.length(locked) == len(leaves[3])
    memory.settle()
    assert memory.gauge(0).n_compactions == 1


def test_after_a_failed_batch_the_host_copies_are_still_good() -> None:
    device = IntegerDevice("anywhere", 100, 8)
    memory = memory_on(device)
    keep(memory, device, [1, 2, 3, 4])
    fill_with_other_things(memory, 100)
    write(memory, device, [5, 6])
    memory.reset()
    memory.check()
    assert memory.n_free_cells == 100
    sequence = memory.open([1, 2, 3, 4], 1)
    assert sequence is not None
    assert memory.length(sequence) == 4
    assert device.tokens(sequence) == [1, 2, 3, 4]


def test_the_first_continuation_can_stand_in_what_its_beginning_was_promised() -> None:
    device = IntegerDevice("anywhere", 20, 8)
    memory = memory_on(device)
    trunk = memory.open([1, 2, 3, 4], 16)
    assert trunk is not None
    device.decode(trunk, [1, 2, 3, 4])
    memory.push(trunk, [1, 2, 3, 4])
    assert memory.n_free_cells == 0
    first = memory.fork(trunk, 16)
    assert first is not None
    assert memory.fork(trunk, 1) is None
    memory.check()
    memory.release(first)
    assert memory.fork(trunk, 16) is not None


def test_a_copy_that_replaces_nothing_is_left_where_it_is() -> None:
    """Where the room allows only to share what is locked, a longer whole copy is of no use."""
    device = IntegerDevice("whole", 12, 8)
    memory = memory_on(device)
    keep(memory, device, [1, 2, 3, 4, 5, 6, 7, 8])
    fill_with_other_things(memory, 12)
    write(memory, device, [1, 2, 3, 4])
    assert memory.open([9], 2) is not None
    sequence = memory.open([1, 2, 3, 4, 5, 6, 7, 8], 0)
    assert sequence is not None
    assert memory.length(sequence) == 4


def test_a_copy_that_has_no_room_for_the_moment_is_left_where_it_is() -> None:
    device = IntegerDevice("anywhere", 12, 8)
    memory = memory_on(device)
    keep(memory, device, list(range(10)))
    fill_with_other_things(memory, 12)
    write(memory, device, [50] * 7)
    sequence = memory.open([0, 1, 2], 0)
    assert sequence is not None
    assert memory.length(sequence) == 0


def test_all_sequences_locked_is_no_room() -> None:
    device = IntegerDevice("anywhere", 100, 2)
    memory = memory_on(device)
    sequences = [memory.open([n], 0) for n in range(2)]
    assert None not in sequences
    assert memory.open([5], 0) is None
    assert memory.fork(0, 0) is None
    memory.drop(0)
    assert memory.open([5], 0) is not None


@pytest.mark.parametrize("host_bytes", [0, ROOMY])
def test_the_last_sequence_is_had_from_the_one_that_was_to_be_shared(host_bytes: int) -> None:
    device = IntegerDevice("anywhere", 100, 1)
    memory = memory_on(device, host_bytes)
    keep(memory, device, [1, 2, 3, 4, 5, 6, 7, 8])
    sequence = memory.open([1, 2, 3, 9, 9], 2)
    assert sequence is not None
    assert memory.length(sequence) == (3 if host_bytes else 0)
    missing = [1, 2, 3, 9, 9, 9, 9][memory.length(sequence) :]
    device.decode(sequence, missing)
    memory.push(sequence, missing)
    memory.check()
    assert device.tokens(sequence) == [1, 2, 3, 9, 9, 9, 9]


def test_cells_that_are_half_used_are_left_where_they_are() -> None:
    device = IntegerDevice("anywhere", 20_000, 64)
    memory = memory_on(device)
    write(memory, device, [7] * 3000)
    memory.drop(write(memory, device, [8] * 2000))
    memory.settle()
    assert memory.gauge(0).n_compactions == 0


def test_what_is_had_again_is_counted() -> None:
    device = IntegerDevice("anywhere", 100, 8)
    memory = memory_on(device)
    keep(memory, device, [1, 2, 3, 4])
    fill_with_other_things(memory, 100)
    assert memory.gauge(0).n_evictions == 1
    keep(memory, device, [1, 2, 3, 4, 5])
    keep(memory, device, [1, 2, 3, 4, 5, 6])
    gauge = memory.gauge(0)
    assert (gauge.n_restored, gauge.n_reused) == (4, 4 + 5)


@pytest.mark.parametrize("kind", ["window", "whole"])
def test_a_path_that_went_on_is_copied_whole_again_where_no_part_is_of_use(
    kind: MemoryKind,
) -> None:
    device = IntegerDevice(kind, 100, 8)
    memory = memory_on(device)
    for n in (4, 8):
        keep(memory, device, list(range(n)))
        fill_with_other_things(memory, 100)
    assert n_had(memory, list(range(8))) == 8
    assert memory.gauge(0).n_restored == 4 + 8


@pytest.mark.parametrize("kind", ["window", "whole"])
def test_memory_that_cannot_be_cut_waits_on_the_host_while_sparse_cells_are_packed(
    kind: MemoryKind,
) -> None:
    device = IntegerDevice(kind, 20_000, 64)
    memory = memory_on(device)
    leaves = grown_tree(memory, device, 8)
    locked = write(memory, device, [3] * 10)
    memory.drop(write(memory, device, [7] * 5000))
    memory.settle()
    assert memory.gauge(0).n_compactions == 0
    memory.release(locked)
    memory.settle()
    gauge = memory.gauge(0)
    assert (gauge.n_compactions, gauge.n_cells_used) == (1, 0)
    for path in leaves:
        assert n_had(memory, path[:-1]) == len(path) - 1


def test_a_copy_comes_back_where_there_is_room_for_no_more_than_it_takes() -> None:
    device = IntegerDevice("anywhere", len(PREFIX) + 5, 8)
    memory = memory_on(device)
    trunk = write(memory, device, PREFIX)
    leaf = memory.fork(trunk, 4)
    assert leaf is not None
    device.decode(leaf, [1, 2, 3, 4])
    memory.push(leaf, [1, 2, 3, 4])
    memory.release(leaf)
    other = memory.open([-1] * 5, 0)
    assert other is not None
    memory.drop(other)
    sequence = memory.open([*PREFIX, 1, 2, 3, 4], 0)
    assert sequence is not None
    assert memory.length(sequence) == len(PREFIX) + 4
    assert memory.gauge(0).n_restored == 4

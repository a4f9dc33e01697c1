"""The memory by random operations on a device of ints, against a naive cache."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from loom.engine.backend import Backend, MemoryKind
from loom.engine.memory import Memory
from tests.engine.integer_device import IntegerDevice

N_CELLS, N_SEQUENCES = 40, 6
MOST_HELD = 12
PATHS = st.lists(st.integers(0, 1), max_size=10)
ROOMY = 1 << 20


@pytest.fixture(autouse=True)
def small_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loom.engine.memory.MOST_HELD_CELLS", MOST_HELD)
    monkeypatch.setattr("loom.engine.memory.FEWEST_SPREAD_CELLS", 4)


def memory_on(device: IntegerDevice, host_bytes: int = ROOMY) -> Memory:
    return Memory(cast(Backend, device), host_bytes)


class MemoryMachine(RuleBasedStateMachine):
    """Whatever is done in whatever order, a sequence holds what the memory says that it holds."""

    kind: MemoryKind = "anywhere"

    @initialize(host_bytes=st.sampled_from([0, 60, ROOMY]))
    def begin(self, host_bytes: int) -> None:
        self.device = IntegerDevice(self.kind, N_CELLS, N_SEQUENCES)
        self.memory = memory_on(self.device, host_bytes)
        self.locked: dict[int, list[int]] = {}
        self.promised: dict[int, int] = {}
        self.released: list[list[int]] = []
        self.lossless = host_bytes == ROOMY

    @rule(tokens=PATHS, n_new=st.integers(0, 8))
    def open(self, tokens: list[int], n_new: int) -> None:
        n_free = self.memory.n_free_cells
        known = [self.device.tokens(sequence) for sequence in range(N_SEQUENCES)]
        n_held = self.memory.gauge(0).n_cells_held
        sequence = self.memory.open(tokens, n_new)
        if sequence is None:
            crowded = len(self.locked) == N_SEQUENCES
            assert crowded or len(tokens) + n_new > n_free
            assert self.memory.n_free_cells == n_free
            return
        assert sequence not in self.locked
        n_had = self.memory.length(sequence)
        self.locked[sequence] = tokens[:n_had]
        self.promised[sequence] = len(tokens) + n_new - n_had
        assert n_free - self.memory.n_free_cells <= len(tokens) + n_new
        if len(self.locked) + (n_held > 0) < N_SEQUENCES:
            assert n_had >= self.shared_with(known, tokens)
        if self.lossless and self.memory.gauge(0).n_cells_used <= N_CELLS - 20:
            assert n_had >= self.shared_with(self.released, tokens)

    def shared_with(self, known: Sequence[Sequence[int | None]], tokens: list[int]) -> int:
        return max((self.usable(other, tokens) for other in known), default=0)

    def usable(self, other: Sequence[int | None], tokens: list[int]) -> int:
        """What a naive cache of this kind could take from one path."""
        n = 0
        while n < min(len(other), len(tokens)) and other[n] == tokens[n]:
            n += 1
        return n if self.kind == "anywhere" or n == len(other) else 0

    @precondition(lambda self: self.locked)
    @rule(data=st.data(), n_new=st.integers(0, 8))
    def fork(self, data: st.DataObject, n_new: int) -> None:
        source = data.draw(st.sampled_from(sorted(self.locked)))
        n_free = self.memory.n_free_cells
        sequence = self.memory.fork(source, n_new)
        if sequence is None:
            crowded = len(self.locked) == N_SEQUENCES
            assert crowded or n_new > n_free + self.promised[source]
            assert self.memory.n_free_cells == n_free
            return
        self.locked[sequence] = list(self.locked[source])
        self.promised[sequence] = n_new
        self.promised[source] -= max(0, n_new - n_free)

    @precondition(lambda self: any(self.promised.values()))
    @rule(data=st.data())
    def write(self, data: st.DataObject) -> None:
        open_ended = [sequence for sequence in sorted(self.locked) if self.promised[sequence]]
        sequence = data.draw(st.sampled_from(open_ended))
        n_most = self.promised[sequence]
        tokens = data.draw(st.lists(st.integers(0, 1), min_size=1, max_size=n_most))
        self.device.decode(sequence, tokens)
        self.memory.push(sequence, tokens)
        self.locked[sequence] += tokens
        self.promised[sequence] -= len(tokens)

    @precondition(lambda self: self.locked)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        sequence = data.draw(st.sampled_from(sorted(self.locked)))
        self.memory.release(sequence)
        self.released.append(self.locked.pop(sequence))
        del self.promised[sequence]

    @precondition(lambda self: self.locked)
    @rule(data=st.data())
    def drop(self, data: st.DataObject) -> None:
        sequence = data.draw(st.sampled_from(sorted(self.locked)))
        n_before = self.memory.gauge(0).n_cells_held
        self.memory.drop(sequence)
        assert self.memory.gauge(0).n_cells_held >= n_before
        dropped = self.locked.pop(sequence)
        del self.promised[sequence]
        # What was released, taken up again and then dropped is given up with it.
        self.released = [path for path in self.released if path[:1] != dropped[:1]]

    @rule()
    def settle(self) -> None:
        self.memory.settle()
        if self.lossless and self.memory.gauge(0).n_cells_held > MOST_HELD:
            held = [s for s in range(N_SEQUENCES) if s not in self.locked and self.device.tokens(s)]
            assert len(held) == 1

    @rule()
    def reset(self) -> None:
        self.memory.reset()
        self.locked.clear()
        self.promised.clear()
        self.lossless = False
        assert self.memory.n_free_cells == N_CELLS

    @rule(fails=st.booleans())
    def let_copies_fail(self, fails: bool) -> None:
        self.device.fails = fails
        self.lossless = False

    @rule()
    def cells_that_a_window_has_left_are_taken(self) -> None:
        self.device.leave_window()

    @invariant()
    def everything_adds_up(self) -> None:
        self.memory.check()
        gauge = self.memory.gauge(0)
        assert gauge.n_cells == N_CELLS
        n_locked = sum(not cell.sequences.isdisjoint(self.locked) for cell in self.device.cells)
        if self.kind != "window":
            assert gauge.n_cells_used == len(self.device.cells)
            assert gauge.n_cells_held == len(self.device.cells) - n_locked
            n_promised = sum(self.promised.values())
            assert self.memory.n_free_cells + n_locked + n_promised == N_CELLS

    @invariant()
    def sequences_hold_what_they_should(self) -> None:
        for sequence, tokens in self.locked.items():
            assert self.memory.length(sequence) == len(tokens)
            held = self.device.tokens(sequence)
            n_left = 0 if self.kind != "window" else max(0, len(tokens) + 1 - 3)
            assert held[n_left:] == tokens[n_left:]
            assert all(a in (b, None) for a, b in zip(held, tokens, strict=True))


class WindowMachine(MemoryMachine):
    """The same where only the end of a sequence is sure to be there."""

    kind = "window"


class WholeMachine(MemoryMachine):
    """The same where a sequence can be shared only whole."""

    kind = "whole"


TestAnywhere = MemoryMachine.TestCase
TestWindow = WindowMachine.TestCase
TestWhole = WholeMachine.TestCase
for case in (TestAnywhere, TestWindow, TestWhole):
    case.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
del case

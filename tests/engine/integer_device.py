"""A device that is lists of ints: every cell knows its token, its position and its sequences."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np

from loom.engine.backend import MemoryKind, Saved


class Cell:
    def __init__(self, token: int, position: int, sequence: int) -> None:
        self.token = token
        self.position = position
        self.sequences = {sequence}


class IntegerDevice:
    """The memory of a backend, without its model; it fails loudly where llama.cpp would be wrong.

    Under "window" the cells of a lone sequence that its window has left may be taken at any time,
    and are not saved. Under "whole" the end of a sequence cannot be told from its beginning.
    """

    def __init__(self, kind: MemoryKind, n_cells: int, n_sequences: int, n_window: int = 3) -> None:
        self.memory_kind = kind
        self.n_sequences = n_sequences
        self.info = SimpleNamespace(n_cells=n_cells)
        self.n_window = n_window
        self.cells: list[Cell] = []
        self.fails = False
        self.n_saved = 0

    def tokens(self, sequence: int) -> list[int | None]:
        """What a sequence holds; None at positions that a window has left."""
        mine = {cell.position: cell.token for cell in self.cells if sequence in cell.sequences}
        held: list[int | None] = [mine.get(i) for i in range(max(mine, default=-1) + 1)]
        return held

    def decode(self, sequence: int, tokens: Sequence[int]) -> None:
        start = len(self.tokens(sequence))
        assert self.memory_kind != "window" or self.reaches(sequence, start)
        for position, token in enumerate(tokens, start):
            self.write(Cell(token, position, sequence))

    def write(self, cell: Cell) -> None:
        if len(self.cells) == self.info.n_cells:
            self.cells.remove(next(cell for cell in self.cells if self.may_be_taken(cell)))
        self.cells.append(cell)

    def may_be_taken(self, cell: Cell) -> bool:
        if self.memory_kind != "window" or len(cell.sequences) > 1:
            return False
        (sequence,) = cell.sequences
        return cell.position < len(self.tokens(sequence)) + 1 - self.n_window

    def leave_window(self) -> None:
        """Take every cell that may be taken."""
        for cell in [cell for cell in self.cells if self.may_be_taken(cell)]:
            self.cells.remove(cell)

    def copy(self, source: int, target: int, n_positions: int) -> None:
        assert not self.tokens(target)
        if self.memory_kind == "whole":
            assert n_positions == len(self.tokens(source))
        assert self.reaches(source, n_positions)
        for cell in self.cells:
            if source in cell.sequences and cell.position < n_positions:
                cell.sequences.add(target)

    def forget(self, sequence: int) -> None:
        for cell in self.cells:
            cell.sequences.discard(sequence)
        self.cells = [cell for cell in self.cells if cell.sequences]

    def reaches(self, sequence: int, n_positions: int) -> bool:
        tokens = self.tokens(sequence)
        if self.memory_kind == "whole":
            return n_positions == len(tokens)
        return None not in tokens[max(0, n_positions - self.n_window + 1) : n_positions]

    def save(self, sequence: int, start: int, end: int) -> Saved | None:
        tokens = self.tokens(sequence)
        assert 0 <= start < end <= len(tokens)
        if self.memory_kind != "anywhere":
            assert (start, end) == (0, len(tokens))
        if self.fails:
            return None
        self.n_saved += end - start
        kept = [-1 if token is None else token for token in tokens[start:end]]
        if self.memory_kind == "window":
            n_left = max(0, end - self.n_window + 1)
            kept[:n_left] = [-1] * n_left
        return np.array([start, *kept], np.int32).view(np.uint8)

    def restore(self, sequence: int, saved: Saved, start: int, end: int) -> bool:
        first, *tokens = saved.view(np.int32).tolist()
        if self.memory_kind == "anywhere":
            assert len(self.tokens(sequence)) == start
            assert first <= start < end <= first + len(tokens)
        else:
            assert not self.tokens(sequence)
            assert (start, end) == (0, len(tokens))
        assert len(self.cells) + len(tokens) <= self.info.n_cells
        if self.fails:
            return False
        for position in range(start, end):
            token = tokens[position - first]
            if token >= 0:
                self.write(Cell(token, position, sequence))
        return True

    def clear(self) -> None:
        self.cells.clear()

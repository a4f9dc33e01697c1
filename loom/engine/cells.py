"""Which cells of the device are taken, and by how many sequences. Bookkeeping over ints.

A *cell* holds one token at one position. Sequences that began alike share cells, so they are
counted by stretches: a sequence ends in a stretch of its own, its *tail*, and continues the
stretches above it.

    stretch [0, 512) --+-- tail [512, 540) of sequence 1
                       +-- tail [512, 530) of sequence 2      n_used = 558
"""

from __future__ import annotations

from collections.abc import Iterator


class Stretch:
    """Cells for the positions [start, end), after those of `parent`.

    `n_next` stretches continue it, `n_locks` of them (or the sequence whose tail it is) locked.
    """

    __slots__ = ("end", "n_locks", "n_next", "parent", "start")

    def __init__(self, parent: Stretch | None, start: int, end: int) -> None:
        self.parent = parent
        self.start = start
        self.end = end
        self.n_next = 0
        self.n_locks = 0

    def up(self) -> Iterator[Stretch]:
        """The stretch itself and those above it."""
        stretch: Stretch | None = self
        while stretch is not None:
            yield stretch
            stretch = stretch.parent


class Cells:
    """Counts cells: used by any sequence, and used by a locked one.

    The invariant is `n_free + n_used == n_cells`; `n_peak` is the most that were used since
    `start_over`, a measure of how far the cells are spread.
    """

    def __init__(self, n_cells: int) -> None:
        self.n_cells = n_cells
        self.n_used = 0
        self.n_locked = 0
        self._n_peak = 0

    @property
    def n_free(self) -> int:
        """Cells that hold nothing."""
        return self.n_cells - self.n_used

    @property
    def n_peak(self) -> int:
        """The most cells that were used at once."""
        return max(self._n_peak, self.n_used)

    def start_over(self) -> None:
        """Take what is used now as the most that was."""
        self._n_peak = self.n_used

    def open(self, parent: Stretch | None) -> Stretch:
        """A locked tail that continues a stretch and holds nothing of its own yet."""
        start = parent.end if parent else 0
        tail = Stretch(parent, start, start)
        if parent:
            parent.n_next += 1
        self.lock(tail)
        return tail

    def grow(self, tail: Stretch, n_cells: int) -> None:
        """Take so many more cells for a locked tail."""
        tail.end += n_cells
        self.n_used += n_cells
        self.n_locked += n_cells

    def share(self, tail: Stretch, n_positions: int) -> Stretch:
        """The stretch that ends the first n > 0 positions of a sequence, cut off if need be."""
        stretch = tail
        while stretch.start >= n_positions:
            assert stretch.parent is not None
            stretch = stretch.parent
        if stretch.end == n_positions and stretch is not tail:
            return stretch
        upper = Stretch(stretch.parent, stretch.start, n_positions)
        upper.n_next = 1
        upper.n_locks = min(1, stretch.n_locks)
        stretch.parent, stretch.start = upper, n_positions
        return upper

    def n_locked_of(self, tail: Stretch, n_positions: int) -> int:
        """How many of a sequence's first n cells are locked already."""
        return sum(
            max(0, min(stretch.end, n_positions) - stretch.start)
            for stretch in tail.up()
            if stretch.n_locks
        )

    def lock(self, tail: Stretch) -> None:
        """Lock a sequence, and with it the cells that it shares."""
        for stretch in tail.up():
            stretch.n_locks += 1
            if stretch.n_locks > 1:
                return
            self.n_locked += stretch.end - stretch.start

    def unlock(self, tail: Stretch) -> None:
        """Undo `lock`."""
        for stretch in tail.up():
            stretch.n_locks -= 1
            if stretch.n_locks:
                return
            self.n_locked -= stretch.end - stretch.start

    def close(self, tail: Stretch) -> None:
        """Give up an unlocked sequence: cells that no other shares become free."""
        self._n_peak = self.n_peak
        for stretch in tail.up():
            assert not stretch.n_locks
            self.n_used -= stretch.end - stretch.start
            if stretch.parent is None:
                return
            stretch.parent.n_next -= 1
            if stretch.parent.n_next:
                return

    def check(self, locked: list[Stretch], held: list[Stretch]) -> None:
        """AssertionError if the counts are not those of these tails."""
        assert all(tail.n_locks == 1 for tail in locked)
        assert all(tail.n_locks == 0 for tail in held)
        known = {stretch for tail in [*locked, *held] for stretch in tail.up()}
        taken = {stretch for tail in locked for stretch in tail.up()}
        for stretch in known:
            followers = [other for other in known if other.parent is stretch]
            assert stretch.n_next == len(followers)
            assert all(other.start == stretch.end for other in followers)
            if followers:
                assert stretch.n_locks == sum(other in taken for other in followers)
            assert stretch.parent or stretch.start == 0
        assert self.n_used == sum(stretch.end - stretch.start for stretch in known)
        assert self.n_locked == sum(stretch.end - stretch.start for stretch in taken)
        assert 0 <= self.n_locked <= self.n_used <= self.n_cells

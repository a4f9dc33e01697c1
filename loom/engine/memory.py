"""What the model remembers: on the device and in the memory of this machine."""

from __future__ import annotations

from collections.abc import Sequence

from loom.engine.backend import Backend, BackendError
from loom.engine.events import Gauge
from loom.engine.host_store import HostStore, Piece, StretchStore, WholeStore, default_host_bytes
from loom.engine.resident import Path, Resident

MOST_HELD_CELLS = 128
"""Cells kept for coming back to when the engine rests; every one makes every step slower."""

FEWEST_SPREAD_CELLS = 256
"""Below this it makes no difference how far the cells are spread."""

MOST_PACKED_CELLS = 4096
"""Packing takes this machine's memory for a moment, about 128 KiB a cell in a model of 8B."""


class Memory:
    """Sequences of evaluated tokens in two tiers: the device's cells and copies on the host.

    A sequence is *locked* from `open` or `fork` to `release` or `drop`; cells that it was promised
    are there when it needs them. A released one is *held* until its room is needed, and then saved
    to the host, from where `open` brings it back. The invariant is
    `n_free_cells + locked + promised == n_cells`: what is held can always be evicted.
    """

    def __init__(self, backend: Backend, host_bytes: int | None) -> None:
        """`host_bytes` bounds the copies on the host; None for a share of what is free."""
        most_bytes = default_host_bytes() if host_bytes is None else host_bytes
        self._backend = backend
        self._anywhere = backend.memory_kind == "anywhere"
        self._resident = Resident(backend)
        self._host: HostStore = (StretchStore if self._anywhere else WholeStore)(most_bytes)
        self._n_promised = 0
        self._n_reused = 0
        self._n_restored = 0
        self._n_evictions = 0
        self._n_compactions = 0

    @property
    def n_free_cells(self) -> int:
        """Cells that `open` and `fork` could still promise, if all that is held were evicted."""
        cells = self._resident.cells
        return cells.n_cells - cells.n_locked - self._n_promised

    def open(self, tokens: Sequence[int], n_new: int) -> int | None:
        """Lock a sequence that holds the longest prefix of `tokens` that can be had.

        It is promised cells for the rest of `tokens` and `n_new` more. None if there is no room
        now. How much was had tells `length`.
        """
        wanted = list(tokens)
        n_most = len(wanted) + n_new
        source, n_shared = self._source(wanted, n_most)
        n_locked = self._resident.cells.n_locked_of(source.tail, n_shared) if source else 0
        if n_most - n_locked > self.n_free_cells:
            return None
        pieces = self._host.pieces(wanted, n_shared)
        path = self._lock(source, n_shared)
        if path is None:
            return None
        if len(path.tokens) < n_shared:
            # The only sequence that could be freed was the one to share with.
            self._resident.drop(path)
            return self.open(tokens, n_new)
        self._promise(path, n_most - n_shared)
        self._restore(path, wanted, pieces)
        self._n_reused += len(path.tokens)
        return path.sequence

    def fork(self, sequence: int, n_new: int) -> int | None:
        """Lock another sequence that shares all that `sequence` holds, with `n_new` cells promised.

        Where the room is short, what `sequence` was promised and has not used is passed on: so the
        first continuation of what was opened can always begin. None if there is no room now.
        """
        source = self._resident.locked[sequence]
        n_passed_on = max(0, n_new - self.n_free_cells)
        if n_passed_on > source.n_promised:
            return None
        path = self._lock(source, len(source.tokens))
        if path is None:
            return None
        self._promise(source, -n_passed_on)
        self._promise(path, n_new)
        return path.sequence

    def length(self, sequence: int) -> int:
        """How many tokens a locked sequence holds, all evaluated."""
        return len(self._resident.locked[sequence].tokens)

    def push(self, sequence: int, token_ids: Sequence[int]) -> None:
        """Record tokens that were decoded at positions `length(sequence)` and on."""
        n_tokens = len(token_ids)
        path = self._resident.locked[sequence]
        assert n_tokens <= path.n_promised
        path.tokens.extend(token_ids)
        path.n_promised -= n_tokens
        self._n_promised -= n_tokens
        self._resident.cells.grow(path.tail, n_tokens)

    def release(self, sequence: int) -> None:
        """Unlock: what it holds is kept for coming back to until its room is needed.

        What is held already and covers it, or is covered by it, does not take a sequence as well.
        """
        path = self._resident.locked[sequence]
        self._promise(path, -path.n_promised)
        self._resident.hold(path)

    def drop(self, sequence: int) -> None:
        """Unlock and give up at once."""
        path = self._resident.locked[sequence]
        self._promise(path, -path.n_promised)
        self._resident.drop(path)

    def settle(self) -> None:
        """Move what is held beyond a small set to the host, and pack the cells if sparse.

        What the host has no room for stays on the device. BackendError if packing failed while
        sequences were locked.
        """
        cells, held = self._resident.cells, self._resident.held
        for path in list(held.values())[:-1]:
            if cells.n_used - cells.n_locked <= MOST_HELD_CELLS:
                break
            if self._save(path):
                self._evict(path)
        sparse = cells.n_peak > FEWEST_SPREAD_CELLS and cells.n_used <= cells.n_peak // 2
        if sparse and cells.n_used <= MOST_PACKED_CELLS:
            self._pack()

    def reset(self) -> None:
        """Forget all that is on the device, after a failed batch; host copies stay valid."""
        self._backend.clear()
        self._resident = Resident(self._backend)
        self._n_promised = 0

    def check(self) -> None:
        """AssertionError if the bookkeeping contradicts itself."""
        resident, cells = self._resident, self._resident.cells
        resident.check()
        self._host.check()
        assert self._n_promised == sum(path.n_promised for path in resident.locked.values())
        assert all(path.n_promised >= 0 for path in resident.locked.values())
        assert self._n_promised <= cells.n_free
        assert self.n_free_cells >= 0
        assert self.n_free_cells + cells.n_locked + self._n_promised == cells.n_cells

    def gauge(self, n_evaluated: int) -> Gauge:
        """How the memory is doing; so many tokens were computed since the model was loaded."""
        cells = self._resident.cells
        return Gauge(
            n_cells_used=cells.n_used,
            n_cells=cells.n_cells,
            n_evaluated=n_evaluated,
            n_reused=self._n_reused,
            n_cells_held=cells.n_used - cells.n_locked,
            n_host_tokens=self._host.n_tokens,
            host_bytes=self._host.n_bytes,
            n_restored=self._n_restored,
            n_evictions=self._n_evictions,
            n_compactions=self._n_compactions,
        )

    def _source(self, wanted: list[int], n_most: int) -> tuple[Path | None, int]:
        """Which path on the device to begin with; none where the host has a better one."""
        source, n_shared = self._resident.match(wanted)
        if self._anywhere or self._host.match(wanted) <= n_shared or n_most > self.n_free_cells:
            return source, n_shared
        return None, 0

    def _lock(self, source: Path | None, n_shared: int) -> Path | None:
        """A locked path with that beginning, or an empty one if `source` had to be evicted."""
        held = self._resident.held
        crowded = not self._resident.n_free_sequences
        as_it_is = source and source.sequence in held and len(source.tokens) == n_shared
        # Memory that cannot be cut is copied before it is written to, or its end is lost.
        if source and as_it_is and (self._anywhere or (crowded and len(held) == 1)):
            self._resident.take(source)
            return source
        if crowded:
            victim = next((path for path in held.values() if path is not source), None)
            if victim is None:
                if source is None or source.sequence not in held:
                    return None
                victim, source = source, None
            self._save(victim)
            self._evict(victim)
        return self._resident.share(source, n_shared if source else 0)

    def _promise(self, path: Path, n_cells: int) -> None:
        """Promise a locked path cells, evicting what is held to make room for them."""
        path.n_promised += n_cells
        self._n_promised += n_cells
        while self._resident.cells.n_free < self._n_promised:
            victim = next(iter(self._resident.held.values()))
            self._save(victim)
            self._evict(victim)

    def _restore(self, path: Path, wanted: list[int], pieces: Sequence[Piece]) -> None:
        for piece in pieces:
            if piece.start != len(path.tokens) or piece.n_positions > self._resident.cells.n_free:
                return
            if not self._backend.restore(path.sequence, piece.saved, piece.start, piece.end):
                return
            self.push(path.sequence, wanted[piece.start : piece.end])
            self._n_restored += piece.end - piece.start

    def _evict(self, path: Path) -> None:
        self._resident.forget(path)
        self._n_evictions += 1

    def _save(self, path: Path) -> bool:
        """Copy what a held path has to the host, as far as it is not there; True if all is there.

        Where other paths part from it the copy is divided, so that what they share is kept once.
        """
        tokens = path.tokens
        start = self._host.match(tokens)
        if start == len(tokens):
            return True
        if not self._anywhere:
            start = 0
        ends = [above.end for above in path.node.up()] if self._anywhere else [len(tokens)]
        for end in sorted(end for end in ends if end > start):
            saved = self._backend.save(path.sequence, start, end)
            if saved is None:
                return False
            self._host.put(tokens[:end], start, saved)
            if self._host.match(tokens[:end]) < end:
                return False
            start = end
        return True

    def _pack(self) -> None:
        resident = self._resident
        if self._anywhere and (resident.locked or resident.held):
            try:
                resident.pack()
            except BackendError:
                if resident.locked:
                    raise
                self.reset()
        elif not resident.locked and all(map(self._save, resident.held.values())):
            # Memory that cannot be cut would come back with nothing shared: it waits on the host.
            for path in list(resident.held.values()):
                self._evict(path)
            self._backend.clear()
            resident.cells.start_over()
        else:
            return
        self._n_compactions += 1

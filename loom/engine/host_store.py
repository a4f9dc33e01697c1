"""What left the device, kept in the memory of this machine, within a bound of bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from loom.engine.backend import Saved
from loom.engine.free_memory import available_bytes
from loom.engine.radix_tree import Node, RadixTree

_MOST_BYTES = 1 << 30


class Piece(NamedTuple):
    """Positions [start, end) of what was saved, which spans `n_positions` in all."""

    saved: Saved
    start: int
    end: int
    n_positions: int


class HostStore(Protocol):
    """Saved memory, found again by the tokens that it is of; the least recently used goes first."""

    n_tokens: int
    n_bytes: int

    def match(self, tokens: list[int]) -> int:
        """How long a prefix of a path can be had. Does not modify the store."""

    def pieces(self, tokens: list[int], start: int) -> list[Piece]:
        """What gives the positions from `start` to `match(tokens)`, in order; counts as a use."""

    def put(self, tokens: list[int], start: int, saved: Saved) -> None:
        """Keep positions `start` to the end of a path; what comes before is here already."""

    def check(self) -> None:
        """AssertionError if the store contradicts itself."""


@dataclass(slots=True, eq=False)
class _Entry:
    saved: Saved
    start: int
    end: int
    n_nodes: int = 0

    def piece(self, start: int, end: int) -> Piece:
        return Piece(self.saved, start, end, self.end - self.start)


class _Shelf:
    """Entries at the nodes of a radix tree, in the order of their use, within a bound of bytes."""

    def __init__(self, most_bytes: int) -> None:
        self.n_tokens = 0
        self.n_bytes = 0
        self._most_bytes = most_bytes
        self._tree: RadixTree[_Entry] = RadixTree()
        self._used: dict[Node[_Entry], None] = {}

    def _fits(self, saved: Saved) -> bool:
        return saved.nbytes <= self._most_bytes

    def _keep(self, node: Node[_Entry], entry: _Entry) -> None:
        node.value = entry
        self._used[node] = None
        if not entry.n_nodes:
            self.n_tokens += entry.end - entry.start
            self.n_bytes += entry.saved.nbytes
        entry.n_nodes += 1

    def _touch(self, node: Node[_Entry]) -> None:
        """Count the nodes of a path as used just now, each after those below it."""
        for above in node.up():
            if above.value is not None:
                self._used.pop(above, None)
                self._used[above] = None

    def _shrink(self) -> None:
        while self.n_bytes > self._most_bytes:
            node = next(iter(self._used))
            del self._used[node]
            entry = node.value
            assert entry is not None
            self._tree.evict(node)
            entry.n_nodes -= 1
            if not entry.n_nodes:
                self.n_tokens -= entry.end - entry.start
                self.n_bytes -= entry.saved.nbytes

    def check(self) -> None:
        """AssertionError if the store contradicts itself."""
        self._tree.check()
        nodes = [node for node in self._tree.root.down() if node.value is not None]
        assert set(nodes) == set(self._used)
        entries = {node.value: 0 for node in nodes if node.value is not None}
        for node in nodes:
            if node.value is not None:
                entries[node.value] += 1
        assert all(entry.n_nodes == n for entry, n in entries.items())
        assert self.n_bytes == sum(entry.saved.nbytes for entry in entries)
        assert self.n_tokens == sum(entry.end - entry.start for entry in entries)
        assert self.n_bytes <= self._most_bytes


class StretchStore(_Shelf):
    """For memory that can be cut anywhere: every stretch of a path is kept once.

    Each node of the tree belongs to the entry that its tokens came with; where paths part within
    one, both halves belong to it.
    """

    def match(self, tokens: list[int]) -> int:
        """How long a prefix of a path can be had."""
        return self._tree.match(tokens)[1]

    def pieces(self, tokens: list[int], start: int) -> list[Piece]:
        """What gives the positions from `start` to `match(tokens)`, in order."""
        node, n = self._tree.match(tokens)
        self._touch(node)
        pieces: list[Piece] = []
        for above in node.up():
            first, end = max(start, above.start), min(n, above.end)
            if first >= end:
                continue
            assert above.value is not None
            piece = above.value.piece(first, end)
            if pieces and pieces[-1].saved is piece.saved:
                piece = piece._replace(end=pieces.pop().end)
            pieces.append(piece)
        return pieces[::-1]

    def put(self, tokens: list[int], start: int, saved: Saved) -> None:
        """Keep positions `start` to the end of a path; what comes before is here already."""
        if not self._fits(saved):
            return
        node = self._tree.insert(tokens)
        entry = _Entry(saved, start, len(tokens))
        for above in node.up():
            if above.value is not None:
                continue
            if above.start >= start:
                self._keep(above, entry)
            else:
                below = [child.value for child in above.children.values() if child.value]
                whole = next(cut for cut in below if cut is not entry)
                self._keep(above, whole)
        self._touch(node)
        self._shrink()


class WholeStore(_Shelf):
    """For memory that is of use only whole: an entry is a whole path and serves only as such."""

    def match(self, tokens: list[int]) -> int:
        """How long a prefix of a path can be had."""
        node = self._whole(tokens)
        return node.end if node else 0

    def pieces(self, tokens: list[int], start: int) -> list[Piece]:
        """The longest whole path, if it goes beyond `start`; it begins at 0."""
        node = self._whole(tokens)
        if node is None or node.end <= start:
            return []
        assert node.value is not None
        self._used.pop(node)
        self._used[node] = None
        return [node.value.piece(0, node.end)]

    def put(self, tokens: list[int], start: int, saved: Saved) -> None:
        """Keep a whole path; `start` is 0."""
        assert start == 0
        if not self._fits(saved):
            return
        node = self._tree.insert(tokens)
        if node.value is None:
            self._keep(node, _Entry(saved, 0, len(tokens)))
        self._shrink()

    def _whole(self, tokens: list[int]) -> Node[_Entry] | None:
        node, n = self._tree.match(tokens)
        whole = (above for above in node.up() if above.end <= n and above.value is not None)
        return next(whole, None)


def default_host_bytes() -> int:
    """A quarter of the memory that is free now, at most 1 GiB."""
    free_bytes = available_bytes()
    # Where the system does not tell, a machine that runs models has at least this much.
    return min(_MOST_BYTES, (_MOST_BYTES if free_bytes is None else free_bytes) // 4)

"""What the sequences of the backend hold: found by its tokens, counted by its cells."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

from loom.engine.backend import Backend, BackendError, Saved
from loom.engine.cells import Cells, Stretch
from loom.engine.radix_tree import Node, RadixTree, path_of


@dataclass(slots=True, eq=False)
class Path:
    """The tokens that one sequence holds, all evaluated, and what it was promised besides.

    It is found at `node`, which may lag behind: tokens that were just written are not yet there.
    """

    sequence: int
    tokens: list[int]
    tail: Stretch
    node: Node[dict[int, Path]]
    n_promised: int = 0


class Resident:
    """Paths on the device: `locked` ones are being written, `held` ones only kept.

    `held` is in the order of use, the least recent first. Interior nodes of the tree are covered
    by the paths that lead through them; only a path takes a sequence.
    """

    def __init__(self, backend: Backend) -> None:
        self.cells = Cells(backend.info.n_cells)
        self.locked: dict[int, Path] = {}
        self.held: dict[int, Path] = {}
        self._backend = backend
        self._tree: RadixTree[dict[int, Path]] = RadixTree()
        self._free = list(range(backend.n_sequences))

    @property
    def n_free_sequences(self) -> int:
        """Sequences that hold nothing."""
        return len(self._free)

    def match(self, tokens: list[int]) -> tuple[Path | None, int]:
        """The path whose beginning, of so many tokens, serves best as the beginning of `tokens`.

        Does not modify anything, except that a held path counts as used just now.
        """
        for path in self.locked.values():
            self._publish(path)
        node, n_shared = self._tree.match(tokens)
        source, n_shared = self._source(node, n_shared)
        if source is not None:
            self._touch(source)
        return source, n_shared

    def _source(self, node: Node[dict[int, Path]], n: int) -> tuple[Path | None, int]:
        ends_here = n == node.end and node.value
        for path in _paths_below(node) if n and not ends_here else ():
            if self._can_end_at(path, n):
                return path, n
        for above in node.up():
            if above.value and above.end <= n:
                held = [path for path in above.value.values() if path.sequence in self.held]
                return (held or list(above.value.values()))[0], above.end
        return None, 0

    def _can_end_at(self, path: Path, n_positions: int) -> bool:
        match self._backend.memory_kind:
            case "anywhere":
                return True
            case "window":
                return self._backend.reaches(path.sequence, n_positions)
            case "whole":
                return False

    def _touch(self, path: Path) -> None:
        if self.held.pop(path.sequence, None):
            self.held[path.sequence] = path

    def share(self, source: Path | None, n_positions: int) -> Path:
        """Lock a new path that shares the first n positions of another; IndexError if none is free.

        The lowest free sequence is taken: recurrent models batch neighbours best.
        """
        sequence = heapq.heappop(self._free)
        parent, tokens = None, []
        if source is not None and n_positions:
            self._backend.copy(source.sequence, sequence, n_positions)
            parent = self.cells.share(source.tail, n_positions)
            tokens = source.tokens[:n_positions]
        node = self._tree.insert(tokens)
        path = Path(sequence, tokens, self.cells.open(parent), node)
        _enter(node, path)
        self.locked[sequence] = path
        return path

    def take(self, path: Path) -> None:
        """Lock a held path as it is."""
        self.locked[path.sequence] = self.held.pop(path.sequence)
        self.cells.lock(path.tail)

    def hold(self, path: Path) -> None:
        """Unlock a path; it is kept, unless what is held already covers it."""
        self._publish(path)
        del self.locked[path.sequence]
        self.cells.unlock(path.tail)
        covering = self._covering(path)
        self.held[path.sequence] = path
        if covering is not None or not path.tokens:
            self.forget(path)
        if covering is not None:
            self._touch(covering)
        elif self._backend.memory_kind == "anywhere":
            for above in list(path.node.up())[1:]:
                for shorter in list((above.value or {}).values()):
                    if shorter.sequence in self.held:
                        self.forget(shorter)

    def _covering(self, path: Path) -> Path | None:
        """A held path that gives all that this one gives."""
        anywhere = self._backend.memory_kind == "anywhere"
        candidates = _paths_below(path.node) if anywhere else list((path.node.value or {}).values())
        return next((other for other in candidates if other.sequence in self.held), None)

    def forget(self, path: Path) -> None:
        """Give up a held path."""
        del self.held[path.sequence]
        self._backend.forget(path.sequence)
        self.cells.close(path.tail)
        self._leave(path.node, path)
        heapq.heappush(self._free, path.sequence)

    def drop(self, path: Path) -> None:
        """Give up a locked path."""
        self.cells.unlock(path.tail)
        self.held[path.sequence] = self.locked.pop(path.sequence)
        self.forget(path)

    def _publish(self, path: Path) -> None:
        """Let a path be found by all of its tokens."""
        if path.node.end == len(path.tokens):
            return
        left, path.node = path.node, self._tree.insert(path.tokens, path.node)
        _enter(path.node, path)
        self._leave(left, path)

    def _leave(self, node: Node[dict[int, Path]], path: Path) -> None:
        assert node.value is not None
        del node.value[path.sequence]
        if not node.value:
            self._tree.evict(node)

    def pack(self) -> None:
        """Move everything to the lowest cells, by way of this machine's memory.

        BackendError if what was saved does not come back.
        """
        first: dict[Stretch, Path] = {}
        plan: list[tuple[Path, Path | None, int, Saved | None]] = []
        for path in [*self.locked.values(), *self.held.values()]:
            known = next((above for above in path.tail.up() if above in first), None)
            source, n_shared = (first[known], known.end) if known else (None, 0)
            first |= dict.fromkeys(path.tail.up(), path)
            saved = None
            if n_shared < len(path.tokens):
                saved = self._backend.save(path.sequence, n_shared, len(path.tokens))
                if saved is None:
                    return
            plan.append((path, source, n_shared, saved))
        self._backend.clear()
        self.cells.start_over()
        for path, source, n_shared, saved in plan:
            if source is not None:
                self._backend.copy(source.sequence, path.sequence, n_shared)
            end = len(path.tokens)
            if saved is not None and not self._backend.restore(path.sequence, saved, n_shared, end):
                raise BackendError("The model's memory could not be packed.", "Grow again.")

    def check(self) -> None:
        """AssertionError if the bookkeeping contradicts itself."""
        self._tree.check()
        paths = self.locked | self.held
        assert not self.locked.keys() & self.held.keys()
        assert sorted([*self._free, *paths]) == list(range(self._backend.n_sequences))
        for sequence, path in paths.items():
            assert path.sequence == sequence
            assert path.tail.end == len(path.tokens)
            assert path.node.value is not None
            assert path.node.value[sequence] is path
            assert path_of(path.node) == path.tokens[: path.node.end]
            assert sequence in self.locked or path.node.end == len(path.tokens)
            assert sequence in self.locked or not path.n_promised
        assert sum(len(node.value or ()) for node in self._tree.root.down()) == len(paths)
        # A node that no path ends at, and where none parts, would never be given up.
        assert all(node.value != {} for node in self._tree.root.down())
        self.cells.check(
            [path.tail for path in self.locked.values()], [path.tail for path in self.held.values()]
        )


def _enter(node: Node[dict[int, Path]], path: Path) -> None:
    if node.value is None:
        node.value = {}
    node.value[path.sequence] = path


def _paths_below(node: Node[dict[int, Path]]) -> list[Path]:
    return [path for below in node.down() for path in (below.value or {}).values()]

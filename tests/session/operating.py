"""Trees without a file to do things to, and what a person sees of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from loom.session.operations import Operations
from loom.tree.events import NodeSelected, TreeEvent
from loom.tree.graph import Tree
from loom.tree.marks import Marks
from loom.tree.node import Node
from tests.store.specimens import STARTED


@dataclass
class Bench:
    """A tree, the events it is folded from, and what can be done to it."""

    tree: Tree = field(default_factory=Tree)
    journal: list[TreeEvent] = field(default_factory=list)
    halted: list[str] = field(default_factory=list)
    waiting: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.take([STARTED])
        self.operations = Operations(
            self.tree,
            self.take,
            lambda node_id: self.take([NodeSelected(0.0, node_id)]),
            self.halted.append,
            lambda node_id: self.waiting.get(node_id, 0),
        )

    def take(self, events: Sequence[TreeEvent]) -> None:
        for event in events:
            self.journal.append(event)
            self.tree.apply(event)

    def undo_all(self) -> int:
        """Take everything back; how much it was."""
        n = len(self.tree.history.done)
        for _ in range(n):
            self.operations.undo()
        return n

    def redo_all(self) -> None:
        while self.tree.history.undone:
            self.operations.redo()


@dataclass(frozen=True)
class Seen:
    """All that is to be seen of a tree; nodes in the order in which they stand."""

    nodes: list[tuple[Node, Marks]]
    about: tuple[str, str, str, str | None]


def seen(tree: Tree) -> Seen:
    nodes: list[tuple[Node, Marks]] = []
    waiting = list(reversed(tree.root_ids))
    while waiting:
        node_id = waiting.pop()
        nodes.append((tree.node(node_id), tree.marks(node_id)))
        waiting += reversed(tree.child_ids(node_id))
    return Seen(nodes, (tree.title, tree.model, tree.mode, tree.template))


def texts(tree: Tree) -> list[bytes]:
    """Every text from a beginning to an end, in the order in which they stand."""
    found = []
    for node, _ in seen(tree).nodes:
        if not tree.n_children(node.id):
            found.append(tree.path_text(node.id))
    return found

"""What a handful of tree events means for the panes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args

from loom.tree.changes import (
    GrowthHidden,
    GrowthShown,
    NodeDerived,
    NodeHidden,
    NodeMoved,
    NodeShown,
)
from loom.tree.events import (
    BranchClosed,
    BranchOpened,
    NodeAdded,
    NodeTokenised,
    TokensAppended,
    TreeEvent,
)
from loom.tree.graph import Tree
from loom.tree.marks import MarkChange

MARK_CHANGES = get_args(MarkChange)


@dataclass(frozen=True, slots=True)
class Changes:
    """Nodes that came (in order), and nodes whose text or state changed.

    `families` are the parents whose finished children are no longer what they were; on the nodes
    `marked` people put something. With `reshaped` nodes went out of sight, came back or stand
    elsewhere, and nothing is where it was.
    """

    added: tuple[str, ...]
    touched: frozenset[str]
    families: frozenset[str | None]
    reshaped: bool = False
    marked: frozenset[str] = frozenset()

    @classmethod
    def of(cls, events: Iterable[TreeEvent], tree: Tree) -> Changes:
        """Read events that the tree has already taken in."""
        added: list[str] = []
        touched: set[str] = set()
        families: set[str | None] = set()
        reshaped = False
        marked: set[str] = set()
        for event in events:
            match event:
                case NodeHidden() | NodeShown() | NodeMoved() | NodeDerived():
                    reshaped = True
                case GrowthHidden() | GrowthShown():
                    reshaped = True
                case _ if isinstance(event, MARK_CHANGES):
                    marked.add(event.node_id)
                case NodeAdded() | BranchOpened() if not tree.is_visible(event.node_id):
                    pass
                case NodeAdded(node_id=node_id, parent_id=parent_id):
                    added.append(node_id)
                    families.add(parent_id)
                case BranchOpened(node_id=node_id):
                    added.append(node_id)
                case TokensAppended(node_id=node_id) | NodeTokenised(node_id=node_id):
                    touched.add(node_id)
                case BranchClosed(node_id=node_id):
                    touched.add(node_id)
                    families.add(tree.node(node_id).parent_id)
                case _:
                    pass
        touched |= marked
        return cls(
            tuple(added), frozenset(touched), frozenset(families), reshaped, frozenset(marked)
        )

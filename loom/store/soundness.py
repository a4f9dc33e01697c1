"""Whether an event can follow those before it: what no tree would accept is found here."""

from __future__ import annotations

from collections.abc import Sequence

from loom.tree.changes import NodeChange, NodeDerived, NodeMoved
from loom.tree.events import (
    BranchClosed,
    BranchesGrown,
    BranchOpened,
    NodeAdded,
    NodeImported,
    NodeSelected,
    NodeTokenised,
    TokensAppended,
    TreeEvent,
)
from loom.tree.node import Node


class Soundness:
    """Takes note of nodes, their parents and their lengths; `n_tokens` is by node."""

    def __init__(self) -> None:
        self.n_tokens: dict[str, int] = {}
        self._parents: dict[str, str | None] = {}

    def take(self, event: TreeEvent) -> None:
        """Follow an event; ValueError for what no tree would accept."""
        match event:
            case NodeAdded() | NodeImported() | BranchOpened():
                self._add(event.node_id, event.parent_id)
            case NodeDerived():
                self._add(event.node_id, event.parent_id)
                self.n_tokens[event.node_id] = len(event.token_ids or ())
            case BranchesGrown():
                self._add_all(event.nodes)
            case NodeTokenised():
                self._check_known(event.node_id)
                self.n_tokens[event.node_id] = len(event.token_ids)
            case TokensAppended():
                self._check_known(event.node_id)
                self.n_tokens[event.node_id] += len(event.tokens)
            case NodeMoved():
                self._move(event)
            case _ if isinstance(event, BranchClosed | NodeSelected | NodeChange):
                self._check_known(event.node_id)
            case _:
                pass

    def _add(self, node_id: str, parent_id: str | None) -> None:
        if node_id in self._parents:
            raise ValueError(f"node {node_id} comes twice")
        if parent_id is not None and parent_id not in self._parents:
            raise ValueError(f"node {node_id} has no parent")
        self._parents[node_id] = parent_id
        self.n_tokens[node_id] = 0

    def _add_all(self, nodes: Sequence[Node]) -> None:
        parents = self._parents
        for node in nodes:
            node_id, parent_id = node.id, node.parent_id
            if node_id in parents or parent_id not in parents:
                # Says which of the two it is; there are 100,000 nodes in this loop at times.
                self._add(node_id, parent_id)
            parents[node_id] = parent_id
            self.n_tokens[node_id] = len(node.token_ids or ())

    def _move(self, event: NodeMoved) -> None:
        self._check_known(event.node_id)
        above = event.parent_id
        while above is not None:
            self._check_known(above)
            if above == event.node_id:
                raise ValueError(f"node {event.node_id} would hang from itself")
            above = self._parents[above]
        self._parents[event.node_id] = event.parent_id

    def _check_known(self, node_id: str) -> None:
        if node_id not in self._parents:
            raise ValueError(f"there is no node {node_id}")

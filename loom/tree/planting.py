"""From the event that brings a node to the node."""

from __future__ import annotations

from loom.records import Provenance
from loom.tree.changes import NodeDerived
from loom.tree.events import BranchOpened, NodeAdded, NodeImported
from loom.tree.node import Node


def written(event: NodeAdded) -> Node:
    """What a person wrote."""
    return Node(
        id=event.node_id,
        parent_id=event.parent_id,
        role=event.role,
        author=event.author,
        created_at=event.at,
        text=event.text,
        special=event.special,
    )


def imported(event: NodeImported) -> Node:
    """What came from another program."""
    return Node(
        id=event.node_id,
        parent_id=event.parent_id,
        role=event.role,
        author=event.author,
        created_at=event.at,
        text=event.text,
        finish=event.finish,
        origin=event.origin,
    )


def opened(event: BranchOpened, provenance: Provenance | None, hidden: bool) -> Node:
    """What a model begins to write."""
    return Node(
        id=event.node_id,
        parent_id=event.parent_id,
        role=event.role,
        author=event.author,
        created_at=event.at,
        token_ids=(),
        token_model=provenance.model.fingerprint if provenance else "",
        state="growing",
        request_id=event.request_id,
        index=event.index,
        hidden=hidden,
    )


def derived(event: NodeDerived) -> Node:
    """What was put together from parts of others."""
    return Node(
        id=event.node_id,
        parent_id=event.parent_id,
        role=event.role,
        author=event.author,
        created_at=event.at,
        text=event.text,
        token_ids=event.token_ids,
        piece_sizes=event.piece_sizes,
        token_model=event.token_model,
        state="partial" if event.finish in ("cancelled", "error") else "done",
        finish=event.finish,
        special=event.special,
        sources=event.sources,
        retokenised=event.retokenised,
    )

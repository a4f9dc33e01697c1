"""The tree as a networkx graph, folded from events one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import networkx as nx

from loom.errors import NodeNotFoundError
from loom.records import JudgedRound, Opening, Provenance
from loom.tree.events import (
    BranchClosed,
    BranchOpened,
    FuturesJudged,
    GrowthAccepted,
    GrowthCovered,
    GrowthRequested,
    Mode,
    ModeChosen,
    ModelChosen,
    ModelHashed,
    NodeAdded,
    NodeSelected,
    NodeTokenised,
    SessionStarted,
    TokensAppended,
    TreeEvent,
)
from loom.tree.node import Node


class Tree:
    """The fold of a session's events: nodes, their order, and where the person stands.

    Only `apply` changes it. Children keep the order in which they came. An event that names an
    unknown node, or a node twice, raises ValueError: the journal promises that none does.
    """

    def __init__(self) -> None:
        self.graph: nx.DiGraph[str] = nx.DiGraph()
        self.title = ""
        self.mode: Mode = "plain"
        self.model = ""
        self.template: str | None = None
        self.opening = Opening()
        self.selected_id: str | None = None
        self.requests: dict[str, GrowthRequested] = {}
        self.provenance: dict[str, Provenance] = {}
        self.model_hashes: dict[str, str] = {}
        self.covered: dict[str, GrowthCovered] = {}
        self.judged: list[JudgedRound] = []
        self._roots: list[str] = []
        self._last_visited: dict[str, str] = {}
        self._growing: dict[str, None] = {}

    def __len__(self) -> int:
        return len(self.graph)

    def __contains__(self, node_id: object) -> bool:
        return node_id in self.graph

    def __iter__(self) -> Iterator[Node]:
        """All nodes in the order in which they came."""
        return (self.node(node_id) for node_id in self.graph)

    @property
    def root_ids(self) -> tuple[str, ...]:
        """Nodes without a parent."""
        return tuple(self._roots)

    @property
    def growing_ids(self) -> tuple[str, ...]:
        """Branches that are being written now."""
        return tuple(self._growing)

    def node(self, node_id: str) -> Node:
        """The node of that id; ValueError if there is none."""
        if node_id not in self.graph:
            raise ValueError(f"no node {node_id!r}")
        node: Node = self.graph.nodes[node_id]["node"]
        return node

    def child_ids(self, node_id: str) -> tuple[str, ...]:
        """The continuations of a node, oldest first."""
        return tuple(self.graph.successors(node_id))

    def n_children(self, node_id: str) -> int:
        """How many continuations a node has."""
        return int(self.graph.out_degree(node_id))

    def sibling_ids(self, node_id: str) -> tuple[str, ...]:
        """The node and the other continuations of its parent, oldest first."""
        parent_id = self.node(node_id).parent_id
        return self.root_ids if parent_id is None else self.child_ids(parent_id)

    def last_visited_child(self, node_id: str) -> str | None:
        """The child that was on the way last time, else the first; None at a leaf."""
        visited = self._last_visited.get(node_id)
        return visited or next(iter(self.graph.successors(node_id)), None)

    def path(self, node_id: str) -> list[Node]:
        """The nodes from the root to this one, both included."""
        nodes = [self.node(node_id)]
        while (parent_id := nodes[-1].parent_id) is not None:
            nodes.append(self.node(parent_id))
        nodes.reverse()
        return nodes

    def path_text(self, node_id: str) -> bytes:
        """The text of the whole path, verbatim."""
        return b"".join(node.text for node in self.path(node_id))

    def leaf_ids(self) -> list[str]:
        """Nodes without children, in the order in which they came."""
        return [node_id for node_id, degree in self.graph.out_degree() if degree == 0]

    def resolve(self, prefix: str) -> str:
        """The id that begins with `prefix`; NodeNotFoundError if none or several do."""
        if prefix in self.graph:
            return prefix
        found = [node_id for node_id in self.graph if prefix and node_id.startswith(prefix)]
        if len(found) == 1:
            return found[0]
        if not found:
            raise NodeNotFoundError(
                f"There is no node {prefix!r} in this session.", "`loom show FILE` lists the ids."
            )
        some = ", ".join(found[:4]) + (" ..." if len(found) > 4 else "")
        raise NodeNotFoundError(
            f"{prefix!r} could mean {len(found)} nodes: {some}.", "Give more letters of the id."
        )

    def apply(self, event: TreeEvent) -> None:
        """Take one event into the tree."""
        match event:
            case SessionStarted():
                self.title, self.mode, self.model = event.title, event.mode, event.model
                self.opening, self.template = event.opening, event.template
            case ModelChosen():
                self.model, self.mode = event.model, event.mode
                self.template = event.template
            case ModeChosen():
                self.mode, self.template = event.mode, event.template
            case ModelHashed():
                self.model_hashes[event.fingerprint] = event.sha256
            case FuturesJudged():
                self.judged.append(event.round)
            case NodeAdded():
                self._add(_written(event))
            case NodeTokenised():
                self._change(
                    event.node_id,
                    token_ids=event.token_ids,
                    piece_sizes=tuple(map(len, event.pieces)),
                    token_model=event.model,
                )
            case GrowthRequested():
                self.requests[event.request_id] = event
            case GrowthAccepted():
                self.provenance[event.request_id] = event.provenance
            case GrowthCovered():
                self.covered[event.request_id] = event
            case BranchOpened():
                self._add(self._opened(event))
                self._growing[event.node_id] = None
            case TokensAppended():
                self._lengthen(event)
            case BranchClosed():
                partial = event.finish in ("cancelled", "error")
                self._growing.pop(event.node_id, None)
                self._change(
                    event.node_id,
                    state="partial" if partial else "done",
                    finish=event.finish,
                    message=event.message,
                    queue_s=event.queue_s,
                )
            case NodeSelected():
                self._select(event.node_id)

    def _opened(self, event: BranchOpened) -> Node:
        provenance = self.provenance.get(event.request_id)
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
        )

    def _add(self, node: Node) -> None:
        if node.id in self.graph:
            raise ValueError(f"node {node.id!r} is already there")
        if node.parent_id is None:
            self._roots.append(node.id)
        elif node.parent_id not in self.graph:
            raise ValueError(f"node {node.id!r} has no parent {node.parent_id!r}")
        self.graph.add_node(node.id, node=node)
        if node.parent_id is not None:
            self.graph.add_edge(node.parent_id, node.id)

    def _change(self, node_id: str, **changes: object) -> None:
        self.graph.nodes[node_id]["node"] = replace(self.node(node_id), **changes)  # type: ignore[arg-type]

    def _lengthen(self, event: TokensAppended) -> None:
        node = self.node(event.node_id)
        if event.start != node.n_tokens:
            raise ValueError(f"node {node.id!r} has {node.n_tokens} tokens, not {event.start}")
        self._change(
            node.id,
            text=node.text + b"".join(event.tokens.pieces),
            token_ids=(node.token_ids or ()) + tuple(event.tokens.ids.tolist()),
            piece_sizes=node.piece_sizes + tuple(map(len, event.tokens.pieces)),
        )

    def _select(self, node_id: str) -> None:
        self.selected_id = node_id
        child = self.node(node_id)
        while child.parent_id is not None:
            self._last_visited[child.parent_id] = child.id
            child = self.node(child.parent_id)


def _written(event: NodeAdded) -> Node:
    return Node(
        id=event.node_id,
        parent_id=event.parent_id,
        role=event.role,
        author=event.author,
        created_at=event.at,
        text=event.text,
        special=event.special,
    )

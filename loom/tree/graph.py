"""The tree as a networkx graph, folded from events one at a time."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace

from loom.errors import NodeNotFoundError
from loom.records import JudgedRound, Opening, Place, Provenance
from loom.tree.arrangement import Arrangement
from loom.tree.changes import (
    GrowthHidden,
    GrowthShown,
    JoinAllowed,
    JoinDenied,
    NodeDerived,
    NodeHidden,
    NodeMoved,
    NodeShown,
    SessionTitled,
)
from loom.tree.checkpoint import Checkpoint, copied
from loom.tree.displacement import Displacement
from loom.tree.events import (
    BranchClosed,
    BranchesGrown,
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
    NodeImported,
    NodeSelected,
    NodeTokenised,
    SecondModelChosen,
    SessionStarted,
    TokensAppended,
    TreeEvent,
    TreeImported,
)
from loom.tree.history import History, Undoable
from loom.tree.inverse import inverse_of
from loom.tree.marks import UNMARKED, MarkChange, Marks, marked
from loom.tree.node import Node
from loom.tree.planting import derived, imported, opened, written
from loom.tree.way import Way

_KEEPING_PATHS = (
    NodeAdded,
    NodeTokenised,
    BranchOpened,
    TokensAppended,
    BranchClosed,
    NodeSelected,
    GrowthRequested,
    GrowthAccepted,
    GrowthCovered,
    ModelHashed,
    SecondModelChosen,
    FuturesJudged,
    JoinDenied,
    JoinAllowed,
)
"""Events after which every node still stands where it stood."""

_PARTS = frozenset(("history", "_places", "_displacement", "_way"))
"""Attributes of a tree that are no plain values."""


class Tree:
    """The fold of a session's events: nodes, their order, marks, and where the person stands.

    Only `apply` changes it. Children keep the order in which they came, unless they are moved.
    Questions about roots, children, siblings and leaves leave out what is hidden; `node`, `path`
    and iteration do not. An event that names an unknown node, or a node twice, raises ValueError:
    the journal promises that none does.
    """

    def __init__(self) -> None:
        self.title = ""
        self.mode: Mode = "plain"
        self.model = ""
        self.template: str | None = None
        self.second_model: str | None = None
        self.opening = Opening()
        self.selected_id: str | None = None
        self.requests: dict[str, GrowthRequested] = {}
        self.provenance: dict[str, Provenance] = {}
        self.model_hashes: dict[str, str] = {}
        self.covered: dict[str, GrowthCovered] = {}
        self.judged: list[JudgedRound] = []
        self.denied: dict[frozenset[Place], None] = {}
        self.imports: list[TreeImported] = []
        self.history = History()
        self._places = Arrangement()
        self._displacement = Displacement(self._places)
        self._marks: dict[str, Marks] = {}
        self._branches: dict[str, list[str]] = {}
        self._hidden_growths: set[str] = set()
        self._last_visited: dict[str, str] = {}
        self._growing: dict[str, None] = {}
        self._way = Way(self.node)

    def __len__(self) -> int:
        return len(self._places.graph)

    def __contains__(self, node_id: object) -> bool:
        return node_id in self._places.graph

    def __iter__(self) -> Iterator[Node]:
        """All nodes in the order in which they came, also those that are hidden."""
        return (self.node(node_id) for node_id in self._places.graph)

    # What is to be seen

    @property
    def n_visible(self) -> int:
        """How many nodes are to be seen."""
        return self._places.n_visible

    def is_visible(self, node_id: str) -> bool:
        """Whether a node is to be seen: neither it nor anything above it is hidden."""
        return self._places.is_visible(node_id)

    def visible(self) -> Iterator[Node]:
        """The nodes to be seen, each after its parent, else in the order in which they came."""
        return map(self.node, self._places.in_growing_order())

    # Where things stand

    @property
    def root_ids(self) -> tuple[str, ...]:
        """Nodes without a parent."""
        return self._places.child_ids(None)

    @property
    def growing_ids(self) -> tuple[str, ...]:
        """Branches that are being written now."""
        return tuple(self._growing)

    def node(self, node_id: str) -> Node:
        """The node of that id; ValueError if there is none."""
        return self._places.node(node_id)

    def child_ids(self, node_id: str) -> tuple[str, ...]:
        """The continuations of a node in their order."""
        return self._places.child_ids(node_id)

    def every_child(self, node_id: str | None) -> tuple[str, ...]:
        """The same with those that are hidden; None asks for the roots."""
        return self._places.every_child(node_id)

    def n_children(self, node_id: str) -> int:
        """How many continuations a node has."""
        return self._places.n_children(node_id)

    def run_up(self, node_id: str, until: Container[str | None]) -> list[str]:
        """A node and those above it, as far as each is an only child and not in `until`."""
        return self._places.run_up(node_id, until)

    def last_down(self, node_id: str, until: Container[str | None], most: int) -> list[str]:
        """A node, its last child, and so on: as far as none is in `until` or has over `most`."""
        return self._places.last_down(node_id, until, most)

    def sibling_ids(self, node_id: str) -> tuple[str, ...]:
        """The node, even if it is hidden, and the other continuations of its parent."""
        node = self.node(node_id)
        if not node.hidden:
            return self._places.child_ids(node.parent_id)
        family = self._places.every_child(node.parent_id)
        return tuple(one for one in family if one == node_id or not self.node(one).hidden)

    def subtree_ids(self, node_id: str) -> Iterator[str]:
        """A node and all that hangs from it, hidden or not, each after its parent."""
        return self._places.subtree_ids(node_id)

    def last_visited_child(self, node_id: str) -> str | None:
        """The child that was on the way last time, else the first; None at a leaf."""
        visited = self._last_visited.get(node_id)
        if visited is not None:
            node = self.node(visited)
            if node.parent_id == node_id and not node.hidden:
                return visited
        return self._places.first_child(node_id)

    def last_visited_leaf(self, node_id: str) -> str:
        """Where one comes from a node by the child that was visited last, over and over."""
        return self._places.leaf_by(node_id, self._last_visited)

    def path(self, node_id: str) -> list[Node]:
        """The nodes from the root to this one, both included."""
        return self._way.path(node_id)

    def path_text(self, node_id: str) -> bytes:
        """The text of the whole path, verbatim."""
        return b"".join(node.text for node in self.path(node_id))

    def leaf_ids(self) -> list[str]:
        """Nodes to be seen from which nothing hangs, in the order in which they came."""
        ids = self._places.graph
        return [i for i in ids if self.is_visible(i) and not self._places.n_children(i)]

    def branches_of(self, request_id: str) -> tuple[str, ...]:
        """All that a request has grown, hidden or not, in the order in which it began."""
        return tuple(self._branches.get(request_id, ()))

    def is_growth_hidden(self, request_id: str) -> bool:
        """Whether the growth was taken back."""
        return request_id in self._hidden_growths

    # What people put on nodes

    def marks(self, node_id: str) -> Marks:
        """The bookmark, tags, note, title and chapter of a node."""
        return self._marks.get(node_id, UNMARKED)

    @property
    def marked_ids(self) -> tuple[str, ...]:
        """Nodes that people have put something on, perhaps no longer."""
        return tuple(self._marks)

    def resolve(self, prefix: str) -> str:
        """The id that begins with `prefix`; NodeNotFoundError if none or several do."""
        if prefix in self:
            return prefix
        found = [node_id for node_id in self._places.graph if prefix and node_id.startswith(prefix)]
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

    # What happens

    def apply(self, event: TreeEvent) -> None:
        """Take one event into the tree."""
        self.history.take(event, self._invert)
        if not isinstance(event, _KEEPING_PATHS):
            self._way.forget()
        match event:
            case SessionStarted():
                self.title, self.mode, self.model = event.title, event.mode, event.model
                self.opening, self.template = event.opening, event.template
            case ModelChosen():
                self.model, self.mode = event.model, event.mode
                self.template = event.template
            case ModeChosen():
                self.mode, self.template = event.mode, event.template
            case SecondModelChosen():
                self.second_model = event.model
            case ModelHashed():
                self.model_hashes[event.fingerprint] = event.sha256
            case FuturesJudged():
                self.judged.append(event.round)
            case NodeAdded():
                self._places.add(written(event))
            case TreeImported():
                self.imports.append(event)
            case NodeImported():
                self._places.add(imported(event))
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
                self._open(event)
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
            case BranchesGrown():
                self._add_whole(event.nodes)
            case NodeSelected():
                self._select(event.node_id)
            case _:
                self._take_change(event)

    def _take_change(self, event: TreeEvent) -> None:
        """What people change about texts that are there."""
        match event:
            case NodeDerived():
                self._places.add(derived(event))
            case NodeHidden():
                self._places.set_hidden(event.node_id, True)
            case NodeShown():
                self._places.set_hidden(event.node_id, False)
            case NodeMoved():
                self._displacement.move(event)
            case GrowthHidden() | GrowthShown():
                self._set_growth_hidden(event.request_id, isinstance(event, GrowthHidden))
            case SessionTitled():
                self.title = event.title
            case JoinDenied():
                self.denied[event.places] = None
            case JoinAllowed():
                self.denied.pop(event.places, None)
            case _ if isinstance(event, MarkChange):
                self.node(event.node_id)
                self._marks[event.node_id] = marked(self.marks(event.node_id), event)
            case _:
                pass

    # Going back

    def checkpoint(self) -> Checkpoint | None:
        """What is needed to have the tree again as it is now; None in the midst of an operation."""
        history = self.history.checkpoint()
        if history is None:
            return None
        values = {name: value for name, value in vars(self).items() if name not in _PARTS}
        places, homes = self._places.checkpoint(), self._displacement.checkpoint()
        return Checkpoint(places, homes, history, copied(values))

    def resume(self, kept: Checkpoint) -> None:
        """Become the tree that it was then; nothing that changes is shared with `kept`."""
        vars(self).update(copied(kept.values))
        self._places.resume(kept.places)
        self._displacement.resume(kept.homes)
        self.history.resume(kept.history)
        self._way.forget()

    def _invert(self, event: Undoable) -> Undoable:
        return inverse_of(event, self)

    def _open(self, event: BranchOpened) -> None:
        hidden = self.is_growth_hidden(event.request_id)
        self._places.add(opened(event, self.provenance.get(event.request_id), hidden))
        self._branches.setdefault(event.request_id, []).append(event.node_id)
        self._growing[event.node_id] = None

    def _set_growth_hidden(self, request_id: str, hidden: bool) -> None:
        (self._hidden_growths.add if hidden else self._hidden_growths.discard)(request_id)
        for node_id in self.branches_of(request_id):
            self._places.set_hidden(node_id, hidden)

    def _add_whole(self, nodes: Sequence[Node]) -> None:
        """Branches that have long been finished."""
        for node in nodes:
            if node.request_id is not None:
                self._branches.setdefault(node.request_id, []).append(node.id)
        if self._hidden_growths:
            nodes = [self._as_its_growth(node) for node in nodes]
        self._places.add_all(nodes)

    def _as_its_growth(self, node: Node) -> Node:
        hidden = node.request_id is not None and self.is_growth_hidden(node.request_id)
        return replace(node, hidden=hidden)

    def _change(self, node_id: str, **changes: object) -> None:
        node = replace(self.node(node_id), **changes)  # type: ignore[arg-type]
        self._places.put(node)
        self._way.changed(node)

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
        # What is above was on the way already, and is what was visited last.
        for node in self._way.go_to(node_id):
            if node.parent_id is not None:
                self._last_visited[node.parent_id] = node.id

"""Where each node stands: under which parent, in which order, and whether it is to be seen."""

from __future__ import annotations

import heapq
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace

import networkx as nx

from loom.tree.checkpoint import KeptPlaces
from loom.tree.node import Node


class Arrangement:
    """The graph of nodes and the order of roots and children.

    A hidden node hides all that hangs from it. Whether a node is to be seen is known at once;
    hiding, showing and moving cost the size of the subtree, everything else that of a family.
    """

    def __init__(self) -> None:
        self.graph: nx.DiGraph[str] = nx.DiGraph()
        # Beside the graph, which would keep a dictionary of attributes for each.
        self._nodes: dict[str, Node] = {}
        self._roots: list[str] = []
        self._hidden: set[str] = set()
        self._unseen: set[str] = set()
        self._rearranged: set[str] = set()

    # Questions

    def node(self, node_id: str) -> Node:
        """The node of that id; ValueError if there is none."""
        try:
            return self._nodes[node_id]
        except KeyError:
            raise ValueError(f"no node {node_id!r}") from None

    @property
    def n_visible(self) -> int:
        """How many nodes are to be seen."""
        return len(self.graph) - len(self._unseen)

    def is_visible(self, node_id: str) -> bool:
        """Whether a node is to be seen: neither it nor anything above it is hidden."""
        return node_id not in self._unseen

    def every_child(self, parent_id: str | None) -> tuple[str, ...]:
        """The children of a node in their order, None for the roots; also those that are hidden."""
        if parent_id is None:
            return tuple(self._roots)
        return tuple(self.graph.successors(parent_id))

    def child_ids(self, parent_id: str | None) -> tuple[str, ...]:
        """The children that are not hidden, in their order; None for the roots."""
        found = self.every_child(parent_id)
        if not self._hidden:
            return found
        return tuple(one for one in found if one not in self._hidden)

    def first_child(self, parent_id: str) -> str | None:
        """The first child that is not hidden."""
        children = self.graph.successors(parent_id)
        return next((one for one in children if one not in self._hidden), None)

    def n_children(self, parent_id: str) -> int:
        """How many children are not hidden."""
        if not self._hidden:
            return int(self.graph.out_degree(parent_id))
        return len(self.child_ids(parent_id))

    def path_ids(self, node_id: str) -> list[str]:
        """The nodes from the root to this one, both included."""
        found = [node_id]
        while (parent_id := self.node(found[-1]).parent_id) is not None:
            found.append(parent_id)
        found.reverse()
        return found

    def leaf_by(self, node_id: str, preferred: Mapping[str, str]) -> str:
        """The leaf to which the preferred children lead, or else the first ones."""
        nodes, first_child = self._nodes, self.first_child
        at: str | None = node_id
        while at is not None:
            end, at = at, preferred.get(at)
            if at is None or nodes[at].parent_id != end or nodes[at].hidden:
                at = first_child(end)
        return end

    def run_up(self, node_id: str, until: Container[str | None]) -> list[str]:
        """A node and those above it, as far as each is an only child and not in `until`."""
        found, at, nodes, hidden = [node_id], node_id, self._nodes, self._hidden
        children = self.graph.successors
        while at not in until and (above := nodes[at].parent_id) is not None:
            # What is hidden is no child, and has no row.
            if (self.child_ids(above) if hidden else tuple(children(above))) != (at,):
                break
            found.append(above)
            at = above
        return found

    def last_down(self, node_id: str, until: Container[str | None], most: int) -> list[str]:
        """A node, its last child, and so on: as far as none is in `until` or has over `most`."""
        found, at, hidden = [node_id], node_id, self._hidden
        children = self.graph.successors
        while at not in until:
            below = self.child_ids(at) if hidden else tuple(children(at))
            if not 0 < len(below) <= most:
                break
            at = below[-1]
            found.append(at)
        return found

    def subtree_ids(self, node_id: str) -> Iterator[str]:
        """A node and all that hangs from it, hidden or not, each after its parent."""
        waiting = [node_id]
        while waiting:
            found = waiting.pop()
            yield found
            waiting += reversed(list(self.graph.successors(found)))

    def in_growing_order(self) -> Iterator[str]:
        """The nodes to be seen, each after its parent, else in the order in which they came."""
        rank = {node_id: number for number, node_id in enumerate(self.graph)}
        waiting = [(rank[root], root) for root in self.child_ids(None)]
        heapq.heapify(waiting)
        while waiting:
            _, node_id = heapq.heappop(waiting)
            yield node_id
            for child in self.child_ids(node_id):
                heapq.heappush(waiting, (rank[child], child))

    # Changes

    def add(self, node: Node) -> None:
        """A new node is the last child of its parent; ValueError if that is not there."""
        if node.id in self.graph:
            raise ValueError(f"node {node.id!r} is already there")
        if node.parent_id is None:
            self._roots.append(node.id)
        elif node.parent_id not in self.graph:
            raise ValueError(f"node {node.id!r} has no parent {node.parent_id!r}")
        self.graph.add_node(node.id)
        self._nodes[node.id] = node
        if node.parent_id is not None:
            self.graph.add_edge(node.parent_id, node.id)
        if node.hidden:
            self._hidden.add(node.id)
        if node.hidden or node.parent_id in self._unseen:
            self._unseen.add(node.id)

    def add_all(self, nodes: Sequence[Node]) -> None:
        """Many new nodes, of which each has a parent, in one; quicker than one by one."""
        self.graph.add_edges_from([(str(node.parent_id), node.id) for node in nodes])
        self._nodes.update([(node.id, node) for node in nodes])
        self._hidden.update(node.id for node in nodes if node.hidden)
        if self._hidden:
            self._unseen.update(
                node.id for node in nodes if node.hidden or node.parent_id in self._unseen
            )

    def put(self, node: Node) -> None:
        """What is known of a node is another now."""
        self._nodes[node.id] = node

    def set_hidden(self, node_id: str, hidden: bool) -> None:
        """Hide a node, or no longer."""
        node = self.node(node_id)
        if node.hidden == hidden:
            return
        self.put(replace(node, hidden=hidden))
        (self._hidden.add if hidden else self._hidden.discard)(node_id)
        self._look_again(node_id)

    def move(self, node_id: str, parent_id: str | None, after_id: str | None) -> None:
        """Put a node after a sibling, or first; last if that sibling is not there.

        ValueError if the new parent is not there, or hangs from the node itself.
        """
        node = self.node(node_id)
        if parent_id is not None and node_id in self.path_ids(parent_id):
            raise ValueError(f"node {node_id!r} cannot hang from itself")
        self._set_children(
            node.parent_id, [one for one in self.every_child(node.parent_id) if one != node_id]
        )
        family = list(self.every_child(parent_id))
        at = 0 if after_id is None else len(family)
        if after_id in family:
            at = family.index(after_id) + 1
        family.insert(at, node_id)
        self.put(replace(node, parent_id=parent_id))
        self._set_children(parent_id, family)
        self._look_again(node_id)

    # Going back

    def checkpoint(self) -> KeptPlaces:
        """Where everything stands now."""
        return KeptPlaces(
            nodes=tuple(self._nodes.values()),
            root_ids=tuple(self._roots),
            families={parent_id: self.every_child(parent_id) for parent_id in self._rearranged},
            hidden=frozenset(self._hidden),
            unseen=frozenset(self._unseen),
        )

    def resume(self, kept: KeptPlaces) -> None:
        """Have everything stand where it stood then."""
        nodes = kept.nodes
        self._nodes = {node.id: node for node in nodes}
        self.graph = nx.DiGraph()
        self.graph.add_nodes_from(self._nodes)
        self.graph.add_edges_from([(n.parent_id, n.id) for n in nodes if n.parent_id is not None])
        self._roots = list(kept.root_ids)
        self._hidden, self._unseen = set(kept.hidden), set(kept.unseen)
        self._rearranged = set()
        for parent_id, child_ids in kept.families.items():
            self._set_children(parent_id, list(child_ids))

    def _set_children(self, parent_id: str | None, child_ids: list[str]) -> None:
        if parent_id is None:
            self._roots = child_ids
            return
        self._rearranged.add(parent_id)
        # A graph keeps the order in which edges came.
        self.graph.remove_edges_from([(parent_id, child) for child in self.every_child(parent_id)])
        self.graph.add_edges_from((parent_id, child) for child in child_ids)

    def _look_again(self, node_id: str) -> None:
        for found in self.subtree_ids(node_id):
            if found in self._hidden or self.node(found).parent_id in self._unseen:
                self._unseen.add(found)
            else:
                self._unseen.discard(found)

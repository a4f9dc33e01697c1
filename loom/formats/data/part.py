"""The part of a tree that is written out as data, walked as the whole tree would be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from loom.formats.choice import Excerpt
from loom.formats.writeup.passages import beginning
from loom.tree.graph import Tree
from loom.tree.node import Node


@dataclass(frozen=True, slots=True)
class Part:
    """The chosen nodes with their chosen children; `children` is None where all are chosen."""

    tree: Tree
    root_ids: tuple[str, ...]
    children: Mapping[str, tuple[str, ...]] | None = None
    n_characters: int | None = None

    @classmethod
    def whole(cls, tree: Tree) -> Part:
        """Every node, hidden ones too."""
        return cls(tree, tree.root_ids)

    @classmethod
    def of(cls, excerpt: Excerpt) -> Part:
        """The nodes of an excerpt; its tops are beginnings, whatever they hang from."""
        return cls(excerpt.tree, excerpt.tops, excerpt.children, excerpt.n_characters)

    @property
    def selected_id(self) -> str | None:
        """Where the person stands, if that is in the part, else its first beginning."""
        selected = self.tree.selected_id
        if selected is not None and selected in self:
            return selected
        return next(iter(self.root_ids), None)

    def __contains__(self, node_id: object) -> bool:
        return node_id in (self.tree if self.children is None else self.children)

    def __iter__(self) -> Iterator[Node]:
        """The nodes in the order in which they came."""
        if self.children is None:
            yield from self.tree
            return
        tops = frozenset(self.root_ids)
        for node in self.tree:
            if node.id in self.children:
                yield self._cut(replace(node, parent_id=None) if node.id in tops else node)

    def node(self, node_id: str) -> Node:
        """One node of the part."""
        node = self.tree.node(node_id)
        return self._cut(replace(node, parent_id=None) if node_id in self.root_ids else node)

    def child_ids(self, node_id: str) -> tuple[str, ...]:
        """Its chosen children."""
        return self.tree.child_ids(node_id) if self.children is None else self.children[node_id]

    def _cut(self, node: Node) -> Node:
        if self.n_characters is None or len(node.text) <= self.n_characters:
            return node
        return replace(node, text=beginning(node.text, self.n_characters))

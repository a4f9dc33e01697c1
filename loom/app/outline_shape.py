"""Which rows an outline has: what is folded, hoisted, filtered out, and which ten of many siblings.

Every node has a size: the rows of its subtree as it would be drawn now, itself included. A node
that is folded has one; of many siblings ten are drawn, and below them a row that says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from loom.tree.graph import Tree

PAGE = 10
"""So many siblings are drawn at once."""


class OutlineShape:
    """The sizes of a tree's nodes; every change costs the way up from where it happened.

    `hoisted` is the node that is drawn as if it were the only root.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._sizes: dict[str, int] = {}
        self._all_folded = False
        self._others: set[str] = set()
        self._kept: set[str] | None = None
        self._pages: dict[str | None, int] = {}
        self.hoisted: str | None = None
        self._unfolded_sizes: dict[str, int] | None = None
        self._measure_all()

    # Questions

    def size(self, node_id: str) -> int:
        """Rows of a node and of what is drawn below it."""
        return self._sizes.get(node_id, 1)

    def is_folded(self, node_id: str) -> bool:
        """Whether nothing below a node is drawn."""
        return (node_id in self._others) != self._all_folded

    def n_ways(self, node_id: str | None) -> int:
        """How many children a node would have drawn, folded or not; None asks for the roots."""
        return len(self._children(node_id))

    def family(self, node_id: str | None) -> Sequence[str]:
        """The children that are drawn below a node, on the page that is open."""
        if node_id is not None and self.is_folded(node_id):
            return ()
        return self._on_page(node_id, self._children(node_id))

    def page(self, node_id: str | None) -> tuple[int, int, int]:
        """The first and last of the children that are drawn, from 1, and how many there are."""
        n, at = self.n_ways(node_id), self._pages.get(node_id, 0)
        return at * PAGE + 1, min(n, (at + 1) * PAGE), n

    def has_pager(self, node_id: str | None) -> bool:
        """Whether a row says that there are more children than are drawn."""
        folded = node_id is not None and self.is_folded(node_id)
        return not folded and self.n_ways(node_id) > PAGE

    def parent(self, node_id: str) -> str | None:
        """The node under which this one is drawn, None for a root or what is hoisted."""
        return None if node_id == self.hoisted else self._tree.node(node_id).parent_id

    @property
    def n_rows(self) -> int:
        """Rows in all."""
        return self._family_size(None)

    # Changes

    def family_changed(self, parent_id: str | None) -> None:
        """Children came, went, or stand in another order."""
        self._unfolded_sizes = None
        at, n = self._pages.get(parent_id, 0), self.n_ways(parent_id)
        if at and at * PAGE >= n:
            self._pages[parent_id] = max(0, (n - 1) // PAGE)
        self._measure_up(parent_id)

    def add(self, node_id: str) -> None:
        """A node that is now in the tree."""
        self._unfolded_sizes = None
        if self._all_folded:
            self._others.add(node_id)
        if self._kept is not None:
            self._keep(node_id)
            for above in reversed(self._tree.path(node_id)):
                self._sizes[above.id] = self._measured(above.id)
        self._measure_up(self._tree.node(node_id).parent_id)

    def measure_again(self) -> None:
        """Nodes went out of sight, came back or stand elsewhere."""
        if self.hoisted is not None and not self._tree.is_visible(self.hoisted):
            self.hoisted = None
        self._measure_all()

    def turn_fold(self, node_id: str) -> None:
        """Fold a node, or unfold it if it is folded."""
        self._others.symmetric_difference_update((node_id,))
        self._measure_up(node_id)

    def fold_all_but(self, path: Sequence[str]) -> None:
        """Fold everything that is not on a path from the root down."""
        if not self._all_folded and not self._others:
            self._unfolded_sizes = self._sizes
        self._all_folded, self._others = True, set(path)
        self._sizes = {}
        for node_id in reversed(path):
            self._sizes[node_id] = self._measured(node_id)

    def unfold_all(self) -> None:
        """Draw everything; unless the tree changed since all was folded, nothing is measured."""
        self._all_folded, self._others = False, set()
        if self._unfolded_sizes is None:
            self._measure_all()
        else:
            self._sizes, self._unfolded_sizes = self._unfolded_sizes, None

    def turn_to(self, node_id: str) -> bool:
        """Open the page on which a node is; whether another one was open."""
        parent_id = self.parent(node_id)
        children = self._children(parent_id)
        if len(children) <= PAGE or node_id not in children:
            return False
        page = children.index(node_id) // PAGE
        if page == self._pages.get(parent_id, 0):
            return False
        self._pages[parent_id] = page
        self._unfolded_sizes = None
        self._measure_up(parent_id)
        return True

    def hoist(self, node_id: str | None) -> None:
        """Draw one node as the only root; None draws all again."""
        self.hoisted = node_id

    def keep_only(self, node_ids: Iterable[str] | None) -> None:
        """Draw these nodes and what leads to them; None draws all again."""
        self._kept = None
        if node_ids is not None:
            self._kept = set()
            for node_id in node_ids:
                self._keep(node_id)
        self._measure_all()

    # Sizes

    def _children(self, node_id: str | None) -> Sequence[str]:
        if node_id is None:
            found = self._tree.root_ids if self.hoisted is None else (self.hoisted,)
        else:
            found = self._tree.child_ids(node_id)
        kept = self._kept
        return found if kept is None else [one for one in found if one in kept]

    def _on_page(self, node_id: str | None, children: Sequence[str]) -> Sequence[str]:
        if len(children) <= PAGE:
            return children
        start = self._pages.get(node_id, 0) * PAGE
        return children[start : start + PAGE]

    def _family_size(self, node_id: str | None) -> int:
        children = self._children(node_id)
        drawn = self._on_page(node_id, children)
        return sum(map(self.size, drawn)) + (len(children) > PAGE)

    def _measured(self, node_id: str) -> int:
        return 1 if self.is_folded(node_id) else 1 + self._family_size(node_id)

    def _measure_up(self, node_id: str | None) -> None:
        """Measure a node again and all above it, as far as anything changes."""
        while node_id is not None:
            size = self._measured(node_id)
            if self.size(node_id) == size:
                return
            self._sizes[node_id] = size
            node_id = self._tree.node(node_id).parent_id

    def _measure_all(self) -> None:
        self._sizes, self._unfolded_sizes = {}, None
        order: list[str] = list(self._tree.root_ids)
        for node_id in order:
            order.extend(self._tree.child_ids(node_id))
        for node_id in reversed(order):
            if self._tree.n_children(node_id):
                self._sizes[node_id] = self._measured(node_id)

    def _keep(self, node_id: str) -> None:
        above: str | None = node_id
        while above is not None and self._kept is not None and above not in self._kept:
            self._kept.add(above)
            above = self._tree.node(above).parent_id

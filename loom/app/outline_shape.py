"""Which rows an outline has: what is folded, hoisted, filtered out, and which ten of many siblings.

Every item of a layout has a size: the rows of all that hangs from it as it would be drawn now,
itself included. An item that is folded has one; of many siblings ten are drawn, and below them a
row that says so.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from loom.app.layout import Layout

PAGE = 10
"""So many siblings are drawn at once."""


class OutlineShape:
    """The sizes of a layout's items; every change costs the way up from where it happened.

    `hoisted` is the item that is drawn as if it were the only root.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._sizes: dict[str, int] = {}
        self._all_folded = False
        self._others: set[str] = set()
        self._kept: set[str] | None = None
        self._pages: dict[str | None, int] = {}
        self.hoisted: str | None = None
        self._unfolded_sizes: dict[str, int] | None = None
        self._measure_all()

    # Questions

    def size(self, item: str) -> int:
        """Rows of a node and of what is drawn below it."""
        return self._sizes.get(item, 1)

    def is_folded(self, item: str) -> bool:
        """Whether nothing below a node is drawn."""
        return (item in self._others) != self._all_folded

    def n_ways(self, item: str | None) -> int:
        """How many children a node would have drawn, folded or not; None asks for the roots."""
        return len(self._children(item))

    def family(self, item: str | None) -> Sequence[str]:
        """The children that are drawn below a node, on the page that is open."""
        if item is not None and self.is_folded(item):
            return ()
        return self._on_page(item, self._children(item))

    def page(self, item: str | None) -> tuple[int, int, int]:
        """The first and last of the children that are drawn, from 1, and how many there are."""
        n, at = self.n_ways(item), self._pages.get(item, 0)
        return at * PAGE + 1, min(n, (at + 1) * PAGE), n

    def has_pager(self, item: str | None) -> bool:
        """Whether a row says that there are more children than are drawn."""
        folded = item is not None and self.is_folded(item)
        return not folded and self.n_ways(item) > PAGE

    def parent(self, item: str) -> str | None:
        """The node under which this one is drawn, None for a root or what is hoisted."""
        return None if item == self.hoisted else self._layout.parent(item)

    @property
    def n_rows(self) -> int:
        """Rows in all."""
        return self._family_size(None)

    # Runs: long stretches without a fork, past which one gets at once

    def run_up(self, item: str, until: Container[str | None]) -> list[str]:
        """An item and some above it: all but the last are only children, and not in `until`."""
        is_whole = self._kept is None and self.hoisted is None
        return self._layout.run_up(item, until) if is_whole else [item]

    def last_down(self, item: str, until: Container[str | None]) -> list[str]:
        """A drawn item, perhaps the last that is drawn below it, and so on."""
        if self._kept is not None or self.is_folded(item):
            return [item]
        run = self._layout.last_down(item, until, PAGE)
        if self.are_unfolded(run):
            return run
        last = next(number for number, one in enumerate(run) if self.is_folded(one))
        return run[: last + 1]

    def are_unfolded(self, items: Sequence[str]) -> bool:
        """Whether what hangs from each of these is drawn."""
        return (
            self._others.issuperset(items) if self._all_folded else self._others.isdisjoint(items)
        )

    # Changes

    def add(self, item: str) -> None:
        """A node that is now in the tree."""
        self._unfolded_sizes = None
        if self._all_folded:
            self._others.add(item)
        if self._kept is not None:
            self._keep(item)
            for above in reversed(self._layout.way_to(item)):
                self._sizes[above] = self._measured(above)
        self._measure_up(self._layout.parent(item))

    def measure_again(self) -> None:
        """Items went out of sight, came back or stand elsewhere."""
        if self.hoisted is not None and self.hoisted not in self._layout:
            self.hoisted = None
        self._measure_all()

    def turn_fold(self, item: str) -> None:
        """Fold a node, or unfold it if it is folded."""
        self._others.symmetric_difference_update((item,))
        self._measure_up(item)

    def fold_all_but(self, path: Sequence[str]) -> None:
        """Fold everything that is not on a path from the root down."""
        if not self._all_folded and not self._others:
            self._unfolded_sizes = self._sizes
        self._all_folded, self._others = True, set(path)
        self._sizes = {}
        for item in reversed(path):
            self._sizes[item] = self._measured(item)

    def unfold_all(self) -> None:
        """Draw everything; unless the tree changed since all was folded, nothing is measured."""
        self._all_folded, self._others = False, set()
        if self._unfolded_sizes is None:
            self._measure_all()
        else:
            self._sizes, self._unfolded_sizes = self._unfolded_sizes, None

    def turn_to(self, item: str) -> bool:
        """Open the page on which a node is; whether another one was open."""
        parent_id = self.parent(item)
        children = self._children(parent_id)
        if len(children) <= PAGE or item not in children:
            return False
        page = children.index(item) // PAGE
        if page == self._pages.get(parent_id, 0):
            return False
        self._pages[parent_id] = page
        self._unfolded_sizes = None
        self._measure_up(parent_id)
        return True

    def hoist(self, item: str | None) -> None:
        """Draw one node as the only root; None draws all again."""
        self.hoisted = item

    def keep_only(self, items: Iterable[str] | None) -> None:
        """Draw these nodes and what leads to them; None draws all again."""
        self._kept = None
        if items is not None:
            self._kept = set()
            for item in items:
                self._keep(item)
        self._measure_all()

    # Sizes

    def _children(self, item: str | None) -> Sequence[str]:
        if item is None:
            found = self._layout.root_ids if self.hoisted is None else (self.hoisted,)
        else:
            found = self._layout.child_ids(item)
        kept = self._kept
        return found if kept is None else [one for one in found if one in kept]

    def _on_page(self, item: str | None, children: Sequence[str]) -> Sequence[str]:
        if len(children) <= PAGE:
            return children
        start = self._pages.get(item, 0) * PAGE
        return children[start : start + PAGE]

    def _family_size(self, item: str | None) -> int:
        children = self._children(item)
        drawn = self._on_page(item, children)
        return sum(map(self.size, drawn)) + (len(children) > PAGE)

    def _measured(self, item: str) -> int:
        return 1 if self.is_folded(item) else 1 + self._family_size(item)

    def _measure_up(self, item: str | None) -> None:
        """Measure a node again and all above it, as far as anything changes."""
        while item is not None:
            size = self._measured(item)
            if self.size(item) == size:
                return
            self._sizes[item] = size
            item = self._layout.parent(item)

    def _measure_all(self) -> None:
        self._sizes, self._unfolded_sizes = {}, None
        order: list[str] = list(self._layout.root_ids)
        for item in order:
            order.extend(self._layout.child_ids(item))
        for item in reversed(order):
            if self._layout.n_children(item):
                self._sizes[item] = self._measured(item)

    def _keep(self, item: str) -> None:
        above: str | None = item
        while above is not None and self._kept is not None and above not in self._kept:
            self._kept.add(above)
            above = self._layout.parent(above)

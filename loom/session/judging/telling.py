"""All that is known of where branches meet: shared words, and the futures that were judged."""

from __future__ import annotations

import time

from loom.convergence.denying import with_denials
from loom.convergence.gist_joins import gist_joins
from loom.convergence.joins import JoinFinder, find_joins
from loom.convergence.told import joins_told, pair_told
from loom.records import Join, JudgedRound
from loom.tree.events import TreeEvent
from loom.tree.graph import Tree


class JoinTeller:
    """Kept up to date while the tree grows; answers at once if nothing has changed."""

    def __init__(self) -> None:
        self._finder = JoinFinder()
        self._made_of: tuple[tuple[Join, ...], int, int, tuple[object, ...]] | None = None
        self._told: tuple[Join, ...] = ()

    def take(self, event: TreeEvent, tree: Tree) -> None:
        """Follow an event that `tree` has applied already."""
        self._finder.take(event, tree)

    def words(self, tree: Tree) -> tuple[Join, ...]:
        """The meetings in shared words alone."""
        return self._finder.joins(tree)

    def joins(self, tree: Tree) -> tuple[Join, ...]:
        """Roads first, then look-alikes, what is undecided, and shared words."""
        return self._tell(self.words(tree), tree)

    def joins_by(self, until_s: float, tree: Tree) -> tuple[Join, ...] | None:
        """The same if looking at words has come to its end by then, by `time.monotonic`.

        None if not: the next call goes on. What happens while it is looked at may be missing.
        """
        for _ in self._finder.look(tree):
            if time.monotonic() >= until_s:
                return None
        return self._tell(self._finder.found, tree)

    def _tell(self, words: tuple[Join, ...], tree: Tree) -> tuple[Join, ...]:
        # The number of nodes counts too: shares of branches change with every new one.
        now = words, len(tree.judged), len(tree), tuple(tree.denied)
        if self._made_of is None or self._made_of[0] is not words or self._made_of[1:] != now[1:]:
            self._told = told_of(tree, words, tree.judged)
            self._made_of = now
        return self._told


def told_of(tree: Tree, words: tuple[Join, ...], rounds: list[JudgedRound]) -> tuple[Join, ...]:
    """The joins of a tree from its shared words and all that was judged of it."""
    told = words
    if rounds:
        told = joins_told(tree, words, [one for found in rounds for one in found.judged])
    return with_denials(told, tree.denied)


def joins_of(tree: Tree) -> tuple[Join, ...]:
    """All that is known of where branches of a tree meet, without what a person denies."""
    told = told_of(tree, find_joins(tree), tree.judged)
    return tuple(join for join in told if not join.denied)


def told_of_pair(tree: Tree, pair: tuple[str, str]) -> tuple[Join, ...]:
    """What the last comparison of two branches found, whatever it was; nothing if there is none."""
    for found in reversed(tree.judged):
        for one in found.judged:
            if set(pair) == {one.one.node, one.other.node}:
                return (pair_told(tree, find_joins(tree), one),)
    return ()


def gist_told(tree: Tree) -> tuple[Join, ...]:
    """Branches whose ends say the same thing, by their words: no model is asked."""
    return gist_joins(tree)

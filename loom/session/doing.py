"""Doing what a person asks of the tree, taking it back, doing it again: all by appending."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from loom.errors import UsageError
from loom.session.scribe import new_id
from loom.tree.changes import OperationBegan, OperationRedone, OperationUndone
from loom.tree.events import GrowthRequested, TreeEvent
from loom.tree.graph import Tree
from loom.tree.history import Step, Undoable
from loom.tree.kinds import Verb
from loom.tree.nearest import nearest_visible
from loom.tree.node import HUMAN

Commit = Callable[[Sequence[TreeEvent]], None]
"""Has events written and taken by the tree; SessionFileError if they cannot be written."""


class Doer:
    """Belongs to the thread that owns the tree.

    `halt` is told of a request whose growth is about to be taken back, `select` where to stand if
    the place where the person stood went out of sight.
    """

    def __init__(
        self,
        tree: Tree,
        commit: Commit,
        select: Callable[[str], None],
        halt: Callable[[str], None],
    ) -> None:
        self._tree = tree
        self._commit = commit
        self._select = select
        self._halt = halt

    def do(self, verb: Verb, node_id: str | None, changes: Sequence[Undoable]) -> None:
        """Do one thing, made of these changes."""
        mark = OperationBegan(time.time(), new_id(), verb, node_id, len(changes), HUMAN)
        self._carry_out([mark, *changes])

    def undo(self) -> Step:
        """Take back what was done last and return what it was; UsageError if nothing was."""
        if (step := self._tree.history.last_done) is None:
            raise UsageError("There is nothing to undo.")
        for change in step.changes:
            if isinstance(change, GrowthRequested):
                self._halt(change.request_id)
        now = time.time()
        mark = OperationUndone(now, step.operation_id, len(step.inverse))
        self._carry_out([mark, *_dated(step.inverse, now)])
        return step

    def redo(self) -> Step:
        """Do again what was undone last and return what it is; UsageError if nothing was."""
        if (step := self._tree.history.last_undone) is None:
            raise UsageError("There is nothing to redo.")
        now = time.time()
        mark = OperationRedone(now, step.operation_id, len(step.inverse))
        self._carry_out([mark, *_dated(step.inverse, now)])
        return step

    def _carry_out(self, events: Sequence[TreeEvent]) -> None:
        self._commit(events)
        here = self._tree.selected_id
        if here is not None and not self._tree.is_visible(here):
            there = nearest_visible(self._tree, here)
            if there is not None:
                self._select(there)


def _dated(changes: Sequence[Undoable], at: float) -> list[Undoable]:
    return [replace(change, at=at) for change in changes]

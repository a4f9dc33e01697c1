"""What a person did, in order, and how each of it is taken back: the fold behind undo and redo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import get_args

from loom.tree.changes import (
    NodeChange,
    OperationBegan,
    OperationRedone,
    OperationUndone,
    SessionChange,
)
from loom.tree.events import (
    GrowthRequested,
    ModeChosen,
    ModelChosen,
    NodeAdded,
    TreeEvent,
)
from loom.tree.kinds import Verb
from loom.tree.node import HUMAN

Undoable = NodeChange | SessionChange | NodeAdded | GrowthRequested | ModelChosen | ModeChosen

_UNDOABLE = get_args(Undoable)
_KINDS = frozenset(_UNDOABLE)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a person did; `changes` are what made it so, `inverse` what takes it back.

    `inverse` is in the order in which it is to happen. `node_id` is where it was done, None if it
    was done to the session.
    """

    operation_id: str
    verb: Verb
    node_id: str | None
    at: float
    author: str
    changes: tuple[Undoable, ...] = ()
    inverse: tuple[Undoable, ...] = ()


class History:
    """The steps that can be undone and those that can be redone, newest last.

    `take` is told each event before the tree takes it, with what would take it back. Whatever is
    done anew empties what could be redone: it stays in the journal, hidden. Marks that a damaged
    file has lost cost the way back, never the tree.
    """

    def __init__(self) -> None:
        self.done: list[Step] = []
        self.undone: list[Step] = []
        self._open: _Open | None = None

    def take(self, event: TreeEvent, invert: Callable[[Undoable], Undoable]) -> None:
        """Follow an event that the tree is about to take."""
        match event:
            case OperationBegan():
                step = Step(event.operation_id, event.verb, event.node_id, event.at, event.author)
                self._begin(step, event.n_changes, self._do)
            case OperationUndone():
                taken_back = _pop(self.done, event.operation_id)
                self._begin(taken_back, event.n_changes, self.undone.append)
            case OperationRedone():
                done_again = _pop(self.undone, event.operation_id)
                self._begin(done_again, event.n_changes, self.done.append)
            case _ if type(event) in _KINDS and isinstance(event, _UNDOABLE):
                self._change(event, invert(event))
            case _:
                pass

    def _begin(self, step: Step | None, n_changes: int, close: Callable[[Step], None]) -> None:
        self._end()
        self._open = _Open(step, n_changes, close)
        if not n_changes:
            self._end()

    def _change(self, event: Undoable, inverse: Undoable) -> None:
        if self._open is None:
            if (step := _alone(event, inverse)) is not None:
                self._do(step)
            return
        self._open.changes.append(event)
        self._open.inverse.append(inverse)
        if len(self._open.changes) >= self._open.n_changes:
            self._end()

    def _end(self) -> None:
        opened, self._open = self._open, None
        if opened is not None and opened.step is not None:
            changes, inverse = tuple(opened.changes), tuple(reversed(opened.inverse))
            opened.close(replace(opened.step, changes=changes, inverse=inverse))

    def _do(self, step: Step) -> None:
        self.done.append(step)
        self.undone.clear()


@dataclass(slots=True)
class _Open:
    """A step some of whose changes are still to come; None is one that nobody knows of."""

    step: Step | None
    n_changes: int
    close: Callable[[Step], None]
    changes: list[Undoable] = field(default_factory=list)
    inverse: list[Undoable] = field(default_factory=list)


def _pop(steps: list[Step], operation_id: str) -> Step | None:
    for index in reversed(range(len(steps))):
        if steps[index].operation_id == operation_id:
            return steps.pop(index)
    return None


def _alone(event: Undoable, inverse: Undoable) -> Step | None:
    """What a person does by one event that says so itself."""
    match event:
        case NodeAdded():
            about: tuple[str, Verb, str | None] = event.node_id, "write", event.node_id
        case GrowthRequested():
            about = event.request_id, "grow", event.parent_id
        case ModelChosen():
            about = f"model {event.at}", "model", None
        case ModeChosen():
            about = f"mode {event.at}", "mode", None
        case _:
            return None
    operation_id, verb, node_id = about
    return Step(operation_id, verb, node_id, event.at, HUMAN, (event,), (inverse,))

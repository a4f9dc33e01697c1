"""What a person did, in order, and how each of it is taken back: the fold behind undo and redo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import get_args

from loom.tree.changes import (
    GrowthHidden,
    NodeChange,
    NodeHidden,
    OperationBegan,
    OperationMark,
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
_KINDS = frozenset((*_UNDOABLE, *get_args(OperationMark)))


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


@dataclass(slots=True)
class Plan:
    """Requests that a person made at once; more may be to come."""

    plan_id: str
    requests: list[GrowthRequested]


Lone = NodeAdded | GrowthRequested | Plan
"""What is a step by itself; sessions hold so many of these that they are kept as they are."""


class History:
    """The steps that can be undone and those that can be redone, newest last.

    `take` is told each event before the tree takes it, with what would take it back. Whatever is
    done anew empties what could be redone: it stays in the journal, hidden. Marks that a damaged
    file has lost cost the way back, never the tree.
    """

    def __init__(self) -> None:
        self._done: list[Step | Lone] = []
        self._undone: list[Step | Lone] = []
        self._open: _Open | None = None

    @property
    def done(self) -> list[Step]:
        """All that can be undone; costs as much as there is."""
        return list(map(_step, self._done))

    @property
    def undone(self) -> list[Step]:
        """All that can be redone; costs as much as there is."""
        return list(map(_step, self._undone))

    @property
    def last_done(self) -> Step | None:
        """What would be undone next."""
        return _step(self._done[-1]) if self._done else None

    @property
    def last_undone(self) -> Step | None:
        """What would be redone next."""
        return _step(self._undone[-1]) if self._undone else None

    def take(self, event: TreeEvent, invert: Callable[[Undoable], Undoable]) -> None:
        """Follow an event that the tree is about to take."""
        if type(event) not in _KINDS:
            return
        match event:
            case OperationBegan():
                step = Step(event.operation_id, event.verb, event.node_id, event.at, event.author)
                self._begin(step, event.n_changes, self._do)
            case OperationUndone():
                taken_back = _pop(self._done, event.operation_id)
                self._begin(taken_back, event.n_changes, self._undone.append)
            case OperationRedone():
                done_again = _pop(self._undone, event.operation_id)
                self._begin(done_again, event.n_changes, self._done.append)
            case NodeAdded() | GrowthRequested() if self._open is None:
                self._do_alone(event)
            case _ if isinstance(event, _UNDOABLE):
                self._change(event, invert(event))
            case _:
                pass

    def checkpoint(self) -> tuple[tuple[Step | Lone, ...], tuple[Step | Lone, ...]] | None:
        """What is done and what is undone; None in the midst of a step."""
        if self._open is not None:
            return None
        return tuple(map(_kept, self._done)), tuple(map(_kept, self._undone))

    def resume(self, kept: tuple[tuple[Step | Lone, ...], tuple[Step | Lone, ...]]) -> None:
        """Be as it was then."""
        self._done, self._undone = (list(map(_kept, steps)) for steps in kept)
        self._open = None

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

    def _do_alone(self, event: NodeAdded | GrowthRequested) -> None:
        """A step of its own, or one more request of the plan that was done last."""
        last = self._done[-1] if self._done else None
        if (
            isinstance(event, GrowthRequested)
            and isinstance(last, Plan)
            and last.plan_id == event.plan_id
        ):
            last.requests.append(event)
            self._undone.clear()
        elif isinstance(event, GrowthRequested) and event.plan_id is not None:
            self._do(Plan(event.plan_id, [event]))
        else:
            self._do(event)

    def _do(self, step: Step | Lone) -> None:
        self._done.append(step)
        self._undone.clear()


@dataclass(slots=True)
class _Open:
    """A step some of whose changes are still to come; None is one that nobody knows of."""

    step: Step | None
    n_changes: int
    close: Callable[[Step], None]
    changes: list[Undoable] = field(default_factory=list)
    inverse: list[Undoable] = field(default_factory=list)


def _kept(step: Step | Lone) -> Step | Lone:
    return Plan(step.plan_id, list(step.requests)) if isinstance(step, Plan) else step


def _pop(steps: list[Step | Lone], operation_id: str) -> Step | None:
    for index in reversed(range(len(steps))):
        if _id_of(steps[index]) == operation_id:
            return _step(steps.pop(index))
    return None


def _id_of(step: Step | Lone) -> str:
    match step:
        case Step():
            return step.operation_id
        case NodeAdded():
            return step.node_id
        case GrowthRequested():
            return step.request_id
        case Plan():
            return step.plan_id


def _step(step: Step | Lone) -> Step:
    match step:
        case Step():
            return step
        case NodeAdded(at=at, node_id=node_id):
            taken_back: Undoable = NodeHidden(at, node_id)
            return Step(node_id, "write", node_id, at, step.author, (step,), (taken_back,))
        case GrowthRequested(at=at, request_id=request_id):
            taken_back = GrowthHidden(at, request_id)
            return Step(request_id, "grow", step.parent_id, at, HUMAN, (step,), (taken_back,))
        case Plan(requests=requests):
            first, back = requests[0], [GrowthHidden(r.at, r.request_id) for r in requests]
            changes = tuple(requests)
            return Step(
                step.plan_id, "grow", first.parent_id, first.at, HUMAN, changes, tuple(back[::-1])
            )


def _alone(event: Undoable, inverse: Undoable) -> Step | None:
    """What a person does by one event that says so itself."""
    match event:
        case ModelChosen(at=at):
            return Step(f"model {at}", "model", None, at, HUMAN, (event,), (inverse,))
        case ModeChosen(at=at):
            return Step(f"mode {at}", "mode", None, at, HUMAN, (event,), (inverse,))
        case _:
            return None

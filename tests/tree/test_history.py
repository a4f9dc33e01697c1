"""What can be undone: each thing that a person did, once, in order, whatever the journal holds."""

from __future__ import annotations

from loom.records import Sampling
from loom.tree.changes import (
    GrowthHidden,
    NodeBookmarked,
    NodeHidden,
    NoteWritten,
    OperationBegan,
    OperationRedone,
    OperationUndone,
)
from loom.tree.events import GrowthRequested, ModeChosen, ModelChosen, TreeEvent
from loom.tree.graph import Tree
from loom.tree.history import History, Step
from loom.tree.node import HUMAN

from .test_graph import added, tree_of


def growth(request_id: str, plan_id: str | None = None, at: float = 2.0) -> GrowthRequested:
    return GrowthRequested(at, request_id, "r", 2, 8, Sampling(), 1, plan_id=plan_id)


def note(text: str) -> NoteWritten:
    return NoteWritten(3.0, "r", text)


def began(operation_id: str, n_changes: int) -> OperationBegan:
    return OperationBegan(3.0, operation_id, "note", "r", n_changes, HUMAN)


def ids(steps: list[Step]) -> list[str]:
    return [step.operation_id for step in steps]


def test_a_text_and_a_growth_are_steps_of_their_own_that_hide_again_what_came() -> None:
    history = tree_of(added("r"), growth("g")).history
    written, grown = history.done
    assert (written.operation_id, written.verb, written.node_id) == ("r", "write", "r")
    assert (written.at, written.author) == (1.0, HUMAN)
    assert (written.changes, written.inverse) == ((added("r"),), (NodeHidden(1.0, "r"),))
    assert (grown.operation_id, grown.verb, grown.node_id, grown.at) == ("g", "grow", "r", 2.0)
    assert (grown.changes, grown.inverse) == ((growth("g"),), (GrowthHidden(2.0, "g"),))
    assert grown.author == HUMAN
    assert history.last_done == grown
    assert (history.undone, history.last_undone) == ([], None)


def test_requests_of_one_plan_are_one_step_taken_back_from_the_last_on() -> None:
    one, two, other = growth("g", "p", 2.0), growth("h", "p", 2.5), growth("i", "q")
    history = tree_of(added("r"), one, two, other).history
    assert ids(history.done) == ["r", "p", "q"]
    plan = history.done[1]
    assert (plan.verb, plan.node_id, plan.at, plan.author) == ("grow", "r", 2.0, HUMAN)
    assert plan.changes == (one, two)
    assert plan.inverse == (GrowthHidden(2.5, "h"), GrowthHidden(2.0, "g"))


def test_the_same_plan_after_something_else_is_another_step() -> None:
    history = tree_of(added("r"), growth("g", "p"), growth("h"), growth("i", "p")).history
    assert [len(step.changes) for step in history.done] == [1, 1, 1, 1]


def test_changes_of_an_operation_are_one_step_with_the_way_back_reversed() -> None:
    tree = tree_of(added("r"), began("o", 2), note("one"), NodeBookmarked(3.0, "r"))
    step = tree.history.last_done
    assert step is not None
    assert (step.operation_id, step.verb, step.at) == ("o", "note", 3.0)
    assert step.changes == (note("one"), NodeBookmarked(3.0, "r"))
    back = step.inverse
    assert [type(one).__name__ for one in back] == ["BookmarkRemoved", "NoteWritten"]
    # A text that is written behind it belongs to none.
    tree.apply(added("x", "r"))
    assert ids(tree.history.done) == ["r", "o", "x"]


def test_a_change_without_an_operation_is_no_step_but_a_choice_is() -> None:
    tree = tree_of(added("r"), note("nobody's"))
    assert ids(tree.history.done) == ["r"]
    tree.apply(ModelChosen(4.0, "m", "plain"))
    tree.apply(ModeChosen(5.0, "chat", "llama3"))
    assert [(step.verb, step.node_id, step.at) for step in tree.history.done[1:]] == [
        ("model", None, 4.0),
        ("mode", None, 5.0),
    ]
    assert ids(tree.history.done)[1:] == ["model 4.0", "mode 5.0"]
    of_model, of_mode = tree.history.done[1:]
    assert of_model.changes == (ModelChosen(4.0, "m", "plain"),)
    assert of_model.inverse == (ModelChosen(4.0, "", "plain"),)
    assert of_mode.changes == (ModeChosen(5.0, "chat", "llama3"),)
    assert of_mode.inverse == (ModeChosen(5.0, "plain", None),)
    assert of_model.author == of_mode.author == HUMAN


def undone(tree: Tree) -> None:
    step = tree.history.last_done
    assert step is not None
    tree.apply(OperationUndone(6.0, step.operation_id, len(step.inverse)))
    for change in step.inverse:
        tree.apply(change)


def redone(tree: Tree) -> None:
    step = tree.history.last_undone
    assert step is not None
    # What was taken back is known by what would take that back.
    tree.apply(OperationRedone(7.0, step.operation_id, len(step.inverse)))
    for change in step.inverse:
        tree.apply(change)


def noted() -> Tree:
    return tree_of(added("r"), began("o", 1), note("one"), began("q", 1), note("two"))


def test_undoing_and_redoing_go_back_and_forth_one_at_a_time() -> None:
    tree = noted()
    undone(tree)
    assert (tree.marks("r").note, ids(tree.history.done)) == ("one", ["r", "o"])
    undone(tree)
    assert (tree.marks("r").note, ids(tree.history.undone)) == ("", ["q", "o"])
    redone(tree)
    assert (tree.marks("r").note, ids(tree.history.done)) == ("one", ["r", "o"])
    redone(tree)
    assert (tree.marks("r").note, ids(tree.history.undone)) == ("two", [])


def test_texts_growths_and_plans_are_undone_and_redone_by_their_ids() -> None:
    tree = tree_of(added("r"), growth("g"), growth("h", "p"), growth("i", "p"), added("x", "r"))
    for left in (["r", "g", "p"], ["r", "g"], ["r"], []):
        undone(tree)
        assert ids(tree.history.done) == left
    assert ids(tree.history.undone) == ["x", "p", "g", "r"]
    assert not tree.is_visible("r")
    for _ in range(4):
        redone(tree)
    assert ids(tree.history.done) == ["r", "g", "p", "x"]
    assert tree.is_visible("x")
    assert tree.history.undone == []


def test_whatever_is_done_anew_empties_what_could_be_redone() -> None:
    anew: tuple[list[TreeEvent], ...] = (
        [added("x", "r")],
        [growth("g")],
        [ModelChosen(8.0, "m", "plain")],
        [began("z", 1), note("three")],
    )
    for events in anew:
        tree = noted()
        undone(tree)
        for event in events:
            tree.apply(event)
        assert tree.history.undone == []
    planned = tree_of(added("r"), began("o", 1), note("one"))
    planned.apply(growth("g", "p"))
    assert planned.history.undone == []
    # One more request of the plan that was done last is done anew as well.
    longer = tree_of(added("r"), growth("g", "p"), began("o", 1), note("one"))
    undone(longer)
    assert ids(longer.history.undone) == ["o"]
    longer.apply(growth("h", "p"))
    assert ids(longer.history.done) == ["r", "p"]
    assert longer.history.undone == []


def test_an_operation_that_has_lost_its_beginning_changes_the_tree_and_is_no_step() -> None:
    tree = tree_of(added("r"), OperationUndone(3.0, "lost", 1), note("kept"))
    assert tree.marks("r").note == "kept"
    assert ids(tree.history.done) == ["r"]
    assert tree.history.undone == []
    tree.apply(added("x", "r"))
    assert ids(tree.history.done) == ["r", "x"]


def test_one_that_has_lost_its_end_ends_where_the_next_begins() -> None:
    tree = tree_of(added("r"), began("o", 5), note("one"), began("q", 1), note("two"))
    assert ids(tree.history.done) == ["r", "o", "q"]
    assert tree.history.done[1].changes == (note("one"),)


def test_an_operation_without_changes_is_over_at_once() -> None:
    tree = tree_of(added("r"), began("o", 0), added("x", "r"))
    assert ids(tree.history.done) == ["r", "o", "x"]


def test_it_is_gone_back_to_as_it_was_and_not_in_the_midst_of_a_step() -> None:
    tree = tree_of(added("r"), growth("g", "p"), began("o", 1))
    assert tree.history.checkpoint() is None
    tree.apply(note("one"))
    undone(tree)
    kept = tree.history.checkpoint()
    assert kept is not None
    resumed = History()
    resumed.resume(kept)
    assert (resumed.done, resumed.undone) == (tree.history.done, tree.history.undone)
    # Going on from there does not reach what was kept.
    resumed.take(growth("h", "p"), lambda change: change)
    assert len(resumed.done[-1].changes) == 2
    assert len(tree.history.done[-1].changes) == 1
    again = History()
    again.resume(kept)
    assert len(again.done[-1].changes) == 1

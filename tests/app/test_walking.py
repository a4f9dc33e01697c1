"""Steps, landing, turns, and the order of places where branches meet."""

from __future__ import annotations

import pytest

from loom.app.meetings import Meetings, worth_tinting
from loom.app.walking import Step, landing, persons_turn, step
from loom.tree.events import Role
from loom.tree.graph import Tree
from loom.tree.node import HUMAN, Node

from .fake_session import JOKE, FakeSession, shared, toast


@pytest.mark.parametrize(
    ("where", "there"),
    [("parent", 0), ("previous", 1), ("next", 3), ("root", 0), ("child", None), ("leaf", 2)],
)
def test_a_step_from_the_middle_of_three_siblings(where: Step, there: int | None) -> None:
    session = FakeSession()
    root = session.type(None, b"The town.")
    nodes = [root, *session.say(root, "One.", "Two.", "Three.")]

    assert step(session.tree, nodes[2], where) == (None if there is None else nodes[there])


def test_siblings_end_where_they_end() -> None:
    session = FakeSession()
    root = session.type(None, b"The town.")
    first, last = session.say(root, "One.", "Two.")

    assert step(session.tree, first, "previous") is None
    assert step(session.tree, last, "next") is None


def test_down_and_to_the_end_lead_where_one_was_last() -> None:
    session = FakeSession()
    root = session.type(None, b"The town.")
    _, second = session.say(root, "One.", "Two.")
    (below,) = session.say(second, "And on.")
    session.select(below)

    assert step(session.tree, root, "child") == second
    assert step(session.tree, root, "leaf") == below


def test_landing_is_where_one_was_else_at_the_first_text() -> None:
    session = FakeSession()
    assert landing(Tree()) is None
    empty = session.type(None, b"")
    assert landing(session.tree) == empty
    text = session.type(session.type(empty, b"\n "), b"Once.")
    assert landing(session.tree) == text
    session.select(empty)
    assert landing(session.tree) == empty


@pytest.mark.parametrize(
    ("roles", "turn"),
    [
        ([], True),
        (["system"], True),
        (["system", "user"], False),
        (["user", "assistant"], True),
        (["user", "assistant", "user"], False),
    ],
)
def test_whose_turn_it_is(roles: list[Role], *, turn: bool) -> None:
    path = [Node(str(n), None, role, HUMAN, 0.0) for n, role in enumerate(roles)]
    assert persons_turn(path) is turn


def grown() -> tuple[FakeSession, list[str]]:
    session = toast()
    here = session.tree.selected_id
    assert here is not None
    session.settings = session.settings.__class__(n_branches=8)
    session.grow(here)
    session.release()
    session.drain()
    return session, list(session.tree.child_ids(here))


def test_a_place_is_found_again_when_the_join_has_grown() -> None:
    session, branches = grown()
    before = Meetings((shared(session.tree, [branches[0], branches[3]], JOKE),))
    after = Meetings((shared(session.tree, [branches[0], branches[1], branches[3]], JOKE),))

    same = after.same_place(before.places[1])
    assert same is not None
    assert same.node_id == branches[3]
    assert len(same.join.nodes) == 3
    assert Meetings().same_place(before.places[1]) is None


def test_common_phrases_are_not_tinted_unasked() -> None:
    session, branches = grown()
    two = [branches[0], branches[3]]

    assert worth_tinting(shared(session.tree, two, JOKE))
    assert not worth_tinting(shared(session.tree, two, JOKE, common=True))

"""What each operation does to the tree, to tokens and statistics, and what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from loom.engine.client import Connect
from loom.errors import LoomError, UsageError
from loom.records.tokens import concat, rows_of
from loom.session.session import Beginning, Session
from loom.session.settings import GrowSettings
from loom.store import create, open_for_reading
from loom.store.database import open_for_writing
from loom.tree.changes import Tag
from loom.tree.events import BranchClosed, NodeTokenised
from loom.tree.origins import growth_of
from loom.tree.tagging import tags_at
from tests.session.conftest import ScriptedModel, settle
from tests.session.growing import a_plan, carry_out, levels
from tests.session.operating import Bench, seen, texts
from tests.store.specimens import (
    STARTED,
    appended,
    opened,
    requested,
    same_tokens,
    written,
)

PIECES = (b" and", b" so", b" on.", b"")
GROWN = appended("b", 0, *PIECES, seed=1)


@pytest.fixture
def bench() -> Bench:
    """`n`, from which `b` was grown to its own end; `c` and `d` hang from `b`."""
    bench = Bench()
    bench.take([written("n", b"Once"), NodeTokenised(2.5, "n", (7,), (b"Once",), "")])
    bench.take([requested("r", "n"), opened("b", "n"), GROWN, BranchClosed(6.0, "b", "eos")])
    bench.take([written("c", b" one", "b"), written("d", b" two", "b")])
    return bench


def test_a_split_keeps_tokens_and_hands_the_children_to_the_tail(bench: Bench) -> None:
    head_id = bench.operations.split("b", 4)
    head = bench.tree.node(head_id)
    (tail_id,) = bench.tree.child_ids(head_id)
    tail = bench.tree.node(tail_id)
    ids = bench.tree.node("b").token_ids
    assert ids is not None
    assert (head.text, head.token_ids, head.piece_sizes) == (b" and", ids[:1], (4,))
    assert (tail.text, tail.token_ids, tail.piece_sizes) == (b" so on.", ids[1:], (3, 4, 0))
    assert (head.finish, tail.finish) == (None, "eos")
    assert (head.author, tail.author, head.retokenised) == ("tiny", "tiny", False)
    assert bench.tree.child_ids(tail_id) == ("c", "d")
    assert bench.tree.child_ids("n") == (head_id,)
    assert bench.tree.node("b").hidden
    assert not bench.tree.node("c").displaced
    assert growth_of(bench.tree, tail_id) == bench.tree.requests["r"]


def test_a_cut_through_a_token_marks_both_halves(bench: Bench) -> None:
    head_id = bench.operations.split("b", 6)
    (tail_id,) = bench.tree.child_ids(head_id)
    for node, (start, end) in (
        (bench.tree.node(head_id), (0, 2)),
        (bench.tree.node(tail_id), (1, 4)),
    ):
        assert node.retokenised
        assert node.token_ids is None
        (source,) = node.sources
        assert (source.start_token, source.end_token) == (start, end)


def test_a_split_at_a_token_may_cut_a_character_and_keeps_every_token() -> None:
    bench = Bench()
    bench.take([written("n"), opened("b", "n"), appended("b", 0, b"\xf0\x9f", b"\x8c\xb1")])
    bench.take([BranchClosed(6.0, "b", "length")])
    head_id = bench.operations.split_at_token("b", 1)
    assert bench.tree.node(head_id).text == b"\xf0\x9f"
    assert not bench.tree.node(head_id).retokenised
    assert texts(bench.tree) == [b"Once\xf0\x9f\x8c\xb1"]


def test_a_merge_takes_the_children_along_and_drops_no_word(bench: Bench) -> None:
    bench.operations.merge("c")
    assert texts(bench.tree) == [b"Once and so on. two", b"Once and so on. one"]
    merged_id = bench.operations.merge("b")
    merged = bench.tree.node(merged_id)
    assert merged.text == b"Once and so on."
    assert merged.author == "human"
    assert bench.tree.child_ids(merged_id) == ("c", "d") or bench.tree.child_ids(merged_id) == (
        "d",
    )


def test_a_merge_leaves_out_the_end_token_where_more_follows(bench: Bench) -> None:
    bench.operations.hide("d")
    bench.take([NodeTokenised(7.0, "c", (9,), (b" one",), "")])
    merged = bench.tree.node(bench.operations.merge("c"))
    ids = bench.tree.node("b").token_ids
    assert ids is not None
    assert merged.token_ids == (*ids[:3], 9)
    assert merged.piece_sizes == (4, 3, 4, 4)


def test_tokens_of_two_models_are_not_put_in_one_row(bench: Bench) -> None:
    bench.take([NodeTokenised(7.0, "c", (9,), (b" one",), "another")])
    merged = bench.tree.node(bench.operations.merge("c"))
    assert (merged.token_ids, merged.retokenised) == (None, True)


def test_a_chain_becomes_one_and_comes_apart_again(bench: Bench) -> None:
    bench.take([written("e", b" more", "c"), written("f", b" yet", "e")])
    bench.take([written("g", b" left", "f"), written("h", b" right", "f")])
    before = seen(bench.tree)
    one = bench.operations.merge_chain("e")
    assert bench.tree.node(one).text == b" one more yet"
    assert bench.tree.child_ids(one) == ("g", "h")
    assert bench.operations.take_apart(one) == "f"
    assert seen(bench.tree) == before


def test_a_copy_stands_beside_and_below_it_all_that_is_seen(bench: Bench) -> None:
    bench.operations.hide("c")
    copy_id = bench.operations.duplicate("b")
    assert bench.tree.child_ids("n") == ("b", copy_id)
    assert texts(bench.tree) == [b"Once and so on. two"] * 2
    copy, original = bench.tree.node(copy_id), bench.tree.node("b")
    assert (copy.token_ids, copy.finish) == (original.token_ids, original.finish)


def test_an_edit_stands_beside_the_old_wording(bench: Bench) -> None:
    edited_id = bench.operations.edit("c", " 1")
    assert bench.tree.child_ids("b") == ("c", edited_id, "d")
    assert bench.tree.node("c").text == b" one"
    with pytest.raises(UsageError, match="is the old one"):
        bench.operations.edit("c", " one")


def test_a_subtree_moves_and_knows_when_it_stands_behind_another_text(bench: Bench) -> None:
    bench.operations.move("d", "c")
    assert bench.tree.child_ids("c") == ("d",)
    assert bench.tree.node("d").displaced
    bench.operations.undo()
    assert bench.tree.child_ids("b") == ("c", "d")
    assert not bench.tree.node("d").displaced
    bench.operations.move_before("d", "c")
    assert bench.tree.child_ids("b") == ("d", "c")
    assert not bench.tree.node("d").displaced
    bench.operations.move("c", None)
    assert bench.tree.root_ids == ("n", "c")


def test_a_hidden_node_takes_along_what_hangs_from_it_and_comes_back(bench: Bench) -> None:
    bench.operations.hide("c")
    bench.operations.hide("b")
    assert bench.tree.child_ids("n") == ()
    assert [node.id for node in bench.tree.visible()] == ["n"]
    assert bench.tree.n_visible == 1
    bench.operations.restore("c")
    assert [node.id for node in bench.tree.visible()] == ["n", "b", "c", "d"]
    bench.operations.undo()
    assert bench.tree.n_visible == 1


def test_one_who_stood_on_what_is_hidden_stands_beside_or_above_it(bench: Bench) -> None:
    bench.tree.selected_id = "c"
    bench.operations.hide("c")
    assert bench.tree.selected_id == "d"
    bench.operations.hide("d")
    assert bench.tree.selected_id == "b"


def test_undoing_a_growth_stops_it_and_hides_what_comes_late(bench: Bench) -> None:
    bench.take([requested("q", "d", 2), opened("x", "d", "q", 0)])
    step = bench.operations.undo()
    assert (step.verb, step.node_id) == ("grow", "d")
    assert bench.halted == ["q"]
    bench.take([opened("y", "d", "q", 1)])
    assert bench.tree.child_ids("d") == ()
    bench.operations.redo()
    assert bench.tree.child_ids("d") == ("x", "y")


def test_a_tag_reaches_as_far_as_its_scope(bench: Bench) -> None:
    marking = bench.operations.marking
    marking.tag("b", Tag("here"))
    marking.tag("n", Tag("below", "red", "subtree"))
    marking.tag("d", Tag("above", "blue", "ancestry"))
    assert {tag.name for tag in tags_at(bench.tree, "b")} == {"here", "below", "above"}
    assert {tag.name for tag in tags_at(bench.tree, "c")} == {"below"}
    assert {tag.name for tag in tags_at(bench.tree, "d")} == {"below", "above"}
    assert {tag.name for tag in tags_at(bench.tree, "n")} == {"below", "above"}


Refused = Callable[[Bench], object]
REFUSED: dict[str, Refused] = {
    "is a beginning": lambda bench: bench.operations.merge("n"),
    "cannot hang from itself": lambda bench: bench.operations.move("n", "d"),
    "from what follows it": lambda bench: bench.operations.move("b", "b"),
    "cannot stand beside itself": lambda bench: bench.operations.move_after("c", "c"),
    "has 11 bytes": lambda bench: bench.operations.split("b", 11),
    "cannot be split there": lambda bench: bench.operations.split("b", 0),
    "has 4 tokens": lambda bench: bench.operations.split_at_token("b", 4),
    "has no tokens yet": lambda bench: bench.operations.split_at_token("c", 1),
    "stands alone": lambda bench: bench.operations.merge_chain("c"),
    "not merged from nodes": lambda bench: bench.operations.take_apart("c"),
    "is not hidden": lambda bench: bench.operations.restore("c"),
    "stands there already": lambda bench: bench.operations.move_after("d", "c"),
    "carries no tag 'x'": lambda bench: bench.operations.marking.untag("c", "x"),
    "A tag needs a name": lambda bench: bench.operations.marking.tag("c", Tag(" ")),
    "A session needs a title": lambda bench: bench.operations.marking.title_session(""),
    "nothing to redo": lambda bench: bench.operations.redo(),
    "nothing to undo": lambda bench: bench.undo_all() and bench.operations.undo(),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_makes_no_sense_is_refused_in_a_sentence(bench: Bench, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        REFUSED[why](bench)


def test_nothing_is_done_to_a_text_that_still_grows_or_is_hidden(bench: Bench) -> None:
    bench.waiting["b"] = 1
    with pytest.raises(LoomError, match="still grows"):
        bench.operations.split("b", 4)
    bench.take([opened("x", "c", "r", 1), appended("x", 0, b"ab")])
    for doing in (bench.operations.merge, bench.operations.duplicate):
        with pytest.raises(LoomError, match="still grows"):
            doing("x")
    bench.operations.hide("d")
    with pytest.raises(UsageError, match="is hidden"):
        bench.operations.edit("d", "x")


def test_turns_of_different_speakers_are_not_merged(begin: Callable[..., Session]) -> None:
    session = begin(mode="chat", system="Be brief.")
    asked = session.tree.selected_id
    assert asked is not None
    with pytest.raises(LoomError, match="not of one voice"):
        session.operations.merge(asked)


def test_statistics_are_kept_where_they_stay_true(bench: Bench, tmp_path: Path) -> None:
    head_id = bench.operations.split("b", 7)
    (tail_id,) = bench.tree.child_ids(head_id)
    merged_id = bench.operations.merge(tail_id)
    copy_id = bench.operations.duplicate(merged_id)
    mixed_id = bench.operations.merge(merged_id)
    cut_id = bench.operations.split(copy_id, 1)
    path = tmp_path / "t.loom"
    create(path, STARTED)
    writer = open_for_writing(path)
    writer.commit(bench.journal[1:], None)
    writer.close()
    with open_for_reading(path) as reader:
        whole = reader.read_tokens("b")
        assert whole.stats is not None
        assert same_tokens(reader.read_tokens(head_id), rows_of(whole, 0, 2))
        assert same_tokens(reader.read_tokens(tail_id), rows_of(whole, 2, 4))
        assert same_tokens(reader.read_tokens(merged_id), whole)
        assert same_tokens(reader.read_tokens(copy_id), whole)
        mixed = reader.read_tokens(mixed_id)
        assert mixed.ids.tolist() == [7, *whole.ids.tolist()]
        assert mixed.stats is None
        assert same_tokens(reader.read_tokens(cut_id), concat([]))


def test_undo_goes_on_after_a_restart_and_says_what_it_was(
    begin: Callable[..., Session], model: ScriptedModel
) -> None:
    session = begin()
    root = session.tree.selected_id
    assert root is not None
    settle(session, session.grow(root, GrowSettings(n_branches=2, max_tokens=4)), model)
    (first, second) = session.tree.child_ids(root)
    session.operations.marking.note(first, "good")
    head_id = session.operations.split(first, 4)
    session.close()

    again = Session.open(session.path, model.connect)
    try:
        assert again.tree.child_ids(root) == (head_id, second)
        step = again.operations.undo()
        assert (step.verb, step.node_id) == ("split", first)
        assert again.tree.child_ids(root) == (first, second)
        assert again.operations.undo().verb == "note"
        assert again.operations.undo().verb == "grow"
        assert again.tree.child_ids(root) == ()
        for verb in ("grow", "note", "split"):
            assert again.operations.redo().verb == verb
        assert again.tree.child_ids(root) == (head_id, second)
        assert again.tree.marks(first).note == "good"
        settle(again, again.grow(head_id, GrowSettings(n_branches=1, max_tokens=2)), model)
        assert again.tree.n_children(head_id) == 2
    finally:
        again.close()


def test_a_text_that_was_cut_through_is_read_again_once(
    begin: Callable[..., Session], model: ScriptedModel
) -> None:
    session = begin()
    root = session.tree.selected_id
    assert root is not None
    settle(session, session.grow(root, GrowSettings(n_branches=1, max_tokens=4)), model)
    (first,) = session.tree.child_ids(root)
    head_id = session.operations.split(first, 2)
    assert session.tree.node(head_id).retokenised
    settle(session, session.grow(head_id, GrowSettings(n_branches=1, max_tokens=2)), model)
    head = session.tree.node(head_id)
    assert head.token_ids is not None
    assert sum(head.piece_sizes) == len(head.text)
    assert head.retokenised


def test_undoing_a_choice_of_mode_is_felt_at_once(tmp_path: Path, model: ScriptedModel) -> None:
    connect: Connect = model.connect
    beginning = Beginning("t", "story-base", prompt="Once")
    session = Session.create(tmp_path / "t.loom", beginning, connect)
    try:
        before = session.settings
        session.choose_mode("chat", "chatml")
        assert session.settings != before
        session.operations.undo()
        assert (session.tree.mode, session.tree.template) == ("plain", None)
        assert session.settings == before
    finally:
        session.close()


def test_undoing_what_still_grows_stops_it_and_keeps_it_out_of_sight(
    begin: Callable[..., Session], model: ScriptedModel
) -> None:
    session = begin()
    root = session.tree.selected_id
    assert root is not None
    request_id = session.grow(root, GrowSettings(n_branches=2, max_tokens=30))
    model.engines[-1].step(4)
    session.save()
    session.drain()
    branches = session.tree.child_ids(root)
    assert len(branches) == 2
    assert session.operations.undo().operation_id == request_id
    settle(session, request_id, model)
    assert session.progress is None
    assert {session.tree.node(one).finish for one in branches} == {"cancelled"}
    assert session.tree.child_ids(root) == ()
    with pytest.raises(UsageError, match="is hidden"):
        session.grow(branches[0])
    session.operations.redo()
    assert session.tree.child_ids(root) == branches


def test_all_that_a_plan_grows_is_one_step(
    begin: Callable[..., Session], model: ScriptedModel
) -> None:
    session = begin()
    root = session.tree.selected_id
    assert root is not None
    carry_out(session, a_plan(root, n_branches=2, depth=2), model)
    assert levels(session) == [2, 4]
    assert len(session.tree.requests) == 3
    assert session.operations.undo().node_id == root
    assert [node.id for node in session.tree.visible()] == [root]
    session.operations.redo()
    assert session.tree.n_visible == 7
    session.operations.undo()
    carry_out(session, a_plan(root, n_branches=1, depth=1), model)
    assert session.tree.n_visible == 2
    session.operations.undo()
    assert session.operations.undo().verb == "write"

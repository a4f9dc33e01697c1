"""A replayed session shows what a live one showed, loads nothing and can be taken over."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from loom.convergence.joins import find_joins
from loom.errors import LoomError, ModelFileError, SessionFileError
from loom.records import Join
from loom.session import replayed_joins
from loom.session.judging.telling import told_of
from loom.session.replaying import Replay
from loom.session.session import Beginning, Session
from loom.tree.graph import Tree
from tests.replay.test_tape import SESSIONS
from tests.session.conftest import ScriptedModel, settle
from tests.store.specimens import likeness, read_tree
from tests.store.test_inspection import spoil

sessions = pytest.mark.parametrize("path", SESSIONS, ids=lambda path: path.stem)


@sessions
def test_it_ends_with_the_stored_tree_and_its_meetings(path: Path) -> None:
    replay = Replay(path)
    for share in (0.2, 0.9, 0.4, 1.0):
        replay.go_to(int(share * len(replay.tape)))
        assert replay.joins() == told_now(replay.tree)
    stored = read_tree(path)
    assert likeness(replay.tree) == likeness(stored)
    assert replay.joins() == told_now(stored)


def told_now(tree: Tree) -> tuple[Join, ...]:
    return told_of(tree, find_joins(tree), tree.judged)


def test_joins_appear_when_they_were_judged_under_the_letters_of_the_app() -> None:
    (path,) = (path for path in SESSIONS if path.stem == "story")
    replay = Replay(path)
    replay.go_to(len(replay.tape))
    shown = {join.mark for join in replay.joins()}
    marks = [mark for mark in replay.find_marks() if mark.kind == "join"]
    drawn = {mark.about.mark for mark in marks if isinstance(mark.about, Join)}
    assert drawn == shown
    assert {"A", "a", "≈"} <= drawn
    first = next(mark for mark in marks if isinstance(mark.about, Join) and mark.about.mark == "A")
    replay.go_to(first.place - 1)
    assert not any(join.verdict == "joined" for join in replay.joins())
    replay.go_to(first.place)
    assert any(join.verdict == "joined" for join in replay.joins())


@sessions
def test_of_a_long_session_each_join_is_there_from_its_mark_on(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replayed_joins, "MOST_PLACES", 0)
    replay = Replay(path)
    replay.go_to(len(replay.tape))
    assert replay.joins() == ()
    marks = [mark for mark in replay.find_marks() if mark.kind == "join"]
    assert {join.id for join in replay.joins()} == {
        mark.about.id for mark in marks if isinstance(mark.about, Join)
    }
    for mark in marks:
        replay.go_to(mark.place)
        assert isinstance(mark.about, Join)
        assert mark.about.id in {join.id for join in replay.joins()}
        replay.go_to(mark.place - 1)
        assert mark.about.id not in {join.id for join in replay.joins()}


@sessions
def test_its_lines_tell_of_everything_that_somebody_did(path: Path) -> None:
    lines = list(Replay(path).lines())
    tree = read_tree(path)
    kinds = [line.kind for _, line in lines]
    assert kinds.count("grown") == sum(node.request_id is not None for node in tree)
    assert kinds.count("written") == sum(node.written for node in tree)
    assert kinds.count("asked") == len(tree.requests)
    assert ("meet" in kinds) == bool(find_joins(tree))
    assert (kinds[0], kinds[-1]) == ("begun", "here")
    seconds = [second for second, _ in lines]
    assert seconds == sorted(seconds)


def test_the_settings_are_those_of_the_last_growth_at_any_moment() -> None:
    (path,) = (path for path in SESSIONS if path.stem == "starter")
    replay = Replay(path)
    replay.go_to(len(replay.tape))
    assert (replay.settings.n_branches, replay.settings.max_tokens) == (12, 24)
    first = next(mark for mark in replay.marks if mark.kind == "growth")
    replay.go_to(first.place)
    assert (replay.settings.n_branches, replay.settings.max_tokens) == (6, 64)


def test_taking_over_goes_on_from_that_moment_in_a_file_of_its_own(
    begin: Callable[..., Session], model: ScriptedModel, loom_home: Path
) -> None:
    session = begin()
    root = session.tree.root_ids[0]
    settle(session, session.grow(root), model)
    session.write(root, " Stop!")
    session.save()
    replay = Replay(session.path)
    (growth,) = (mark for mark in replay.marks if mark.kind == "growth")
    later = replay.tape.moment_after(replay.tape.moment_after(growth.place))
    replay.go_to(later)
    path = replay.take_over(root)
    assert path.is_relative_to(loom_home)
    taken = Session.open(path, model.connect)
    try:
        assert taken.tree.title == "toast, taken over"
        assert taken.tree.selected_id == root
        assert len(taken.tree) < len(session.tree)
        settle(taken, taken.grow(root), model)
        assert taken.tree.n_children(root) >= 5
    finally:
        taken.close()
    assert likeness(read_tree(session.path)) == likeness(session.tree)
    assert replay.take_over(root) != path


def test_a_session_whose_model_is_gone_is_replayed_and_taken_over_all_the_same(
    story_base: Path, tmp_path: Path, model: ScriptedModel, loom_home: Path
) -> None:
    weights = tmp_path / "mine.gguf"
    shutil.copyfile(story_base, weights)
    beginning = Beginning("toast", str(weights), prompt="Once upon a time")
    session = Session.create(tmp_path / "t.loom", beginning, model.connect)
    root = session.tree.root_ids[0]
    settle(session, session.grow(root), model)
    session.close()
    weights.unlink()
    replay = Replay(session.path)
    replay.go_to(len(replay.tape))
    assert replay.status.name == "mine"
    assert likeness(replay.tree) == likeness(read_tree(session.path))
    assert [type(event) for event in replay.happened] == [type(e) for e in replay.tape.journal]
    with pytest.raises(LoomError, match="A replay loads no model"):
        replay.laws.score(root)
    taken = Session.open(replay.take_over(root), model.connect)
    try:
        assert len(taken.tree) == len(session.tree)
        taken.write(root, " there was a king.")
        with pytest.raises(ModelFileError, match=r"mine\.gguf"):
            taken.grow(root)
    finally:
        taken.close()


def test_where_a_session_cannot_be_taken_over_to_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").write_bytes(b"no folder")
    monkeypatch.setenv("LOOM_HOME", str(tmp_path / "home"))
    replay = Replay(SESSIONS[0])
    replay.go_to(len(replay.tape))
    with pytest.raises(SessionFileError, match="folder of sessions cannot be made") as refusal:
        replay.take_over(None)
    assert "LOOM_HOME" in refusal.value.remedy


def test_what_is_no_session_is_told(tmp_path: Path) -> None:
    with pytest.raises(SessionFileError, match="no file"):
        Replay(tmp_path / "none.loom")


def test_a_damaged_session_is_not_played_in_part(tmp_path: Path) -> None:
    path = tmp_path / "t.loom"
    shutil.copyfile(SESSIONS[0], path)
    spoil(path, "UPDATE event SET payload = '[]' WHERE seq = (SELECT max(seq) - 3 FROM event)")
    with pytest.raises(SessionFileError, match="is damaged") as refusal:
        Replay(path)
    assert "loom recover" in refusal.value.remedy

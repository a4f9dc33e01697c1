"""What a person does in a session, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from loom.engine.events import EngineDied, LoadFailed
from loom.errors import LoomError, ModelFileError, SessionFileError
from loom.records.sampling import PRESETS
from loom.session.reading import read_tree
from loom.session.session import Beginning, Session
from loom.session.settings import GrowSettings
from loom.tree.events import BranchOpened, TokensAppended
from tests.session.conftest import SCRIPTS, ScriptedModel, settle

Begin = Callable[..., Session]


def test_a_new_session_stands_at_its_prompt(begin: Begin) -> None:
    tree = begin().tree
    assert tree.selected_id == tree.root_ids[0]
    assert tree.path_text(tree.root_ids[0]) == b"Friends, raise your glasses."


def test_opening_and_writing_load_no_model(begin: Begin, model: ScriptedModel) -> None:
    session = begin()
    session.write(session.tree.root_ids[0], " To the groom!")
    assert session.status.state == "unloaded"
    assert not model.engines


def test_the_first_growth_loads_the_model_and_the_branches_become_children(
    begin: Begin, model: ScriptedModel
) -> None:
    session = begin()
    root = session.tree.root_ids[0]
    settle(session, session.grow(root, GrowSettings(n_branches=3)), model)
    texts = [session.tree.node(i).display_text() for i in session.tree.child_ids(root)]
    assert texts == list(SCRIPTS)
    assert session.status.state == "ready"
    assert session.tree.selected_id == root


def test_branches_stream_into_the_tree_while_they_grow(begin: Begin, model: ScriptedModel) -> None:
    session = begin()
    session.grow(session.tree.root_ids[0], GrowSettings(n_branches=2))
    model.engines[-1].step(3)
    session._journal.flush()
    events = session.drain()
    assert sum(isinstance(event, BranchOpened) for event in events) == 2
    assert any(isinstance(event, TokensAppended) for event in events)
    assert len(session.tree.growing_ids) == 2


def test_everything_is_there_after_opening_again(begin: Begin, model: ScriptedModel) -> None:
    session = begin()
    root = session.tree.root_ids[0]
    settle(session, session.grow(root), model)
    chosen = session.tree.child_ids(root)[1]
    session.select(chosen)
    before = [(node.id, node.text, node.state) for node in session.tree]
    session.close()
    again = Session.open(session.path, model.connect)
    try:
        assert [(node.id, node.text, node.state) for node in again.tree] == before
        assert again.tree.selected_id == chosen
        assert len(again.tree.requests) == len(again.tree.provenance) == 1
    finally:
        again.close()


def test_stopping_keeps_what_is_written(begin: Begin, model: ScriptedModel) -> None:
    session = begin()
    root = session.tree.root_ids[0]
    request_id = session.grow(root, GrowSettings(n_branches=2))
    model.engines[-1].step(3)
    session.stop()
    settle(session, request_id, model)
    nodes = [session.tree.node(i) for i in session.tree.child_ids(root)]
    assert {(node.state, node.finish) for node in nodes} == {("partial", "cancelled")}
    assert all(node.text for node in nodes)


def test_quitting_while_branches_grow_keeps_them_as_stopped(
    begin: Begin, model: ScriptedModel
) -> None:
    session = begin()
    session.grow(session.tree.root_ids[0], GrowSettings(n_branches=2))
    model.engines[-1].step(3)
    session.close()
    tree = read_tree(session.path)
    assert {tree.node(i).finish for i in tree.leaf_ids()} == {"cancelled"}
    assert all(tree.node(i).text for i in tree.leaf_ids())
    assert [path.name for path in session.path.parent.iterdir()] == [session.path.name]


def test_growing_on_from_a_branch_uses_its_own_tokens(begin: Begin, model: ScriptedModel) -> None:
    session = begin()
    root = session.tree.root_ids[0]
    settle(session, session.grow(root, GrowSettings(n_branches=1, max_tokens=2)), model)
    (branch,) = session.tree.child_ids(root)
    first = session.status.n_evaluated
    settle(session, session.grow(branch, GrowSettings(n_branches=1, max_tokens=1)), model)
    assert session.status.n_evaluated - first == 1
    (leaf,) = session.tree.child_ids(branch)
    provenance = session.tree.provenance[str(session.tree.node(leaf).request_id)]
    n_path = sum(session.tree.node(i).n_tokens for i in (root, branch))
    assert provenance.n_prompt_tokens == n_path


def test_a_branch_that_ended_can_be_gone_on_from(begin: Begin, model: ScriptedModel) -> None:
    session = begin()
    root = session.tree.root_ids[0]
    settle(session, session.grow(root, GrowSettings(n_branches=1)), model)
    (ended,) = session.tree.child_ids(root)
    node = session.tree.node(ended)
    assert node.finish == "eos"
    settle(session, session.grow(ended, GrowSettings(n_branches=1)), model)
    (leaf,) = session.tree.child_ids(ended)
    provenance = session.tree.provenance[str(session.tree.node(leaf).request_id)]
    # The token that ended it is no part of the text that is continued.
    assert provenance.n_prompt_tokens == session.tree.node(root).n_tokens + node.n_tokens - 1


def test_a_growing_branch_cannot_be_grown_from(begin: Begin, model: ScriptedModel) -> None:
    session = begin()
    session.grow(session.tree.root_ids[0], GrowSettings(n_branches=1))
    model.engines[-1].step(2)
    session._journal.flush()
    session.drain()
    (growing,) = session.tree.growing_ids
    with pytest.raises(LoomError, match="still growing"):
        session.grow(growing)


def test_temperature_nought_grows_one_branch_and_says_why(
    begin: Begin, model: ScriptedModel
) -> None:
    session = begin()
    root = session.tree.root_ids[0]
    settings = replace(GrowSettings(n_branches=5), sampling=PRESETS["greedy"])
    settle(session, session.grow(root, settings), model)
    assert session.tree.n_children(root) == 1
    assert "temperature 0" in session.notices()[0].what


def test_every_growth_has_a_seed_of_its_own(begin: Begin, model: ScriptedModel) -> None:
    session = begin()
    root = session.tree.root_ids[0]
    for _ in range(3):
        settle(session, session.grow(root, GrowSettings(n_branches=1)), model)
    assert len({request.seed for request in session.tree.requests.values()}) == 3


def test_a_prompt_that_is_too_long_leaves_no_empty_branches(begin: Begin) -> None:
    model = ScriptedModel(n_ctx=16)
    session = begin("word " * 40)
    session._models._connect = model.connect
    request_id = session.grow(session.tree.root_ids[0])
    with pytest.raises(LoomError, match=r"40 tokens|41 tokens"):
        session.ended(request_id)
    session.drain()
    assert len(session.tree) == 1
    assert session.notices()[0].severity == "error"


def test_a_dead_engine_leaves_partial_branches_and_the_next_growth_starts_another(
    begin: Begin, model: ScriptedModel
) -> None:
    session = begin()
    root = session.tree.root_ids[0]
    request_id = session.grow(root, GrowSettings(n_branches=2))
    model.engines[-1].step(3)
    model.listeners[-1]((EngineDied("The process was ended by SIGKILL.", "Space starts it."),))
    with pytest.raises(LoomError, match="SIGKILL"):
        session.ended(request_id)
    session.drain()
    nodes = [session.tree.node(i) for i in session.tree.child_ids(root)]
    assert {(node.state, node.finish) for node in nodes} == {("partial", "error")}
    assert all(node.text and "SIGKILL" in node.message for node in nodes)
    assert session.status.state == "failed"
    settle(session, session.grow(root, GrowSettings(n_branches=1)), model)
    assert session.tree.n_children(root) == 3
    assert len(model.engines) == 2


def test_a_model_that_does_not_load_fails_the_request_in_a_sentence(
    begin: Begin, model: ScriptedModel
) -> None:
    session = begin()

    def connect(spec: object, listener: Callable[[tuple[object, ...]], None]) -> object:
        listener((LoadFailed("It is no model.", "Take another."),))
        return model.engines[-1] if model.engines else None

    session._models._connect = connect  # type: ignore[assignment]
    request_id = session.grow(session.tree.root_ids[0])
    with pytest.raises(LoomError, match="no model"):
        session.ended(request_id)


def test_another_model_is_used_from_then_on(
    begin: Begin, model: ScriptedModel, tmp_path: Path, story_base: Path
) -> None:
    other = tmp_path / "other.gguf"
    other.write_bytes(story_base.read_bytes())
    session = begin()
    root = session.tree.root_ids[0]
    settle(session, session.grow(root, GrowSettings(n_branches=1)), model)
    session.choose_model(str(other))
    assert session.tree.model == str(other)
    assert session.status.state == "unloaded"
    settle(session, session.grow(root, GrowSettings(n_branches=1)), model)
    assert [Path(spec.path).stem for spec in model.specs] == ["story-base", "other"]


def test_a_model_that_is_none_changes_nothing(begin: Begin, tmp_path: Path) -> None:
    session = begin()
    with pytest.raises(ModelFileError):
        session.choose_model(str(tmp_path / "nothing.gguf"))
    assert session.tree.model == "story-base"


def test_two_looms_cannot_write_one_session(begin: Begin, model: ScriptedModel) -> None:
    session = begin()
    with closing(Session.open(session.path, model.connect)) as other:
        assert other.is_read_only
        with pytest.raises(SessionFileError, match="written by another loom"):
            other.write(None, "and I")
    assert not session.is_read_only


def test_an_existing_file_is_never_overwritten(begin: Begin, model: ScriptedModel) -> None:
    session = begin()
    with pytest.raises(SessionFileError):
        Session.create(session.path, Beginning("again", "story-base"), model.connect)
    assert len(read_tree(session.path)) == 1


def test_news_wakes_a_listener_once_until_it_drains(begin: Begin, model: ScriptedModel) -> None:
    session = begin()
    session.drain()
    n_woken = []
    session.listen(lambda: n_woken.append(1))
    settle_id = session.grow(session.tree.root_ids[0], GrowSettings(n_branches=2))
    model.run()
    session.ended(settle_id)
    assert len(n_woken) == 1
    session.drain()
    session.write(None, "more")
    assert len(n_woken) == 2


def test_a_listener_that_comes_late_is_told_at_once(begin: Begin) -> None:
    session = begin()
    told = []
    session.listen(lambda: told.append(1))
    assert told == [1]


def test_written_bytes_that_are_no_utf8_survive(begin: Begin) -> None:
    session = begin()
    node_id = session.write(None, b"caf\xe9\x00\x1b[31m".decode("utf-8", "surrogateescape"))
    session.close()
    assert read_tree(session.path).node(node_id).text == b"caf\xe9\x00\x1b[31m"

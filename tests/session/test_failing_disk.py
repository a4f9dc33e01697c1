"""A disk that is full while a session is open: nothing is lost, and the person is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from loom.errors import SessionFileError
from loom.session.session import Beginning, Session
from loom.store import Journal
from tests.session.conftest import ScriptedModel, settle
from tests.store.specimens import read_tree

Begin = Callable[..., Session]
LONG = "x" * 50_000


def pages(session: Session, most: int) -> None:
    """The file may grow to so many pages: above that SQLite reports a full disk."""
    assert isinstance(session._journal, Journal)
    session._journal._writer._db.execute(f"PRAGMA max_page_count = {most}")


def test_what_a_person_does_is_kept_and_appears_when_there_is_room(begin: Begin) -> None:
    session = begin()
    root = session.tree.root_ids[0]
    pages(session, 1)
    with pytest.raises(SessionFileError, match="cannot be written at the moment") as refusal:
        session.write(root, LONG)
    assert "kept in memory" in refusal.value.remedy
    assert session.tree.n_children(root) == 0
    with pytest.raises(SessionFileError, match="cannot be saved"):
        session.save()
    session.drain()
    assert any("is full" in notice.what for notice in session.notices())
    pages(session, 100_000)
    session.save()
    session.drain()
    (written,) = session.tree.child_ids(root)
    assert read_tree(session.path).node(written).text == LONG.encode()


def test_branches_that_cannot_be_written_come_in_when_there_is_room(
    begin: Begin, model: ScriptedModel
) -> None:
    session = begin()
    root = session.tree.root_ids[0]
    request_id = session.grow(root)
    pages(session, 1)
    with pytest.raises(SessionFileError):
        session.write(root, LONG)
    model.run()
    session.drain()
    assert all(not session.tree.node(i).text for i in session.tree.child_ids(root))
    pages(session, 100_000)
    session.save()
    settle(session, request_id, model)
    session.save()
    session.drain()
    grown = [node for node in session.tree if node.request_id == request_id]
    assert {node.state for node in grown} == {"done"}
    assert [read_tree(session.path).node(node.id) for node in grown] == grown


def test_a_session_that_ends_on_a_full_disk_says_that_the_last_of_it_is_lost(
    tmp_path: Path, model: ScriptedModel
) -> None:
    path = tmp_path / "t.loom"
    session = Session.create(path, Beginning("t", "story-base", prompt="Once"), model.connect)
    root = session.tree.root_ids[0]
    pages(session, 1)
    with pytest.raises(SessionFileError):
        session.write(root, LONG)
    with pytest.raises(SessionFileError, match="could not be saved"):
        session.close()
    assert [node.text for node in read_tree(path)] == [b"Once"]


def test_where_there_is_no_log_to_write_ahead_it_is_told(
    tmp_path: Path, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Journal, "journal_mode", "delete")
    path = tmp_path / "t.loom"
    session = Session.create(path, Beginning("t", "story-base", prompt="Once"), model.connect)
    session.drain()
    notices = [notice.what for notice in session.notices()]
    session.close()
    assert any("no write-ahead log" in what for what in notices)

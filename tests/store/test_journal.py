from __future__ import annotations

import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loom.errors import SessionFileError
from loom.records.tokens import TokenColumns, concat
from loom.store import Journal, Pace, create, open_for_reading
from loom.store.database import open_for_writing
from loom.store.writer import SessionWriter
from loom.tree.events import BranchClosed, NodeSelected, SessionStarted, TokensAppended, TreeEvent
from tests.store.listening import NEVER, Listening
from tests.store.specimens import (
    appended,
    ended,
    fold,
    histories,
    likeness,
    new_session,
    opened,
    read_tree,
    requested,
    same_tokens,
    written,
)


def tokens_of(events: list[TreeEvent], node_id: str) -> TokenColumns:
    return concat(
        [e.tokens for e in events if isinstance(e, TokensAppended) and e.node_id == node_id]
    )


@settings(max_examples=50)
@given(histories(), st.data())
def test_a_file_opens_as_the_tree_that_was_seen(history: list[TreeEvent], data: st.DataObject):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.loom"
        assert isinstance(history[0], SessionStarted)
        create(path, history[0])
        listening = Listening(path)
        for event in history[1:]:
            if isinstance(event, NodeSelected):
                listening.journal.point(event)
            else:
                listening.journal.append(event)
            if data.draw(st.sampled_from([True, False, False])):
                assert listening.journal.flush()
        assert listening.journal.close()
        assert sorted(Path(folder).iterdir()) == [path]
        live = fold([history[0], *listening.published])
        moves = [event for event in history if isinstance(event, NodeSelected)]
        for move in moves[-1:]:
            live.apply(move)
        assert likeness(live) == likeness(fold(history))
        assert likeness(read_tree(path)) == likeness(ended(history))
        with open_for_reading(path) as reader:
            for node in live:
                if node.request_id is not None:
                    told = tokens_of(history, node.id)
                    assert same_tokens(reader.read_tokens(node.id), told)


@settings(max_examples=25)
@given(histories(), st.data())
def test_a_file_left_after_any_commit_opens_with_all_that_was_committed(
    history: list[TreeEvent], data: st.DataObject
):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.loom"
        assert isinstance(history[0], SessionStarted)
        create(path, history[0])
        end = data.draw(st.integers(1, len(history)))
        writer = open_for_writing(path)
        for event in history[1:end]:
            writer.commit([event], None)
        left = Path(folder) / "left"
        left.mkdir()
        for part in (path, Path(f"{path}-wal")):
            if part.exists():
                shutil.copy(part, left)
        writer.close()
        there = left / "t.loom"
        assert likeness(read_tree(there)) == likeness(ended(history[:end]))
        open_for_writing(there).close()
        assert list(left.iterdir()) == [there]
        assert likeness(read_tree(there)) == likeness(ended(history[:end]))


def test_only_committed_events_are_published(tmp_path: Path):
    path = new_session(tmp_path / "t.loom")
    seen: list[int] = []

    def look(events: tuple[TreeEvent, ...]) -> None:
        with open_for_reading(path) as reader:
            tree = fold(reader.load_events())
            seen.extend(event.node_id in tree for event in events)

    journal = Journal(path, publish=look, fault=pytest.fail)
    for i in range(20):
        journal.append(written(f"n{i}"))
    journal.flush()
    journal.close()
    assert seen == [True] * 20


def test_tokens_are_held_back_and_published_as_one(tmp_path: Path):
    path = new_session(tmp_path / "t.loom")
    listening = Listening(path, NEVER)
    listening.journal.append(written("p"), requested("r", "p"), opened("a", "p"), opened("b", "p"))
    listening.wait_for_published(4)
    for start in range(3):
        listening.journal.append(appended("a", start, b"x"), appended("b", start, b"y"))
    assert len(listening.published) == 4
    assert listening.journal.flush()
    blocks = [event for event in listening.published[4:] if isinstance(event, TokensAppended)]
    assert [(b.node_id, b.start, len(b.tokens)) for b in blocks] == [("a", 0, 3), ("b", 0, 3)]
    listening.journal.close()


def test_held_tokens_are_committed_without_being_asked_for(tmp_path: Path):
    path = new_session(tmp_path / "t.loom")
    listening = Listening(path)
    listening.journal.append(written("p"), opened("a", "p"))
    listening.journal.append(appended("a", 0, b"x"))
    listening.wait_for_published(3)
    assert read_tree(path).node("a").text == b"x"
    listening.journal.close()


def test_any_other_event_takes_the_held_tokens_with_it_in_order(tmp_path: Path):
    path = new_session(tmp_path / "t.loom")
    listening = Listening(path, NEVER)
    listening.journal.append(written("p"), opened("a", "p"))
    listening.journal.append(appended("a", 0, b"x"))
    listening.journal.append(BranchClosed(6.0, "a", "eos"))
    listening.wait_for_published(4)
    kinds = [type(event) for event in listening.published[2:]]
    assert kinds == [TokensAppended, BranchClosed]
    listening.journal.close()


def test_a_closed_branch_is_one_row_and_no_drafts(tmp_path: Path):
    path = new_session(tmp_path / "t.loom")
    listening = Listening(path)
    listening.journal.append(written("p"), opened("a", "p"))
    blocks = [appended("a", start, b"x", seed=start) for start in range(5)]
    for block in blocks:
        listening.journal.append(block)
        listening.journal.flush()
    with open_for_reading(path) as reader:
        assert same_tokens(reader.read_tokens("a"), concat([b.tokens for b in blocks]))
    listening.journal.append(BranchClosed(6.0, "a", "length"))
    listening.journal.close()
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT count(*) FROM draft").fetchone() == (0,)
        assert db.execute("SELECT text FROM content WHERE node_id = 'a'").fetchall() == [
            (b"xxxxx",)
        ]
    db.close()
    with open_for_reading(path) as reader:
        assert same_tokens(reader.read_tokens("a"), concat([b.tokens for b in blocks]))


def test_the_pointer_waits_for_the_next_commit(tmp_path: Path):
    path = new_session(tmp_path / "t.loom")
    listening = Listening(path, NEVER)
    listening.journal.append(written("a"), written("b"))
    listening.journal.point(NodeSelected(7.0, "a"))
    listening.journal.point(NodeSelected(7.5, "b"))
    listening.wait_for_published(2)
    listening.journal.append(written("c"))
    listening.wait_for_published(3)
    assert listening.journal.flush()
    assert read_tree(path).selected_id == "b"
    assert not any(isinstance(event, NodeSelected) for event in listening.published)
    listening.journal.close()


def test_the_pointer_is_written_when_the_person_rests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = new_session(tmp_path / "t.loom")
    rested = threading.Event()
    commit = SessionWriter.commit

    def watched(
        writer: SessionWriter, events: Sequence[TreeEvent], pointer: NodeSelected | None
    ) -> None:
        commit(writer, events, pointer)
        if pointer is not None:
            rested.set()

    monkeypatch.setattr(SessionWriter, "commit", watched)
    listening = Listening(path, Pace(rest_s=0.01))
    listening.journal.append(written("a"))
    listening.wait_for_published(1)
    listening.journal.point(NodeSelected(7.0, "a"))
    assert rested.wait(timeout=30)
    assert read_tree(path).selected_id == "a"
    listening.journal.close()


def test_a_selection_among_events_is_committed_and_published_with_them(tmp_path: Path):
    path = new_session(tmp_path / "t.loom")
    listening = Listening(path, NEVER)
    listening.journal.append(written("a"), NodeSelected(7.0, "a"))
    listening.wait_for_published(2)
    listening.journal.close()
    assert read_tree(path).selected_id == "a"


def test_a_closed_journal_takes_nothing_more_and_closes_twice(tmp_path: Path):
    listening = Listening(new_session(tmp_path / "t.loom"))
    assert listening.journal.close()
    assert listening.journal.close()
    assert listening.journal.flush()
    with pytest.raises(RuntimeError, match="closed"):
        listening.journal.append(written("a"))


def test_many_threads_may_append_at_once(tmp_path: Path):
    path = new_session(tmp_path / "t.loom")
    listening = Listening(path)

    def write(who: int) -> None:
        for i in range(20):
            listening.journal.append(written(f"{who}-{i}"))

    threads = [threading.Thread(target=write, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert listening.journal.close()
    ids = [node.id for node in read_tree(path)]
    assert len(ids) == 80
    for who in range(4):
        assert [i for i in ids if i.startswith(f"{who}-")] == [f"{who}-{i}" for i in range(20)]


def test_a_journal_that_cannot_open_says_so_at_once(tmp_path: Path):
    with pytest.raises(SessionFileError, match="There is no file"):
        Listening(tmp_path / "none.loom")

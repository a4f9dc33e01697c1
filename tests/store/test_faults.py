"""Faults that a session survives, really done; the long forms are in tests/long."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from loom.errors import SessionFileError
from loom.store import Journal, create, open_for_reading
from loom.store.database import open_for_writing
from loom.tree.events import BranchClosed, NodeAdded
from tests.store.listening import NEVER, Listening
from tests.store.specimens import (
    STARTED,
    appended,
    fold,
    likeness,
    new_session,
    opened,
    read_tree,
    requested,
    written,
)
from tests.store.test_one_writer import N_BRANCHES, hear, streaming


def kill_at_random_moments(folder: Path, dice: random.Random, n_kills: int) -> None:
    """Kill a process that streams eight branches: all that it said to be committed is there."""
    for n in range(n_kills):
        path = new_session(folder / f"{n}.loom")
        with streaming(path) as child:
            committed = hear(child, dice.randrange(1, 60))
            child.kill()
            assert child.stdout is not None
            for line in child.stdout:
                # The last line may be cut short by the kill.
                if len(words := line.split()) == 2 and line.endswith("\n"):
                    committed[words[0]] = int(words[1])
        Listening(path).journal.close()
        with open_for_reading(path) as reader:
            assert reader.check_seals().broken == ()
            tree = fold(reader.load_condensed())
        assert len(committed) == N_BRANCHES
        for node_id, n_tokens in committed.items():
            node = tree.node(node_id)
            assert node.state == "partial"
            assert node.n_tokens >= n_tokens
            assert node.text == b"".join(b"%d," % i for i in range(node.n_tokens))
        assert not path.with_name(f"{path.name}-wal").exists()
        path.unlink()


def test_a_writer_killed_at_random_moments(tmp_path: Path):
    kill_at_random_moments(tmp_path, random.Random(7), 4)


def test_a_clock_that_is_set_back_changes_nothing_but_the_times(tmp_path: Path):
    path = new_session(tmp_path / "t.loom")
    listening = Listening(path)
    listening.journal.append(NodeAdded(2_000_000_000.0, "a", None, "text", "human", b"later"))
    listening.journal.append(requested("r", "a"), opened("b", "a"), appended("b", 0, b"x"))
    listening.journal.append(BranchClosed(1.0, "b", "length"))
    listening.journal.append(NodeAdded(-5.0, "c", "b", "text", "human", b"earlier"))
    assert listening.journal.close()
    tree = read_tree(path)
    assert [node.id for node in tree] == ["a", "b", "c"]
    assert tree.node("c").created_at == -5.0
    with open_for_reading(path) as reader:
        assert reader.check_seals().broken == ()
        assert reader.summary().changed_at == -5.0
    Listening(path).journal.close()
    assert likeness(read_tree(path)) == likeness(tree)


def test_a_disk_that_is_full_from_the_start_makes_no_half_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    connect = sqlite3.connect

    def full(name: str, **options: object) -> sqlite3.Connection:
        connection = connect(name, **options)
        connection.execute("PRAGMA max_page_count = 2")
        return connection

    monkeypatch.setattr(sqlite3, "connect", full)
    with pytest.raises(SessionFileError, match="full"):
        create(tmp_path / "t.loom", STARTED)
    assert list(tmp_path.iterdir()) == []


def test_a_file_deleted_while_open_can_be_had_from_what_is_in_memory(tmp_path: Path):
    path = new_session(tmp_path / "t.loom")
    listening = Listening(path, NEVER)
    listening.journal.append(written("a"))
    assert listening.journal.flush()
    kept = shutil.copy(path, tmp_path / "kept")
    path.unlink()
    listening.journal.append(written("b", parent_id="a"))
    assert not listening.journal.flush()
    assert "was moved, deleted or replaced" in listening.faults[0].what
    assert not listening.journal.close()
    assert not path.exists()
    assert Path(kept).exists()


def test_two_writers_in_turn_leave_one_chain_of_seals(tmp_path: Path):
    path = new_session(tmp_path / "t.loom")
    first = Listening(path)
    with pytest.raises(SessionFileError, match="being written"):
        Journal(path, publish=lambda events: None, fault=pytest.fail)
    first.journal.append(written("a"))
    assert first.journal.close()
    second = Listening(path)
    second.journal.append(written("b", parent_id="a"))
    assert second.journal.close()
    with open_for_reading(path) as reader:
        report = reader.check_seals()
    assert (report.n_events, report.broken) == (3, ())


SPOILT_INDICES = (
    "DELETE FROM search_data",
    "UPDATE search_config SET v = 'x'",
    "DELETE FROM search_content",
    *(f"DROP TABLE search_{part}" for part in ("data", "idx", "content", "docsize", "config")),
    "DROP TABLE search",
)


def session_with_a_spoilt_index(path: Path, statement: str) -> Path:
    writer = open_for_writing(new_session(path))
    writer.commit([written("a", b"froze")], None)
    writer.close()
    with closing(sqlite3.connect(path)) as db:
        db.execute(statement)
        db.commit()
    return path


@pytest.mark.parametrize("statement", SPOILT_INDICES)
def test_an_index_that_is_damaged_keeps_nobody_from_finding(tmp_path: Path, statement: str):
    path = session_with_a_spoilt_index(tmp_path / "t.loom", statement)
    with open_for_reading(path) as reader:
        assert [found.node_id for found in reader.search("froze", 3)] == ["a"]


@pytest.mark.parametrize("statement", [*SPOILT_INDICES, "UPDATE search_data SET block = x'00'"])
def test_an_index_that_is_damaged_keeps_nobody_from_writing(tmp_path: Path, statement: str):
    path = session_with_a_spoilt_index(tmp_path / "t.loom", statement)
    writer = open_for_writing(path)
    writer.commit([written("b", b"froze again")], None)
    writer.close()
    assert read_tree(path).node("b").text == b"froze again"
    with open_for_reading(path) as reader:
        assert {found.node_id for found in reader.search("froze", 3)} == {"a", "b"}

"""What is promised of the file itself."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations

from loom.errors import SessionFileError
from loom.records.tokens import concat
from loom.store import SessionReader, create, database, open_for_reading
from loom.store.database import open_for_writing
from loom.store.migrations import SCHEMA_VERSION, journal, seals, searchable
from loom.store.writer import SessionWriter
from loom.tree.events import (
    BranchClosed,
    GrowthAccepted,
    ModelChosen,
    NodeSelected,
    NodeTokenised,
    TreeEvent,
)
from tests.store.specimens import (
    STARTED,
    appended,
    ended,
    likeness,
    new_session,
    opened,
    provenance,
    read_tree,
    requested,
    same_tokens,
    written,
)

OLDEST = Path(__file__).parent / "format_1.sql"
"""A session of the first format as SQL, never to be made again: people have such files."""

EVENTS_OF_OLDEST: list[TreeEvent] = [
    STARTED,
    written("p", "Once \x00 \x1b[1m é".encode() + b"\xff"),
    NodeTokenised(2.5, "p", (7, 8), ("Once \x00 \x1b[1m é".encode()[:-1], b"\xa9\xff"), "tiny"),
    requested("r", "p", 2),
    GrowthAccepted(3.5, "r", provenance()),
    opened("a", "p", "r", 0),
    opened("b", "p", "r", 1),
    appended("a", 0, b"one", b"", b" two", seed=1),
    appended("b", 0, b"ein", seed=2),
    BranchClosed(6.0, "a", "length"),
    ModelChosen(8.0, "other", "chat"),
    NodeSelected(7.0, "a"),
]


def oldest(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as db:
        db.executescript(OLDEST.read_text("ascii"))
    return path


def schema(path: Path) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(
            "SELECT type, name, sql FROM sqlite_master"
            " WHERE tbl_name != '_sqlite_migrations' ORDER BY 1, 2"
        ).fetchall()


def test_a_file_of_the_oldest_format_still_opens(tmp_path: Path):
    path = oldest(tmp_path / "old.loom")
    assert likeness(read_tree(path)) == likeness(ended(EVENTS_OF_OLDEST))
    open_for_writing(path).close()
    assert likeness(read_tree(path)) == likeness(ended(EVENTS_OF_OLDEST))
    with open_for_reading(path) as reader:
        one = appended("a", 0, b"one", b"", b" two", seed=1).tokens
        assert same_tokens(reader.read_tokens("a"), concat([one]))
        read = reader.read_tokens("p")
        assert (read.ids.tolist(), b"".join(read.pieces)[-2:]) == ([7, 8], b"\xa9\xff")


def test_an_old_file_that_was_opened_has_the_schema_of_a_new_one(tmp_path: Path):
    path = oldest(tmp_path / "old.loom")
    open_for_writing(path).close()
    assert schema(path) == schema(new_session(tmp_path / "new.loom"))


def test_an_upgrade_that_fails_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = oldest(tmp_path / "old.loom")
    before = schema(path)
    newer = Migrations("loom session")
    newer(name="1 journal")(journal)
    newer(name="2 seals")(seals)
    newer(name="3 search")(searchable)

    @newer(name="4 fails")
    def fails(db: Database) -> None:
        db.execute("CREATE TABLE half_done (x)")
        db.execute("INSERT INTO nowhere VALUES (1)")

    monkeypatch.setattr(database, "migrations", newer)
    monkeypatch.setattr(database, "SCHEMA_VERSION", 4)
    with pytest.raises(SessionFileError, match="nowhere"):
        open_for_writing(path)
    monkeypatch.undo()
    assert schema(path) == before
    assert likeness(read_tree(path)) == likeness(ended(EVENTS_OF_OLDEST))


@pytest.mark.parametrize("table", ["event", "content", "token_statistics"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET seq = seq",
        "DELETE FROM {}",
        "INSERT OR REPLACE INTO {0} SELECT * FROM {0}",
    ],
)
def test_facts_cannot_be_changed(tmp_path: Path, table: str, statement: str):
    path = oldest(tmp_path / "t.loom")
    with closing(sqlite3.connect(path)) as db:
        before = db.execute(f"SELECT * FROM {table}").fetchall()
        assert before
        with pytest.raises(sqlite3.IntegrityError, match=f"rows of {table} never change"):
            db.execute(statement.format(table))
        assert db.execute(f"SELECT * FROM {table}").fetchall() == before


def test_a_session_says_what_it_is(tmp_path: Path):
    header = new_session(tmp_path / "t.loom").read_bytes()[:100]
    assert header[68:72] == b"loom"
    assert header[60:64] == SCHEMA_VERSION.to_bytes(4, "big")


def test_a_filesystem_without_shared_memory_gets_a_rollback_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = new_session(tmp_path / "t.loom")
    connect = sqlite3.connect

    def without_shared_memory(name: str, **options: object) -> sqlite3.Connection:
        # This way of locking is SQLite's own for network filesystems.
        return connect(f"{name}&vfs=unix-dotfile", **options)

    monkeypatch.setattr(sqlite3, "connect", without_shared_memory)
    writer = open_for_writing(path)
    assert writer.journal_mode == "delete"
    writer.commit([written("a")], None)
    assert "a" in read_tree(path)
    writer.close()
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("open_session", [open_for_reading, open_for_writing])
def test_half_a_commit_of_a_rollback_journal_is_taken_back(
    tmp_path: Path, open_session: Callable[[Path], SessionReader | SessionWriter]
):
    path = oldest(tmp_path / "t.loom")
    killed = tmp_path / "killed"
    killed.mkdir()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA cache_size = 1")
        for i in range(2000):
            db.execute("INSERT INTO event VALUES (NULL, 1.0, 'no such kind', ?, '{}')", (i,))
        for name in ("t.loom", "t.loom-journal"):
            shutil.copy(tmp_path / name, killed)
        db.rollback()
    assert (killed / "t.loom").read_bytes() != path.read_bytes()
    open_session(killed / "t.loom").close()
    assert list(killed.iterdir()) == [killed / "t.loom"]
    assert likeness(read_tree(killed / "t.loom")) == likeness(ended(EVENTS_OF_OLDEST))


def test_a_session_is_made_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "t.loom"

    def full(db: Database, event: TreeEvent) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(database, "write_event", full)
    with pytest.raises(SessionFileError):
        create(path, STARTED)
    assert not list(tmp_path.iterdir())

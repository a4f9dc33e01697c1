"""A session made at once is the session that is made one event after another."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from loom.store import create, open_for_reading
from loom.store.database import open_for_writing
from loom.store.making import create_from_events
from loom.tree.changes import NodeBookmarked, NodeTagged, NoteWritten, Tag
from loom.tree.events import NodeImported, NodeSelected, SessionStarted, TreeImported

STARTED = SessionStarted(1.0, "t", "plain", "story-base", "0")
NODES = [
    TreeImported(1.5, "pyloom", "tree.json", "{}", ("lost: nothing (1)",)),
    *(
        NodeImported(2.0, f"n{i}", f"n{i // 3}" if i else None, "text", "m", b"lake %d \xff" % i)
        for i in range(50)
    ),
]
MARKS = [
    NodeBookmarked(3.0, "n1"),
    NodeTagged(3.0, "n1", Tag("best")),
    NodeTagged(3.0, "n1", Tag("best", "red")),
    NoteWritten(3.0, "n2", "the harbour"),
    NoteWritten(3.0, "n2", "the mill"),
]
TABLES = ("event", "content", "seal", "pointer", "search_content")
SCHEMA = "SELECT type, name, sql FROM sqlite_master WHERE type = 'index' ORDER BY name"


def rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as db:
        found = {name: db.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall() for name in TABLES}
        return found | {"schema": db.execute(SCHEMA).fetchall()}


def test_at_once_and_one_by_one_are_the_same(tmp_path: Path) -> None:
    at_once, one_by_one = tmp_path / "once.loom", tmp_path / "each.loom"
    standing = NodeSelected(4.0, "n7")
    create_from_events(at_once, [STARTED, *NODES], standing, MARKS)
    create(one_by_one, STARTED)
    writer = open_for_writing(one_by_one)
    writer.commit([*NODES, *MARKS], standing)
    writer.close()
    assert rows(at_once) == rows(one_by_one)


def test_what_was_made_at_once_is_sealed_and_can_be_searched(tmp_path: Path) -> None:
    path = tmp_path / "once.loom"
    create_from_events(path, [STARTED, *NODES], None, MARKS)
    with open_for_reading(path) as reader:
        report = reader.check_seals()
        assert report.has_seals
        assert not report.broken
        assert {one.node_id for one in reader.search("lake", 99)} == {f"n{i}" for i in range(50)}
        assert [one.node_id for one in reader.search("mill", 9)] == ["n2"]
        assert not reader.search("harbour", 9)

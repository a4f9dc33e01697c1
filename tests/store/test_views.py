"""A person may ask a session file with nothing but sqlite3."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings

from loom.store import create
from loom.store.database import open_for_writing
from loom.tree.events import BranchClosed, NodeTokenised, TreeEvent
from tests.store.listening import Listening
from tests.store.specimens import (
    appended,
    ended,
    histories,
    new_session,
    opened,
    read_tree,
    requested,
    written,
)
from tests.store.test_schema import oldest


def asked(path: Path, question: str, *values: object) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute(question, values).fetchall()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = new_session(tmp_path / "t.loom")
    listening = Listening(path)
    listening.journal.append(written("p", "É".encode()), requested("r", "p", 2))
    listening.journal.append(NodeTokenised(2.5, "p", (7, 300_000), (b"\xc3", b"\x89"), "m"))
    listening.journal.append(opened("a", "p"), opened("b", "p", index=1))
    listening.journal.append(appended("a", 0, b"one", b"", b" two"), BranchClosed(6, "a", "length"))
    listening.journal.append(appended("b", 0, b"ein"), BranchClosed(6, "b", "cancelled"))
    listening.journal.append(written("c", b"!", "a"), written("q", b"apart"))
    assert listening.journal.close()
    return path


def test_the_outline_goes_deep_first_and_says_what_is_where(path: Path):
    columns = "depth, node_id, parent_id, author, finish, n_tokens, hidden, text"
    assert asked(path, f"SELECT {columns} FROM outline") == [
        (0, "p", None, "human", None, 2, 0, "É"),
        (1, "a", "p", "tiny", "length", 3, 0, "one two"),
        (2, "c", "a", "human", None, None, 0, "!"),
        (1, "b", "p", "tiny", "cancelled", 1, 0, "ein"),
        (0, "q", None, "human", None, None, 0, "apart"),
    ]


def test_the_text_of_a_path_is_that_of_the_tree(path: Path):
    tree = read_tree(path)
    told = dict(asked(path, "SELECT node_id, text FROM path_text"))
    assert told == {node.id: tree.path_text(node.id).decode() for node in tree}
    assert asked(path, "SELECT text FROM path_text WHERE node_id = 'c'") == [("Éone two!",)]


def test_tokens_are_rows(path: Path):
    ids = read_tree(path).node("a").token_ids
    assert ids is not None
    question = "SELECT position, token_id, piece FROM tokens WHERE node_id = ? ORDER BY position"
    assert asked(path, question, "a") == [(0, ids[0], "one"), (1, ids[1], ""), (2, ids[2], " two")]
    assert asked(path, "SELECT token_id FROM tokens WHERE node_id = 'p'") == [(7,), (300_000,)]
    assert asked(path, "SELECT count(*) FROM tokens") == [(6,)]


@settings(max_examples=20)
@given(histories())
def test_the_outline_has_every_node_of_any_tree(history: list[TreeEvent]):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.loom"
        create(path, history[0])  # type: ignore[arg-type]
        writer = open_for_writing(path)
        writer.commit(history[1:], None)
        writer.close()
        # Whoever opens it next closes what was left growing.
        open_for_writing(path).close()
        tree = ended(history)
        with closing(sqlite3.connect(path)) as db:
            db.text_factory = bytes
            found = db.execute("SELECT node_id, parent_id, n_tokens, text FROM outline").fetchall()
        assert len(found) == len(tree)
        for node_id, parent_id, n_tokens, text in found:
            node = tree.node(node_id.decode())
            assert (parent_id and parent_id.decode()) == node.parent_id
            assert (n_tokens or 0) == node.n_tokens
            assert (text or b"") == node.text


def test_what_was_put_on_a_node_or_hidden_is_told_by_the_names_of_the_events(path: Path):
    with closing(sqlite3.connect(path)) as db:
        db.executescript("""
            INSERT INTO event (at, kind, node_id, payload) VALUES
            (9, 'node_hidden', 'c', '{}'), (9, 'node_moved', 'c', '{"parent_id":"b"}'),
            (9, 'growth_hidden', NULL, '{"request_id":"r"}'), (9, 'node_shown', 'b', '{}'),
            (9, 'node_moved', 'q', '{"parent_id":"p"}'),
            (9, 'node_moved', 'q', '{"parent_id":null}');
        """)
    told = asked(path, "SELECT node_id, parent_id, hidden FROM outline")
    assert told == [
        ("p", None, 0),
        ("a", "p", 1),
        ("b", "p", 0),
        ("c", "b", 1),
        ("q", None, 0),
    ]
    assert asked(path, "SELECT text FROM path_text WHERE node_id = 'c'") == [("Éein!",)]


def test_an_old_file_has_them_once_it_was_opened(tmp_path: Path):
    path = oldest(tmp_path / "old.loom")
    open_for_writing(path).close()
    assert asked(path, "SELECT node_id, n_tokens FROM outline") == [("p", 2), ("a", 3), ("b", 1)]

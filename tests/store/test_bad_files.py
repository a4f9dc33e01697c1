"""What is no session, or no longer one: each gets a sentence and a remedy."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from loom.errors import NodeNotFoundError, SessionFileError
from loom.store import SessionReader, create, open_for_reading
from loom.store.database import open_for_writing
from loom.store.migrations import SCHEMA_VERSION
from loom.store.writer import SessionWriter
from loom.tree.events import BranchClosed, NodeSelected
from tests.store.specimens import STARTED, appended, new_session, opened, read_tree, written

OPENINGS = [open_for_reading, open_for_writing]
Opening = Callable[[Path], SessionReader | SessionWriter]


def in_sqlite(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


def full_session(path: Path) -> Path:
    new_session(path)
    writer = open_for_writing(path)
    events = [written("p", b"x" * 20_000), opened("a", "p"), appended("a", 0, b"one")]
    writer.commit([*events, BranchClosed(6.0, "a", "eos")], NodeSelected(7.0, "a"))
    writer.close()
    return path


def nothing(path: Path) -> None:
    pass


def an_empty_file(path: Path) -> None:
    path.write_bytes(b"")


def a_text(path: Path) -> None:
    path.write_bytes(b"Once upon a time\n" * 100)


def a_model(path: Path) -> None:
    path.write_bytes(b"GGUF\x03\x00\x00\x00" + bytes(4096))


def somebody_elses_database(path: Path) -> None:
    in_sqlite(path, "CREATE TABLE event (seq INTEGER)")


def a_newer_session(path: Path) -> None:
    new_session(path)
    in_sqlite(path, "PRAGMA user_version = 99")


def half_a_session(path: Path) -> None:
    whole = full_session(path).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def a_session_without_its_tables(path: Path) -> None:
    new_session(path)
    in_sqlite(path, "DROP TABLE draft")


def a_session_with_a_spoilt_page(path: Path) -> None:
    full_session(path)
    with closing(sqlite3.connect(path)) as db:
        (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'content'").fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)


@pytest.mark.parametrize("open_session", OPENINGS)
@pytest.mark.parametrize(
    ("make", "what"),
    [
        (nothing, "There is no file {}."),
        (Path.mkdir, "{} is not a file."),
        (an_empty_file, "{} is empty."),
        (a_text, "{} is not a loom session."),
        (a_model, "{} is not a loom session."),
        (somebody_elses_database, "{} is a database of another program, not a loom session."),
        (
            a_newer_session,
            "{} was made by a newer loom (file format 99; this one knows up to "
            f"{SCHEMA_VERSION}).",
        ),
        (half_a_session, "{} is damaged: database disk image is malformed."),
        (a_session_without_its_tables, "{} is damaged: no such table: draft."),
    ],
)
def test_what_is_no_session_is_refused_and_left_alone(
    tmp_path: Path, make: Callable[[Path], None], what: str, open_session: Opening
):
    path = tmp_path / "t.loom"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(SessionFileError) as refusal:
        open_session(path)
    assert refusal.value.what == what.format(path)
    assert refusal.value.remedy.endswith(".")
    assert (path.read_bytes() if path.is_file() else None) == before
    assert [file.name for file in tmp_path.iterdir()] in ([], ["t.loom"])


@pytest.mark.parametrize("open_session", OPENINGS)
def test_a_spoilt_page_is_noticed(tmp_path: Path, open_session: Opening):
    path = tmp_path / "t.loom"
    a_session_with_a_spoilt_page(path)
    with pytest.raises(SessionFileError, match="is damaged"):
        open_session(path)


_A_DRAFT = (
    "INSERT INTO draft (node_id, text, start, at, token_ids, piece_sizes, elapsed_s)"
    " SELECT {}, 0, 1.0, token_ids, piece_sizes, elapsed_s FROM content WHERE seq = 4"
)
_READ = (
    "INSERT INTO event (at, kind, node_id, payload)"
    """ VALUES (9, 'node_tokenised', 'p', '{{"model":"m"}}'); """
    "INSERT INTO content (seq, node_id, text, token_ids, piece_sizes)"
    " SELECT max(event.seq), 'p', x'', {}, x'' FROM event"
)
_NESTED = '{"a":' * 100_000


@pytest.mark.parametrize(
    ("statement", "how"),
    [
        ("UPDATE event SET kind = 'node_vanished' WHERE seq = 2", "node_vanished"),
        ("UPDATE event SET payload = '{' WHERE seq = 2", "event 2"),
        ("UPDATE event SET payload = '[]' WHERE seq = 2", "no JSON object"),
        ("UPDATE event SET payload = '{\"role\": 5}' WHERE seq = 2", "role is not a text"),
        ('UPDATE event SET payload = \'{"role": "king"}\' WHERE seq = 2', "role is 'king'"),
        ("UPDATE event SET node_id = 'p' WHERE seq = 3", "node p comes twice"),
        ("UPDATE event SET node_id = 'q' WHERE seq = 2", "node a has no parent"),
        ("UPDATE event SET node_id = 'q' WHERE seq = 4", "there is no node q"),
        ("DELETE FROM content WHERE seq = 2", "its content is missing"),
        ("UPDATE content SET piece_sizes = x'09000000' WHERE seq = 4", "pieces that are not"),
        ("UPDATE content SET elapsed_s = x'00' WHERE seq = 4", "event 4"),
        (_READ.format("x'07000000'"), "columns of different lengths"),
        (_READ.format("NULL"), "its content is missing"),
        ("UPDATE pointer SET node_id = 'q'", "there is no node q"),
        ("UPDATE event SET at = 'noon' WHERE seq = 2", "another kind of value"),
        ("UPDATE event SET payload = x'ff' WHERE seq = 2", "another kind of value"),
        ("UPDATE content SET text = 'words' WHERE seq = 2", "another kind of value"),
        ("UPDATE content SET token_ids = 7 WHERE seq = 4", "another kind of value"),
        (_A_DRAFT.format("'q', text"), "there is no node q"),
        (_A_DRAFT.format("'a', 'words'"), "holds no bytes"),
        pytest.param(
            f"UPDATE event SET payload = '{_NESTED}' WHERE seq = 2", "without end", id="nested"
        ),
    ],
)
def test_rows_that_make_no_sense_are_named(tmp_path: Path, statement: str, how: str):
    path = full_session(tmp_path / "t.loom")
    with closing(sqlite3.connect(path)) as db:
        names = db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    in_sqlite(path, *(f"DROP TRIGGER {name}" for (name,) in names), *statement.split("; "))
    with pytest.raises(SessionFileError, match="is damaged") as refusal:
        read_tree(path)
    assert how in refusal.value.what


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE token_statistics SET packed = x'00'",
        "UPDATE token_statistics SET n_top = n_top + 1",
        "UPDATE token_statistics SET n_top = -1",
        "UPDATE token_statistics SET n_top = 1 << 60",
        "UPDATE token_statistics SET n_top = 1.5",
        "UPDATE token_statistics SET packed = 'words'",
        "UPDATE content SET token_ids = x'0000' WHERE seq = 4",
        "UPDATE content SET token_ids = 7 WHERE seq = 4",
        "UPDATE content SET text = CAST(text AS TEXT) WHERE seq = 4",
        "UPDATE content SET elapsed_s = 'soon' WHERE seq = 4",
    ],
)
def test_tokens_that_make_no_sense_are_named(tmp_path: Path, statement: str):
    path = full_session(tmp_path / "t.loom")
    in_sqlite(
        path,
        "DROP TRIGGER token_statistics_no_update",
        "DROP TRIGGER content_no_update",
        statement,
    )
    with open_for_reading(path) as reader, pytest.raises(SessionFileError, match="node a"):
        reader.read_tokens("a")


def test_what_a_later_loom_adds_to_an_event_is_ignored(tmp_path: Path):
    path = full_session(tmp_path / "t.loom")
    in_sqlite(
        path,
        "DROP TRIGGER event_no_update",
        "UPDATE event SET payload = json_set(payload, '$.mood', 'calm')",
    )
    assert len(read_tree(path)) == 2


def test_the_tokens_of_a_node_that_is_not_there(tmp_path: Path):
    with (
        open_for_reading(full_session(tmp_path / "t.loom")) as reader,
        pytest.raises(NodeNotFoundError, match="'b'"),
    ):
        reader.read_tokens("b")


def test_a_new_session_overwrites_nothing(tmp_path: Path):
    path = tmp_path / "t.loom"
    path.write_bytes(b"precious")
    with pytest.raises(SessionFileError) as refusal:
        create(path, STARTED)
    assert refusal.value.what == f"{path} is already there."
    assert path.read_bytes() == b"precious"


def test_a_new_session_needs_a_folder(tmp_path: Path):
    path = tmp_path / "none" / "t.loom"
    with pytest.raises(SessionFileError, match=r"There is no folder .*none to put t.loom in\."):
        create(path, STARTED)
    (tmp_path / "none").write_bytes(b"")
    with pytest.raises(SessionFileError, match="cannot be made"):
        create(path, STARTED)


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
@pytest.mark.parametrize("name", [b"50% of #1?.loom", b"\xff\xfe.loom", "été 🙂.loom".encode()])
def test_any_name_that_the_system_allows_is_a_name(tmp_path: Path, name: bytes):
    path = Path(os.fsdecode(os.path.join(os.fsencode(tmp_path), name)))
    full_session(path)
    assert list(tmp_path.iterdir()) == [path]
    assert read_tree(path).selected_id == "a"

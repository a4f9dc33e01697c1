"""Every event is sealed: whatever is changed in a file is found, in its place."""

from __future__ import annotations

import hashlib
import sqlite3
import struct
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loom.store import open_for_reading
from loom.store.database import open_for_writing
from loom.store.seals import BEGINNING, SealedRow, SealReport, seal
from loom.tree.events import BranchClosed, NodeTokenised
from tests.store.listening import Listening
from tests.store.specimens import appended, new_session, opened, requested, written
from tests.store.test_schema import oldest

COLUMNS = [
    ("event", "at", "at + 1"),
    ("event", "kind", "'node_shown'"),
    ("event", "node_id", "'other'"),
    ("event", "payload", "replace(payload, 'length', 'eos')"),
    ("content", "node_id", "'other'"),
    ("content", "text", "CAST('onf two' AS BLOB)"),
    ("content", "token_ids", "zeroblob(length(token_ids))"),
    ("content", "piece_sizes", "NULL"),
    ("content", "elapsed_s", "zeroblob(length(elapsed_s))"),
    ("token_statistics", "n_top", "n_top + 1"),
    ("token_statistics", "packed", "zeroblob(length(packed))"),
    ("seal", "sha256", "zeroblob(32)"),
]


def session(path: Path) -> Path:
    """Seven events; the sixth closes a branch with tokens and statistics."""
    listening = Listening(new_session(path))
    listening.journal.append(
        written("p"), NodeTokenised(2.5, "p", (1, 2), (b"On", b"ce"), "m"), requested("r", "p")
    )
    listening.journal.append(opened("a", "p"), appended("a", 0, b"one", b" two"))
    listening.journal.append(BranchClosed(6.0, "a", "length"))
    listening.journal.append(written("q", b"last", "a"))
    assert listening.journal.close()
    return path


def report(path: Path) -> SealReport:
    with open_for_reading(path) as reader:
        return reader.check_seals()


def tamper(path: Path, statement: str) -> None:
    """As somebody would who knows SQLite: the triggers that refuse it are dropped."""
    with closing(sqlite3.connect(path)) as db:
        triggers = db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            db.execute(f"DROP TRIGGER {name}")
        assert db.execute(statement).rowcount == 1
        db.commit()


def test_a_file_that_nobody_touched_is_whole(tmp_path: Path):
    path = session(tmp_path / "t.loom")
    assert report(path) == SealReport(7, True, ())
    open_for_writing(path).close()
    assert report(path) == SealReport(7, True, ())


@pytest.mark.parametrize(("table", "column", "value"), COLUMNS)
def test_any_column_that_is_changed_is_found_where_it_was_changed(
    tmp_path: Path, table: str, column: str, value: str
):
    path = session(tmp_path / "t.loom")
    tamper(path, f"UPDATE {table} SET {column} = {value} WHERE seq = 6")
    found = report(path).broken
    # A changed seal is also what the next one stands on.
    assert [one.seq for one in found] == ([6, 7] if table == "seal" else [6])
    assert found[0].node_id == ("other" if (table, column) == ("event", "node_id") else "a")
    assert "is not what was written" in found[0].what


@pytest.mark.parametrize(
    ("statement", "seqs", "words"),
    [
        ("DELETE FROM event WHERE seq = 3", [3], "is gone"),
        ("DELETE FROM seal WHERE seq = 7", [7], "has no seal"),
        ("DELETE FROM content WHERE seq = 2", [2], "is not what was written"),
        ("INSERT INTO event VALUES (8, 9.0, 'mode_chosen', NULL, '{}')", [8], "has no seal"),
        (
            "INSERT INTO content SELECT 9, 'a', text, NULL, NULL, NULL FROM content WHERE seq = 2",
            [9],
            "belongs to no event",
        ),
        ("INSERT INTO token_statistics VALUES (2, 3, x'00')", [2], "is not what was written"),
    ],
)
def test_rows_that_are_lost_or_put_in_are_found(
    tmp_path: Path, statement: str, seqs: list[int], words: str
):
    path = session(tmp_path / "t.loom")
    tamper(path, statement)
    found = report(path).broken
    assert sorted({one.seq for one in found}) == seqs
    assert any(words in one.what for one in found)


def test_a_file_from_before_there_were_seals_gets_them_when_it_is_written(tmp_path: Path):
    path = oldest(tmp_path / "old.loom")
    assert report(path) == SealReport(9, False, ())
    open_for_writing(path).close()
    # The branch that its last writer left open was closed.
    assert report(path) == SealReport(10, True, ())


ROWS = st.builds(
    SealedRow,
    st.integers(1, 9),
    st.floats(0, 9),
    st.binary(max_size=2),
    st.none() | st.binary(max_size=2),
    st.binary(max_size=2),
    st.none() | st.binary(max_size=2),
    st.none() | st.binary(max_size=2),
    st.none() | st.binary(max_size=2),
)


@given(ROWS, ROWS)
def test_two_events_never_share_a_seal(one: SealedRow, other: SealedRow):
    assert (seal(BEGINNING, one) == seal(BEGINNING, other)) == (one == other)
    assert seal(BEGINNING, one) != seal(bytes([1] * 32), one)


def test_a_seal_is_the_hash_that_anybody_can_compute_from_its_description() -> None:
    row = SealedRow(3, 1.5, b"kind", None, b"{}", None, b"text", n_top=2)
    told = [
        *(b"i" + (3).to_bytes(8, "big"), b"f" + struct.pack(">d", 1.5)),
        *(b"b" + (4).to_bytes(8, "big") + b"kind", b"n", b"b" + (2).to_bytes(8, "big") + b"{}"),
        *(b"n", b"b" + (4).to_bytes(8, "big") + b"text", b"n", b"n", b"n"),
        *(b"i" + (2).to_bytes(8, "big"), b"n"),
    ]
    assert seal(b"before", row) == hashlib.sha256(b"before" + b"".join(told)).digest()

"""Every row is looked at by itself: what is wrong is told where it is, and hides nothing else."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from loom.store import open_for_reading
from loom.store.inspection import Fault, Kept
from loom.tree.changes import NodeDerived, Slice
from loom.tree.events import BranchClosed, NodeImported, NodeSelected, TreeImported
from tests.store.listening import Listening
from tests.store.specimens import (
    appended,
    columns,
    new_session,
    opened,
    requested,
    same_tokens,
    written,
)

GROWN = columns([b" upon", b" a time"], n_top=3, seed=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Events: 1 started, 2 "p", 3 requested, 4 and 5 "a" opened and closed, 6 "q"."""
    listening = Listening(new_session(tmp_path / "t.loom"))
    listening.journal.append(written("p"), requested("r", "p"), opened("a", "p"))
    listening.journal.append(appended("a", 0, *GROWN.pieces, seed=1))
    listening.journal.append(BranchClosed(6.0, "a", "length"), written("q"))
    listening.journal.point(NodeSelected(7.0, "a"))
    assert listening.journal.close()
    return tmp_path / "t.loom"


def spoil(path: Path, statements: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        kinds = db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in kinds:
            db.execute(f"DROP TRIGGER {name}")
        db.executescript(f"PRAGMA foreign_keys = OFF; {statements}")


def inspected(path: Path) -> tuple[list[Kept], list[Fault]]:
    faults: list[Fault] = []
    with open_for_reading(path) as reader:
        return list(reader.inspect(faults.append)), faults


def test_a_sound_file_has_no_faults_and_its_tokens_come_with_their_statistics(path: Path):
    kept, faults = inspected(path)
    assert faults == []
    assert [one.seq for one in kept] == [1, 2, 3, 4, 5, 6]
    assert [one.seq for one in kept if one.tokens is not None] == [5]
    assert kept[4].tokens is not None
    assert same_tokens(kept[4].tokens, GROWN)


@pytest.mark.parametrize(
    ("statement", "seqs", "fault"),
    [
        (
            "DELETE FROM event WHERE seq = 2",
            [1, 3, 4, 5, 6],
            Fault("event 2 cannot be found before event 3", 3),
        ),
        (
            "DELETE FROM event WHERE seq IN (2, 3)",
            [1, 4, 5, 6],
            Fault("events 2 on cannot be found before event 4", 4),
        ),
        (
            "UPDATE content SET node_id = 'q' WHERE seq = 5",
            [1, 2, 3, 4, 5, 6],
            Fault("its text belongs to node q", 5, "a"),
        ),
        (
            "DELETE FROM pointer; INSERT INTO pointer VALUES ('selected', 'x', 1.0)",
            [1, 2, 3, 4, 5, 6],
            Fault("the person stands at a node that is not there", None, "x"),
        ),
        (
            "INSERT INTO draft (node_id, start, at, text, token_ids, piece_sizes, elapsed_s)"
            " VALUES ('p', 0, 1.0, '', '', '', '')",
            [1, 2, 3, 4, 5, 6],
            Fault("tokens of a branch that never began", None, "p"),
        ),
        (
            "INSERT INTO content (seq, node_id, text) VALUES (9, 'p', 'x')",
            [1, 2, 3, 4, 5, 6],
            Fault("a text belongs to no event", 9, "p"),
        ),
        (
            "INSERT INTO token_statistics (seq, n_top, packed) VALUES (2, 0, x''), (9, 0, x'')",
            [1, 2, 3, 4, 5, 6],
            Fault("statistics belong to no text", 9, None),
        ),
    ],
)
def test_what_does_not_fit_is_told_where_it_is(
    path: Path, statement: str, seqs: list[int], fault: Fault
):
    spoil(path, statement)
    kept, faults = inspected(path)
    assert [one.seq for one in kept] == seqs
    assert fault in faults


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET payload = 'no object' WHERE seq = 5",
        "UPDATE event SET kind = 'nothing known' WHERE seq = 5",
        "UPDATE content SET piece_sizes = x'01' WHERE seq = 5",
        "UPDATE content SET elapsed_s = NULL, token_ids = x'01' WHERE seq = 5",
    ],
)
def test_one_row_that_makes_no_sense_hides_no_other(path: Path, statement: str):
    spoil(path, statement)
    kept, faults = inspected(path)
    assert [one.seq for one in kept] == [1, 2, 3, 4, 6]
    assert [(one.seq, one.node_id) for one in faults] == [(5, "a")]
    assert faults[0].what.startswith("it cannot be understood (")


def test_statistics_that_make_no_sense_cost_themselves_alone(path: Path):
    spoil(path, "UPDATE token_statistics SET packed = x'00'")
    kept, faults = inspected(path)
    assert [one.seq for one in faults] == [5]
    assert faults[0].what.startswith("its statistics cannot be understood (")
    assert kept[4].tokens is not None
    assert (kept[4].tokens.stats, kept[4].tokens.pieces) == (None, GROWN.pieces)


def test_what_a_page_says_wrongly_is_told_in_the_words_of_sqlite(path: Path):
    image = bytearray(path.read_bytes())
    with closing(sqlite3.connect(path)) as db:
        (root,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'seal'").fetchone()
        (size,) = db.execute("PRAGMA page_size").fetchone()
    image[(root - 1) * size] = 0x7F
    path.write_bytes(image)
    kept, faults = inspected(path)
    assert len(kept) == 6
    assert any(one.what.startswith("SQLite says: ") and one.seq is None for one in faults)


@pytest.mark.parametrize("stood_at", ["p", "i", "a", "d"])
def test_a_person_may_stand_at_any_kind_of_node(tmp_path: Path, stood_at: str):
    listening = Listening(new_session(tmp_path / "t.loom"))
    listening.journal.append(written("p"), requested("r", "p"), opened("a", "p"))
    listening.journal.append(appended("a", 0, b" upon"), BranchClosed(6.0, "a", "length"))
    listening.journal.append(TreeImported(7.0, "loomsidian", "notes"))
    listening.journal.append(NodeImported(8.0, "i", "p", "text", "human", b"There"))
    part = (Slice("a", 0, 5, 0, 1),)
    listening.journal.append(
        NodeDerived(9.0, "d", "p", "text", "human", part, b" upon", None, (), "", None)
    )
    listening.journal.point(NodeSelected(10.0, stood_at))
    assert listening.journal.close()
    kept, faults = inspected(tmp_path / "t.loom")
    assert faults == []
    assert len(kept) == 8

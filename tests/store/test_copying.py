"""A copy of a session has everything that is committed, or all but what was not chosen."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from loom.errors import SessionFileError
from loom.records import TokenColumns
from loom.store import open_for_reading
from loom.store.copying import copy_session, copy_without_alternatives
from loom.tree.events import BranchClosed, NodeSelected
from tests.store.listening import Listening
from tests.store.specimens import (
    appended,
    likeness,
    new_session,
    opened,
    read_tree,
    requested,
    same_tokens,
    written,
)

TABLES = ("event", "content", "token_statistics", "draft", "pointer", "seal")
Copying = Callable[[Path, Path], None]
each_way = pytest.mark.parametrize("copying", [copy_session, copy_without_alternatives])


def rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows in order; how drafts are numbered means nothing."""
    with closing(sqlite3.connect(path)) as db:
        found = {table: db.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}
    return {**found, "draft": [row[1:] for row in found["draft"]]}


def half_grown(path: Path) -> Listening:
    """A session of which a branch is closed and another still grows."""
    listening = Listening(new_session(path))
    listening.journal.append(written("p"), requested("r", "p", 2))
    for index, node_id in enumerate(("a", "b")):
        listening.journal.append(opened(node_id, "p", "r", index))
        listening.journal.append(appended(node_id, 0, b" upon", b" a time", seed=index))
    listening.journal.append(BranchClosed(6.0, "a", "length"))
    listening.journal.point(NodeSelected(7.0, "a"))
    assert listening.journal.flush()
    return listening


def tokens_of(path: Path, node_id: str) -> TokenColumns:
    with open_for_reading(path) as reader:
        return reader.read_tokens(node_id)


def test_a_copy_has_every_row_as_it_stands_while_the_session_grows_on(tmp_path: Path):
    path, copy = tmp_path / "t.loom", tmp_path / "copy.loom"
    listening = half_grown(path)
    copy_session(path, copy)
    assert rows(copy) == rows(path)
    assert rows(copy)["draft"], "what still grew is in the copy"
    assert listening.journal.close()


def test_without_alternatives_all_that_is_said_of_the_chosen_tokens_stays(tmp_path: Path):
    path, copy = tmp_path / "t.loom", tmp_path / "copy.loom"
    listening = half_grown(path)
    copy_without_alternatives(path, copy)
    for node_id in ("a", "b"):
        before, after = tokens_of(path, node_id), tokens_of(copy, node_id)
        assert before.stats is not None
        assert after.stats is not None
        assert before.stats.top_ids.shape == (2, 3)
        assert after.stats.top_ids.shape == after.stats.top_logprobs.shape == (2, 0)
        assert after.stats.logprob.tobytes() == before.stats.logprob.tobytes()
        assert after.stats.residual_mass.tobytes() == before.stats.residual_mass.tobytes()
        assert (after.pieces, after.ids.tolist()) == (before.pieces, before.ids.tolist())
    assert listening.journal.close()
    assert likeness(read_tree(copy)).nodes[0] == likeness(read_tree(path)).nodes[0]
    with open_for_reading(copy) as reader:
        assert reader.check_seals().broken == ()


def test_a_copy_without_alternatives_of_itself_changes_nothing_more(tmp_path: Path):
    path, once, twice = (tmp_path / f"{name}.loom" for name in ("t", "once", "twice"))
    assert half_grown(path).journal.close()
    copy_without_alternatives(path, once)
    copy_without_alternatives(once, twice)
    assert rows(once) == rows(twice)


def test_tokens_without_statistics_come_through_both_ways(tmp_path: Path):
    path = tmp_path / "t.loom"
    assert half_grown(path).journal.close()
    with closing(sqlite3.connect(path)) as db:
        db.executescript("DROP TRIGGER token_statistics_no_delete; DELETE FROM token_statistics;")
    for copying in (copy_session, copy_without_alternatives):
        copy = tmp_path / f"{copying.__name__}.loom"
        copying(path, copy)
        assert same_tokens(tokens_of(copy, "a"), tokens_of(path, "a"))
        assert tokens_of(copy, "a").stats is None


@each_way
def test_a_copy_overwrites_nothing(tmp_path: Path, copying: Copying):
    path, copy = new_session(tmp_path / "t.loom"), tmp_path / "copy.loom"
    copy.write_bytes(b"mine")
    with pytest.raises(SessionFileError):
        copying(path, copy)
    assert copy.read_bytes() == b"mine"
    assert {p.name for p in tmp_path.iterdir()} == {"t.loom", "copy.loom"}


@each_way
def test_of_a_damaged_session_no_half_copy_is_left(tmp_path: Path, copying: Copying):
    path, copy = tmp_path / "t.loom", tmp_path / "copy.loom"
    assert half_grown(path).journal.close()
    with closing(sqlite3.connect(path)) as db:
        db.executescript("DROP TRIGGER event_no_update; UPDATE event SET payload = 'no object';")
    with pytest.raises(SessionFileError):
        copying(path, copy)
    assert [p.name for p in tmp_path.iterdir()] == ["t.loom"]


def test_statistics_that_make_no_sense_keep_their_session_from_being_made_lighter(tmp_path: Path):
    path, copy = tmp_path / "t.loom", tmp_path / "copy.loom"
    assert half_grown(path).journal.close()
    with closing(sqlite3.connect(path)) as db:
        db.executescript(
            "DROP TRIGGER token_statistics_no_update; UPDATE token_statistics SET packed = x'00';"
        )
    with pytest.raises(SessionFileError, match=r"t\.loom is damaged"):
        copy_without_alternatives(path, copy)
    assert not copy.exists()

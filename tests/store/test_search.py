"""Every node can be found by its words, and nothing needs to be built first."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from loom.errors import UsageError
from loom.store import open_for_reading
from loom.store.database import open_for_writing
from loom.store.search import rebuild
from loom.tree.changes import ChapterBegun, NodeTagged, NodeTitled, NoteWritten, Tag, TagRemoved
from loom.tree.events import BranchClosed, NodeTokenised
from tests.store.listening import Listening
from tests.store.specimens import appended, new_session, opened, requested, written
from tests.store.test_schema import oldest


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = new_session(tmp_path / "t.loom")
    listening = Listening(path)
    text = "The lake froze over, and the café by the lake was closed. \x00[b]".encode() + b"\xff"
    listening.journal.append(written("p", text), requested("r", "p"))
    listening.journal.append(NodeTokenised(2.5, "p", (7,), (text,), "m"))
    listening.journal.append(opened("a", "p"), appended("a", 0, b" The ice", b" on the lake"))
    listening.journal.append(BranchClosed(6.0, "a", "length"), written("q", b"Nothing here"))
    assert listening.journal.close()
    return path


def found(path: Path, words: str) -> list[str]:
    with open_for_reading(path) as reader:
        return [one.node_id for one in reader.search(words, 10)]


@pytest.mark.parametrize(
    ("words", "node_ids"),
    [
        ("froze", {"p"}),
        ("LAKE", {"p", "a"}),
        ("cafe", {"p"}),
        ("lake ice", {"a"}),
        ('"the lake"', {"p", "a"}),
        ('"lake the"', set()),
        ("fro*", {"p"}),
        ("fro", set()),
        ("lake AND froze", {"p"}),
        ("lake NOT froze", set()),
        ('text:lake (near) -"', set()),
        ("nowhere", set()),
    ],
)
def test_all_words_must_be_there_and_nothing_in_them_is_a_command(
    path: Path, words: str, node_ids: set[str]
):
    assert set(found(path, words)) == node_ids


def test_the_node_with_the_words_more_often_comes_first_and_its_snippet_says_where(path: Path):
    with open_for_reading(path) as reader:
        best, other = reader.search("lake", 10)
        (one,) = reader.search("lake", 1)
    assert one == best
    assert best.rank <= other.rank
    for hit in (best, other):
        assert {hit.snippet[a:b] for a, b in hit.spans} == {"lake"}


@pytest.mark.parametrize("words", ["", " ", '"', "* ."])
def test_without_a_word_there_is_nothing_to_look_for(path: Path, words: str):
    with pytest.raises(UsageError, match="no word"):
        found(path, words)


def test_a_growing_branch_is_found_once_it_is_closed(tmp_path: Path):
    path = new_session(tmp_path / "t.loom")
    listening = Listening(path)
    listening.journal.append(written("p"), opened("a", "p"), appended("a", 0, b"froze"))
    assert listening.journal.flush()
    assert found(path, "froze") == []
    listening.journal.append(BranchClosed(6.0, "a", "eos"))
    assert listening.journal.flush()
    assert found(path, "froze") == ["a"]
    listening.journal.close()


def test_a_file_from_before_there_was_an_index_is_searched_as_it_is(tmp_path: Path):
    path = oldest(tmp_path / "old.loom")
    before = path.read_bytes()
    assert found(path, "one two") == ["a"]
    assert path.read_bytes() == before
    open_for_writing(path).close()
    assert found(path, "one two") == ["a"]


def test_notes_titles_and_tags_are_found_and_give_way_to_newer_ones(path: Path):
    writer = open_for_writing(path)
    writer.commit(
        [
            NoteWritten(9.0, "a", "marvellous"),
            NoteWritten(9.0, "p", "gone"),
            NodeTagged(9.0, "q", Tag("keep", "red")),
            NodeTagged(9.0, "q", Tag("read")),
            NodeTitled(9.0, "a", "Frost"),
            NodeTitled(9.0, "a", "Thaw"),
            ChapterBegun(9.0, "p", "Winter"),
        ],
        None,
    )
    writer.commit([NoteWritten(9.0, "a", "dull"), NoteWritten(9.0, "p", "")], None)
    writer.commit([NodeTagged(9.0, "q", Tag("keep", "blue")), TagRemoved(9.0, "q", "read")], None)
    writer.close()
    expected = {
        "marvellous": [],
        "dull": ["a"],
        "gone": [],
        "frost": [],
        "thaw": ["a"],
        "winter": ["p"],
        "keep": ["q"],
        "read": [],
        "blue": [],
        "title": [],
    }
    assert {word: found(path, word) for word in expected} == expected
    with closing(sqlite3.connect(path)) as connection, Database(connection).atomic():
        rebuild(Database(connection))
    assert {word: found(path, word) for word in expected} == expected


def test_a_node_is_found_once_however_many_of_its_words_match(path: Path):
    writer = open_for_writing(path)
    writer.commit([NoteWritten(9.0, "a", "a lake"), NodeTitled(9.0, "a", "The lake")], None)
    writer.commit([NodeTagged(9.0, "a", Tag("lake", "blue"))], None)
    writer.close()
    assert sorted(found(path, "lake")) == ["a", "p"]

"""Commits that fail: nothing is shown that is not written, and nothing is lost meanwhile."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from loom.errors import SessionFileError
from loom.records.tokens import concat
from loom.store import Pace, open_for_reading
from loom.store.writer import SessionWriter
from loom.tree.events import BranchClosed, NodeSelected
from tests.store.listening import NEVER, Listening
from tests.store.specimens import (
    STARTED,
    appended,
    fold,
    likeness,
    new_session,
    opened,
    read_tree,
    same_tokens,
    written,
)

AT_ONCE = Pace(retry_s=0.001)


def no_more_pages(listening: Listening) -> None:
    """The database may not grow: SQLite reports a full disk."""
    listening.journal._writer._db.execute("PRAGMA max_page_count = 1")


def room_again(listening: Listening) -> None:
    listening.journal._writer._db.execute("PRAGMA max_page_count = 1000000")


def test_on_a_full_disk_everything_is_kept_and_written_later(tmp_path: Path):
    path = new_session(tmp_path / "t.loom")
    listening = Listening(path, NEVER)
    listening.journal.append(written("p"), opened("a", "p"))
    listening.wait_for_published(2)
    no_more_pages(listening)
    events = [
        written("big", b"x" * 50_000, "p"),
        appended("a", 0, b"one"),
        appended("a", 1, b"two"),
        BranchClosed(6.0, "a", "eos"),
    ]
    for event in events:
        listening.journal.append(event)
        assert not listening.journal.flush()
    listening.journal.point(NodeSelected(7.0, "big"))
    assert not listening.journal.flush()
    assert len(listening.published) == 2
    assert [fault.what for fault in listening.faults] == [f"The disk that holds {path} is full."]
    assert "keeps what is new in memory" in listening.faults[0].remedy
    room_again(listening)
    assert listening.journal.flush()
    assert listening.journal.close()
    whole = fold([STARTED, written("p"), opened("a", "p"), *events, NodeSelected(7.0, "big")])
    assert likeness(read_tree(path)) == likeness(whole)
    listening.published.append(NodeSelected(7.0, "big"))
    assert likeness(fold([STARTED, *listening.published])) == likeness(whole)


def test_a_branch_that_a_failed_commit_interrupts_is_whole_in_the_end(tmp_path: Path):
    path = new_session(tmp_path / "t.loom")
    listening = Listening(path, NEVER)
    tokens = [appended("a", n, b"%d," % n, seed=n) for n in range(4)]
    listening.journal.append(written("p"), opened("a", "p"), tokens[0])
    assert listening.journal.flush()
    no_more_pages(listening)
    listening.journal.append(tokens[1], written("big", b"x" * 50_000, "p"))
    assert not listening.journal.flush()
    room_again(listening)
    for event in (*tokens[2:], BranchClosed(6.0, "a", "eos")):
        listening.journal.append(event)
        assert listening.journal.flush()
    assert listening.journal.close()
    with open_for_reading(path) as reader:
        stored = reader.read_tokens("a")
        assert reader.check_seals().broken == ()
    assert same_tokens(stored, concat([event.tokens for event in tokens]))


def test_a_failed_commit_is_tried_again_unasked_and_a_new_failure_is_told_again(tmp_path: Path):
    path = new_session(tmp_path / "t.loom")
    listening = Listening(path, AT_ONCE)
    for i in range(2):
        no_more_pages(listening)
        listening.journal.append(written(f"n{i}", b"x" * 50_000))
        with listening.heard:
            assert listening.heard.wait_for(lambda n=i: len(listening.faults) == n + 1, 30)
        room_again(listening)
        listening.wait_for_published(i + 1)
    assert listening.journal.close()
    assert len(read_tree(path)) == 2


def test_what_is_asked_for_while_a_commit_fails_comes_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = new_session(tmp_path / "t.loom")
    failing, fail = threading.Event(), threading.Event()

    def fails(writer: SessionWriter, events: object, pointer: object) -> None:
        failing.set()
        assert fail.wait(30)
        raise SessionFileError("No.", "Wait.")

    with monkeypatch.context() as patched:
        patched.setattr(SessionWriter, "commit", fails)
        listening = Listening(path, NEVER)
        listening.journal.append(written("a"))
        assert failing.wait(30)
        listening.journal.append(written("b", parent_id="a"))
        listening.journal.point(NodeSelected(8.0, "b"))
        fail.set()
        listening.wait_for_fault()
    assert listening.journal.flush()
    assert listening.journal.close()
    tree = read_tree(path)
    assert ([node.id for node in tree], tree.selected_id) == (["a", "b"], "b")


def test_closing_on_a_full_disk_says_that_something_is_missing(tmp_path: Path):
    path = new_session(tmp_path / "t.loom")
    listening = Listening(path, NEVER)
    listening.journal.append(written("a"))
    assert listening.journal.flush()
    no_more_pages(listening)
    listening.journal.append(written("b", b"x" * 50_000))
    listening.wait_for_fault()
    assert not listening.journal.close()
    assert not listening.journal.flush()
    assert [node.id for node in read_tree(path)] == ["a"]


def test_a_file_locked_by_another_program_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("loom.store.database._BUSY_TIMEOUT_S", 0.0)
    path = new_session(tmp_path / "t.loom")
    listening = Listening(path, NEVER)
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        listening.journal.append(written("a"))
        assert not listening.journal.flush()
        other.rollback()
    assert [fault.what for fault in listening.faults] == [f"Another program keeps {path} locked."]
    assert listening.journal.flush()
    assert listening.journal.close()
    assert "a" in read_tree(path)


@pytest.mark.parametrize("replaced", ["deleted", "replaced"])
def test_a_file_that_loses_its_name_is_not_written_where_nobody_finds_it(
    tmp_path: Path, replaced: str
):
    path = new_session(tmp_path / "t.loom")
    listening = Listening(path, NEVER)
    path.rename(tmp_path / "elsewhere")
    if replaced == "replaced":
        new_session(path)
    listening.journal.append(written("a"))
    assert not listening.journal.flush()
    (fault,) = listening.faults
    assert fault.what == f"{path} was moved, deleted or replaced while loom had it open."
    (tmp_path / "elsewhere").replace(path)
    assert listening.journal.flush()
    assert listening.journal.close()
    assert "a" in read_tree(path)


LIMITED = """
import resource, signal, sys
from pathlib import Path
from loom.store import Journal
from tests.store.specimens import written
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
path = Path(sys.argv[1])
faults, published = [], []
journal = Journal(path, publish=published.extend, fault=faults.append)
journal.append(written("a"))
assert journal.flush()
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
journal.append(written("b", b"x" * 1_000_000))
assert not journal.flush()
print(len(published), faults[0])
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
assert journal.flush() and journal.close()
print(len(published))
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="needs a limit on file sizes")
def test_a_write_that_the_system_refuses_is_made_good_later(tmp_path: Path):
    path = new_session(tmp_path / "t.loom")
    child = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path)], capture_output=True, text=True, timeout=60
    )
    assert child.stderr == ""
    first, last = child.stdout.splitlines()
    assert first.startswith(f"1 {path} cannot be written (disk I/O error).")
    assert last == "2"
    assert read_tree(path).node("b").text == b"x" * 1_000_000


def test_a_file_that_may_only_be_read_is_read_and_not_written(tmp_path: Path):
    path = new_session(tmp_path / "t.loom")
    path.chmod(0o400)
    if os.access(path, os.W_OK):
        pytest.skip("permissions do not stop the administrator")
    assert read_tree(path).title == "t"
    with pytest.raises(SessionFileError, match="cannot be opened for writing"):
        Listening(path)


def test_a_folder_that_may_only_be_read_says_so(tmp_path: Path):
    path = new_session(tmp_path / "t.loom")
    tmp_path.chmod(0o500)
    if os.access(tmp_path, os.W_OK):
        pytest.skip("permissions do not stop the administrator")
    try:
        assert read_tree(path).title == "t"
        with pytest.raises(SessionFileError, match="cannot be opened") as refusal:
            Listening(path)
        assert "permissions of the file and of its folder" in refusal.value.remedy
    finally:
        tmp_path.chmod(0o700)

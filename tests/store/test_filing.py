"""Sessions as files: copied, renamed, put back; never written over, never taken from a writer."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from loom.errors import SessionFileError
from loom.store import filing
from loom.store.backups import backups_of
from tests.store.listening import Listening
from tests.store.specimens import (
    appended,
    likeness,
    new_session,
    opened,
    read_tree,
    requested,
    written,
)


def telling(path: Path, text: bytes) -> Path:
    """A session with one text more."""
    listening = Listening(path if path.exists() else new_session(path))
    listening.journal.append(written(text.decode(), text))
    assert listening.journal.close()
    return path


def ids(path: Path) -> list[str]:
    return [node.id for node in read_tree(path)]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_duplicate_is_whole_while_the_session_is_written(tmp_path: Path):
    path, copy = tmp_path / "t.loom", tmp_path / "copy.loom"
    listening = Listening(new_session(path))
    listening.journal.append(written("p"), requested("r", "p"), opened("a", "p"))
    listening.journal.append(appended("a", 0, b" upon"))
    assert listening.journal.flush()
    filing.duplicate(path, copy)
    (draft,) = [node for node in read_tree(copy) if node.id == "a"]
    assert draft.text == b" upon"
    assert listening.journal.close()
    assert names(tmp_path) == ["copy.loom", "t.loom"]


@pytest.mark.parametrize("make", [filing.duplicate, filing.rename])
def test_nothing_is_written_over(tmp_path: Path, make):
    path, other = telling(tmp_path / "t.loom", b"one"), tmp_path / "other.loom"
    other.write_bytes(b"mine")
    with pytest.raises(SessionFileError, match="already there"):
        make(path, other)
    assert other.read_bytes() == b"mine"
    assert ids(path) == ["one"]
    assert names(tmp_path) == ["other.loom", "t.loom"]


@pytest.mark.parametrize("make", [filing.duplicate, filing.rename])
def test_a_name_in_no_folder_leaves_all_as_it_was(tmp_path: Path, make):
    path = telling(tmp_path / "t.loom", b"one")
    with pytest.raises(SessionFileError):
        make(path, tmp_path / "nowhere" / "new.loom")
    assert names(tmp_path) == ["t.loom"]
    assert ids(path) == ["one"]


def test_a_renamed_session_is_the_same_under_its_new_name(tmp_path: Path):
    path, new = telling(tmp_path / "t.loom", b"one"), tmp_path / "new.loom"
    before = likeness(read_tree(path))
    filing.rename(path, new)
    assert names(tmp_path) == ["new.loom"]
    assert likeness(read_tree(new)) == before


def test_a_session_that_is_being_written_keeps_its_name(tmp_path: Path):
    listening = Listening(new_session(tmp_path / "t.loom"))
    with pytest.raises(SessionFileError, match="is being written"):
        filing.rename(tmp_path / "t.loom", tmp_path / "new.loom")
    assert listening.journal.close()
    assert names(tmp_path) == ["t.loom"]


def test_without_a_backup_there_is_nothing_to_put_back(tmp_path: Path, loom_home: Path):
    path = telling(tmp_path / "t.loom", b"one")
    before = path.read_bytes()
    with pytest.raises(SessionFileError, match="no backup"):
        filing.restore_backup(path)
    assert path.read_bytes() == before


@pytest.fixture
def changed(tmp_path: Path, loom_home: Path) -> Path:
    """A session with "one" and "two" whose only backup has "one" alone."""
    path = telling(tmp_path / "t.loom", b"one")
    filing._back_up_anyhow(path)
    return telling(path, b"two")


def test_putting_a_backup_back_twice_is_as_if_nothing_had_been(changed: Path):
    (first,) = backups_of(changed)
    assert filing.restore_backup(changed) == first
    assert ids(changed) == ["one"]
    *_, second = backups_of(changed)
    assert filing.restore_backup(changed) == second
    assert ids(changed) == ["one", "two"]
    assert names(changed.parent) == ["t.loom"]


def test_a_backup_is_put_back_where_the_session_is_gone(changed: Path):
    changed.unlink()
    filing.restore_backup(changed)
    assert ids(changed) == ["one"]


def test_a_backup_is_put_back_over_what_is_no_session_and_that_is_kept(changed: Path):
    changed.write_bytes(b"spoilt")
    filing.restore_backup(changed)
    assert ids(changed) == ["one"]
    *_, newest = backups_of(changed)
    assert newest.read_bytes() == b"spoilt"


def test_what_lay_beside_the_old_file_does_not_spoil_the_backup(changed: Path):
    # As a killed writer leaves it: a log that belongs to the file that is there now.
    for suffix in ("-wal", "-shm", "-journal"):
        changed.with_name(changed.name + suffix).write_bytes(b"of another file")
    filing.restore_backup(changed)
    assert names(changed.parent) == ["t.loom"]
    assert ids(changed) == ["one"]


def test_nothing_is_put_back_under_a_writer(changed: Path):
    listening = Listening(changed)
    with pytest.raises(SessionFileError, match="is being written"):
        filing.restore_backup(changed)
    listening.journal.append(written("three", b"three"))
    assert listening.journal.close()
    assert ids(changed) == ["one", "two", "three"]
    assert len(backups_of(changed)) == 1


def test_a_backup_that_cannot_be_read_leaves_the_session(changed: Path):
    (copy,) = backups_of(changed)
    copy.unlink()
    copy.mkdir()
    with pytest.raises(SessionFileError):
        filing.restore_backup(changed)
    assert ids(changed) == ["one", "two"]
    assert names(changed.parent) == ["t.loom"]


def test_what_a_killed_writer_left_beside_is_in_the_copy(tmp_path: Path, loom_home: Path):
    path, killed = tmp_path / "t.loom", tmp_path / "killed.loom"
    listening = Listening(new_session(path))
    listening.journal.append(written("p"))
    assert listening.journal.flush()
    for suffix in ("", "-wal"):
        shutil.copyfile(f"{path}{suffix}", f"{killed}{suffix}")
    assert listening.journal.close()
    filing._back_up_anyhow(killed)
    (copy,) = backups_of(killed)
    assert ids(copy) == ["p"]

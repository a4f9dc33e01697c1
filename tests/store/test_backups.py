"""A file is copied before it is changed for good."""

from __future__ import annotations

from pathlib import Path

import pytest

from loom.errors import SessionFileError
from loom.store.backups import backups_of
from loom.store.database import open_for_writing
from tests.store.specimens import likeness, new_session, read_tree
from tests.store.test_schema import oldest


def test_an_old_file_is_copied_before_it_is_upgraded_and_a_new_one_is_not(
    tmp_path: Path, loom_home: Path
):
    path = oldest(tmp_path / "old.loom")
    before = likeness(read_tree(path))
    open_for_writing(path).close()
    open_for_writing(path).close()
    (copy,) = backups_of(path)
    assert copy.is_relative_to(loom_home)
    assert copy.read_bytes()[60:64] == (1).to_bytes(4, "big")
    assert likeness(read_tree(copy)) == before
    assert sorted(copy.parent.iterdir()) == [copy]
    assert list(tmp_path.iterdir()) == [path]
    assert not backups_of(new_session(tmp_path / "new.loom"))


def test_an_old_file_stays_as_it_is_where_no_copy_can_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("LOOM_HOME", str(tmp_path / "home"))
    (tmp_path / "home").write_bytes(b"a file where the folder should be")
    path = oldest(tmp_path / "old.loom")
    before = path.read_bytes()
    with pytest.raises(SessionFileError, match="is left as it is"):
        open_for_writing(path)
    assert path.read_bytes() == before
    assert read_tree(path).title == "t"

"""The library of sessions, as the command line shows it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from loom.cli import cli
from loom.errors import LoomError, SessionFileError, UsageError
from loom.session.choosing import session_choices
from loom.store import Journal
from tests.store.listening import Listening
from tests.store.specimens import likeness, new_session, read_tree, written
from tests.store.test_schema import oldest


def run(*words: object) -> Result:
    result = CliRunner().invoke(cli, [str(word) for word in words], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result


def session(path: Path, *texts: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    listening = Listening(new_session(path))
    for n, text in enumerate(texts):
        listening.journal.append(written(f"{path.stem}{n}", text.encode()))
    assert listening.journal.close()
    return path


@pytest.fixture
def library(loom_home: Path) -> Path:
    folder = loom_home / "sessions"
    session(folder / "one.loom", "The lake froze.", "The lake thawed.")
    session(folder / "two.loom", "A lake of fire, and a \x1b[31mred one")
    (folder / "bad.loom").write_bytes(b"no session at all, but long enough to be looked at " * 20)
    return folder


def test_sessions_are_listed_and_one_that_cannot_be_read_is_told(library: Path):
    result = run("sessions")
    assert len(result.stdout.splitlines()) == 2
    assert "2 nodes" in result.stdout
    assert "bad.loom is not a loom session" in result.stderr
    found = json.loads(run("sessions", "list", "--json").stdout)["sessions"]
    files = {Path(one["file"]).name: (one["title"], one["model"], one["n_nodes"]) for one in found}
    assert files == {"one.loom": ("t", "m", 2), "two.loom": ("t", "m", 1)}
    assert all("T" in one["changed_at"] for one in found)


def test_a_session_tells_how_many_joins_are_known_of_it(loom_home: Path):
    run("sessions", "examples", "story")
    run("sessions", "examples", "starter")
    found = json.loads(run("sessions", "list", "--json").stdout)["sessions"]
    n_joins = {Path(one["file"]).stem: one["n_joins"] for one in found}
    (story,) = (one for one in found if Path(one["file"]).stem == "story")
    joins = json.loads(run("joins", story["file"], "--json").stdout)["joins"]
    assert n_joins["story"] == sum(join["verdict"] == "joined" for join in joins)
    assert n_joins["story"] > 1
    assert n_joins["starter"] == 0
    assert f"{n_joins['story']} joins" in run("sessions").stdout
    assert (
        f"{n_joins['story']} joins"
        in {c.name: c.about for c in session_choices()}["a letter with no stamp"]
    )


def test_words_are_found_in_every_session_or_in_one(library: Path):
    everywhere = run("search", "lake").stdout
    assert everywhere.count("«lake»") == 3
    assert f"{library / 'two.loom'}:" in everywhere
    assert "\x1b" not in everywhere
    one = json.loads(run("search", "lake", library / "one.loom", "--json").stdout)["found"]
    assert {hit["node"] for hit in one} == {"one0", "one1"}
    for hit in one:
        assert [hit["snippet"][a:b] for a, b in hit["spans"]] == ["lake"]
    assert run("sessions", "search", "thawed").stdout.count("«") == 1
    assert "Nothing has all" in run("search", "nowhere").stderr
    with pytest.raises(UsageError):
        run("search", "...")
    with pytest.raises(SessionFileError, match="is not a loom session"):
        run("search", "lake", library / "bad.loom")


def test_a_copy_is_made_also_of_a_session_that_is_open(library: Path):
    path = library / "one.loom"
    journal = Journal(path, publish=lambda events: None, fault=pytest.fail)
    journal.append(written("new"))
    assert journal.flush()
    copy = Path(run("sessions", "duplicate", path).stdout.strip())
    assert copy == library / "one-2.loom"
    assert likeness(read_tree(copy)) == likeness(read_tree(path))
    with pytest.raises(SessionFileError, match="already there"):
        run("sessions", "duplicate", path, copy)
    with pytest.raises(SessionFileError, match="being written"):
        run("sessions", "rename", path, "else")
    journal.close()
    assert sorted(p.name for p in library.iterdir()) == [
        "bad.loom",
        "one-2.loom",
        "one.loom",
        "two.loom",
    ]


def test_a_session_gets_another_name_but_not_that_of_another(library: Path):
    path = library / "one.loom"
    tree = likeness(read_tree(path))
    new = Path(run("sessions", "rename", path, "the lake").stdout.strip())
    assert (new.name, path.exists()) == ("the lake.loom", False)
    assert likeness(read_tree(new)) == tree
    for name in ("two", "", "../out", "a/b"):
        with pytest.raises(LoomError):
            run("sessions", "rename", new, name)
    assert new.exists()


def test_a_backup_is_put_back_by_one_command_and_so_is_what_was_there(tmp_path: Path):
    path = oldest(tmp_path / "old.loom")
    with pytest.raises(SessionFileError, match="no backup"):
        run("sessions", "restore-backup", path)
    listening = Listening(path)
    listening.journal.append(written("new", b"since"))
    assert listening.journal.flush()
    with pytest.raises(SessionFileError, match="being written"):
        run("sessions", "restore-backup", path)
    assert listening.journal.close()
    run("sessions", "restore-backup", path)
    assert "new" not in read_tree(path)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
    run("sessions", "restore-backup", path)
    assert "new" in read_tree(path)
    assert list(tmp_path.iterdir()) == [path]


def test_a_backup_replaces_also_a_file_that_nobody_can_read(tmp_path: Path):
    path = oldest(tmp_path / "old.loom")
    Listening(path).journal.close()
    path.write_bytes(b"x" * 5000)
    run("sessions", "restore-backup", path)
    assert read_tree(path).title == "t"

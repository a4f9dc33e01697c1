"""recover and compact, as the command line has them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.test_library import run, session
from tests.store.specimens import likeness, read_tree


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return session(tmp_path / "toast.loom", "The lake froze.", "It thawed.")


def test_a_damaged_session_is_written_anew_beside_it(path: Path):
    whole = read_tree(path)
    with path.open("r+b") as file:
        file.write(bytes(100))
    result = run("recover", path)
    new = path.with_name("toast-recovered.loom")
    assert result.stdout.strip() == str(new)
    assert "2 nodes" in result.stderr
    assert [node.text for node in read_tree(new)] == [node.text for node in whole]
    report = json.loads(run("recover", path, "--json").stdout)
    assert report["n_nodes"] == 2
    assert Path(report["file"]).name == "toast-recovered-2.loom"


def test_compacting_says_what_it_would_drop_and_does_it_when_told(path: Path):
    assert "Nothing is hidden" in run("compact", path).stderr
    run("hide", path, "toast1")
    before = likeness(read_tree(path))
    result = run("compact", path)
    assert "1 hidden node with 0 tokens would be dropped" in result.stderr
    assert "with --yes" in result.stderr
    assert likeness(read_tree(path)) == before
    assert "Dropped" in run("compact", path, "--yes").stderr
    assert [node.id for node in read_tree(path)] == ["toast0"]
    run("sessions", "restore-backup", path)
    assert likeness(read_tree(path)) == before

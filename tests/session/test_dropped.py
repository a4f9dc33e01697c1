"""A file that is dropped on a terminal comes as one of several spellings of its path."""

from __future__ import annotations

import shlex
from pathlib import Path
from urllib.parse import quote

import pytest

from loom.session.dropped import dropped_file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "a tree's \u00e9nd.json"
    found.write_text("{}")
    return found


def test_every_spelling_of_a_path_is_the_file(path: Path) -> None:
    plain = str(path)
    escaped = plain.replace(" ", "\\ ").replace("'", "\\'")
    for typed in (plain, f" {plain} ", shlex.quote(plain), escaped, f"file://{quote(plain)}"):
        assert dropped_file(typed) == path


@pytest.mark.parametrize("typed", ["", "toast", "/", "/no/such/file", "~nobody/x", "'", "\0", "."])
def test_what_is_no_file_is_none(typed: str) -> None:
    assert dropped_file(typed) is None


def test_a_bare_name_is_a_word(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    assert dropped_file(path.name) is None
    assert dropped_file(shlex.quote(f"./{path.name}")) == path

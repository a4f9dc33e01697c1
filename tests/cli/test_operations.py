"""Doing things to a session from the shell, one process after another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from loom.cli import cli
from loom.errors import LoomError, UsageError
from loom.session.session import Beginning, Session
from loom.session.settings import GrowSettings
from tests.session.conftest import ScriptedModel, settle


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A prompt with three branches that a scripted model grew."""
    model, path = ScriptedModel(), tmp_path / "t.loom"
    session = Session.create(path, Beginning("toast", "story-base", prompt="Once."), model.connect)
    root = session.tree.selected_id
    assert root is not None
    settle(session, session.grow(root, GrowSettings(n_branches=3, max_tokens=40)), model)
    session.close()
    return path


def loom(*words: str | Path, text: str = "") -> Result:
    done = CliRunner().invoke(cli, list(map(str, words)), input=text)
    if isinstance(done.exception, LoomError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done


def nodes(file: Path, *more: str) -> list[dict[str, object]]:
    shown: list[dict[str, object]] = json.loads(loom("show", file, "--json", *more).stdout)["nodes"]
    return shown


def ids(file: Path, *more: str) -> list[str]:
    return [str(node["id"]) for node in nodes(file, *more)]


def test_an_edit_is_a_sibling_and_stdin_may_say_it(file: Path) -> None:
    _, first, *_ = ids(file)
    edited = json.loads(loom("edit", file, first, "--text", "-", "--json", text="Or so.").stdout)
    assert (edited["text"], edited["author"]) == ("Or so.", "human")
    assert edited["parent"] == nodes(file)[0]["id"]
    assert first in ids(file)


def test_a_split_at_a_character_and_its_parts_put_back_together(file: Path) -> None:
    root, first, *rest = ids(file)
    head = json.loads(loom("split", file, first, "--at", "5", "--json").stdout)
    assert head["text"] == "Marco"
    assert head["sources"][0]["node_id"] == first
    assert first not in ids(file)
    assert first in ids(file, "--hidden")
    assert "×" in loom("show", file, "--hidden").stdout
    assert "×" not in loom("show", file).stdout
    merged = loom("merge", file, head["id"], "--chain").stdout.strip()
    assert len(ids(file)) == 4
    assert loom("split", file, merged, "--parts").stdout.strip()
    assert len(ids(file)) == 5
    assert loom("undo", file, "-n", "3").stdout.count("Undone:") == 3
    assert ids(file) == [root, first, *rest]


def test_hiding_moving_and_copying(file: Path) -> None:
    root, first, second, third = ids(file)
    loom("hide", file, first[:6], second)
    assert ids(file) == [root, third]
    loom("restore", file, first)
    loom("move", file, third, "--before", first)
    assert loom("show", file).stdout.index(third) < loom("show", file).stdout.index(first)
    loom("move", file, third, "--under", first)
    copy = loom("duplicate", file, first).stdout.strip()
    shown = {str(node["id"]): node for node in nodes(file)}
    assert shown[copy]["text"] == shown[first]["text"]
    assert shown[third]["displaced"] is True
    loom("move", file, copy, "--top")
    assert {str(n["id"]): n for n in nodes(file)}[copy]["parent"] is None


def test_marks_are_shown_and_taken_away(file: Path) -> None:
    _, first, *_ = ids(file)
    loom("bookmark", file, first)
    loom("tag", file, first, "best", "--colour", "green", "--scope", "subtree")
    loom("note", file, first, "why\nnot \x1b[1m")
    loom("title", file, "The laugh", "--at", first)
    loom("title", file, "One", "--at", first, "--chapter")
    loom("title", file, "Our toast")
    (node,) = [node for node in nodes(file) if node["id"] == first]
    assert node["bookmarked"] is True
    assert node["tags"] == [{"name": "best", "colour": "green", "scope": "subtree"}]
    assert (node["note"], node["title"], node["chapter"]) == (
        "why\nnot \x1b[1m",
        "The laugh",
        "One",
    )
    (line,) = [one for one in loom("show", file).stdout.splitlines() if first in one]
    assert "★  § One  “The laugh”  #best  (why ¶ not ␛[1m)" in line
    assert json.loads(loom("show", file, "--json").stdout)["session"]["title"] == "Our toast"
    loom("bookmark", file, first, "--remove")
    loom("tag", file, first, "best", "--remove")
    loom("note", file, first, "")
    (line,) = [one for one in loom("show", file).stdout.splitlines() if first in one]
    assert line.endswith("§ One  “The laugh”")


def test_undo_and_redo_say_what_where_and_when(file: Path) -> None:
    root, first, *_ = ids(file)
    loom("hide", file, first)
    assert loom("undo", file).stdout.startswith("Undone: hiding “Marco laughed,")
    again = json.loads(loom("redo", file, "--json").stdout)
    assert (again["verb"], again["node"]) == ("hide", first)
    assert set(again) == {"operation", "verb", "node", "at", "author"}
    loom("undo", file, "-n", "2")
    assert ids(file) == [root]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("split", "NODE"), "not said where to split"),
        (("split", "NODE", "--at", "1", "--parts"), "not said where to split"),
        (("split", "NODE", "--at", "999"), "Split it somewhere inside"),
        (("move", "NODE"), "not said where to move"),
        (("move", "NODE", "--top", "--under", "NODE"), "not said where to move"),
        (("title", "One", "--chapter"), "A chapter begins at a node"),
        (("redo",), "nothing to redo"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(file: Path, words: tuple[str, ...], why: str) -> None:
    first = ids(file)[1]
    command, *rest = (first if word == "NODE" else word for word in words)
    with pytest.raises(UsageError, match=why):
        loom(command, file, *rest)

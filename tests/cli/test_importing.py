"""loom import, loom export of data, and loom FILE on another program's tree."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from loom.engine.scripted import ScriptedBackend
from loom.errors import ForeignFileError, SessionFileError
from loom.session.opening import open_any
from loom.session.session import Session
from tests.formats.importing.specimens import FOREIGN


def loom(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "loom", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def no_engine(*_: object) -> ScriptedBackend:
    raise AssertionError("opening loads no model")


def test_import_prints_the_path_and_says_what_it_did(tmp_path: Path) -> None:
    target = tmp_path / "made.loom"
    done = loom("import", str(FOREIGN / "pyloom.json"), "-o", str(target))
    assert (done.returncode, done.stdout) == (0, f"{target}\n")
    first, *rest = done.stderr.splitlines()
    assert first == "Imported 8 texts of the original Loom, 1 thing left out, 11 guessed."
    assert "  lost: texts whose model answer is not in the file (1)" in rest
    assert loom("show", str(target)).returncode == 0


def test_import_as_json_is_one_document(tmp_path: Path) -> None:
    target = tmp_path / "made.loom"
    done = loom("import", str(FOREIGN / "exoloom.json"), "-o", str(target), "--json")
    document = json.loads(done.stdout)
    assert document["path"] == str(target)
    assert (document["program"], document["n_nodes"]) == ("Exoloom", 3)
    assert {remark["kind"] for remark in document["report"]} == {"kept"}
    assert done.stderr == ""


def test_what_cannot_be_imported_is_one_sentence_and_exit_1(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("{}")
    done = loom("import", str(path), "-o", str(tmp_path / "never.loom"))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_the_ending_of_a_name_says_the_format(tmp_path: Path) -> None:
    session = tmp_path / "made.loom"
    loom("import", str(FOREIGN / "exoloom.json"), "-o", str(session))
    for ending in ("jsonl", "csv", "graphml", "dot", "pyloom.json", "loomsidian.json", "loom"):
        out = tmp_path / f"a name with spaces.{ending}"
        done = loom("export", str(session), "-o", str(out))
        assert done.returncode == 0, done.stderr
        assert out.stat().st_size


def test_another_programs_tree_opens_as_a_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOM_HOME", str(tmp_path / "home"))
    session = open_any(FOREIGN / "pyloom.json", no_engine)  # type: ignore[arg-type]
    try:
        assert session.tree.node(session.tree.selected_id or "").text == b" Every seventh one"
        (notice,) = session.notices()
        assert notice.what.startswith("Imported 8 texts of the original Loom")
        assert session.path.parent.is_relative_to(tmp_path / "home")
    finally:
        session.close()


def test_what_is_no_tree_and_what_is_a_session_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOM_HOME", str(tmp_path / "home"))
    for name, error in (("x.txt", ForeignFileError), ("x.loom", SessionFileError)):
        path = tmp_path / name
        path.write_text("hello, this is no tree")
        with pytest.raises(error):
            open_any(path, no_engine)  # type: ignore[arg-type]
    with pytest.raises(SessionFileError, match="There is no file"):
        open_any(tmp_path / "nowhere.json", no_engine)  # type: ignore[arg-type]


def test_an_imported_chat_goes_on_where_it_was_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOM_HOME", str(tmp_path / "home"))
    session = open_any(FOREIGN / "conversations.json", no_engine)  # type: ignore[arg-type]
    try:
        assert session.tree.mode == "chat"
        roles = [node.role for node in session.tree.path(session.tree.selected_id or "")]
        assert roles == ["user", "assistant"]
    finally:
        session.close()
    assert isinstance(session, Session)

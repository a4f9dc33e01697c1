"""Every format that is read: what a file in its shape becomes, down to the last key."""

from __future__ import annotations

import gzip
import json
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from loom.errors import ForeignFileError
from loom.formats.choice import Choice
from loom.session.data_exporting import write_data
from loom.session.importing import import_file
from loom.tree.changes import (
    BookmarkRemoved,
    ChapterBegun,
    NodeBookmarked,
    NodeTagged,
    Tag,
    TagRemoved,
)
from loom.tree.marks import UNMARKED, Marks
from tests.formats.importing.specimens import FOREIGN, imported, source, told

NAMES = sorted(path.name for path in FOREIGN.iterdir() if path.suffix != ".told")


@pytest.mark.parametrize("name", NAMES)
def test_a_file_becomes_the_session_that_is_told(name: str, tmp_path: Path) -> None:
    golden = (FOREIGN / f"{name}.told").read_text(encoding="utf-8")
    assert told(*imported(source(name, tmp_path), tmp_path)) == golden


@pytest.mark.parametrize("name", NAMES)
def test_a_format_is_told_by_its_content(name: str, tmp_path: Path) -> None:
    nameless = tmp_path / "download"
    shutil.copyfile(source(name, tmp_path), nameless)
    golden = (FOREIGN / f"{name}.told").read_text(encoding="utf-8").splitlines()
    assert told(*imported(nameless, tmp_path)).splitlines()[1:] == golden[1:]


@pytest.mark.parametrize("name", ["pyloom.json", "silly-tavern.jsonl", "llm.sql"])
def test_packed_files_are_read_as_what_is_in_them(name: str, tmp_path: Path) -> None:
    plain = source(name, tmp_path)
    golden = (FOREIGN / f"{name}.told").read_text(encoding="utf-8").splitlines()
    packed = tmp_path / "packed.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert told(*imported(packed, tmp_path)).splitlines()[1:] == golden[1:]
    archive = tmp_path / "archive.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("../../read me.txt", "hello")
        made.write(plain, "a folder/tree")
    assert told(*imported(archive, tmp_path)).splitlines()[1:] == golden[1:]


def test_an_archive_of_several_trees_names_them(tmp_path: Path) -> None:
    archive = tmp_path / "two.zip"
    with zipfile.ZipFile(archive, "w") as made:
        for name in ("pyloom.json", "exoloom.json"):
            made.write(FOREIGN / name, name)
    with pytest.raises(ForeignFileError, match=r"2 trees: pyloom\.json, exoloom\.json"):
        imported(archive, tmp_path)


@pytest.mark.parametrize(
    ("name", "form"), [("pyloom.json", "pyloom"), ("loomsidian.json", "loomsidian")]
)
def test_what_came_from_a_loom_goes_back_with_every_key(
    name: str, form: str, tmp_path: Path
) -> None:
    _, tree = imported(FOREIGN / name, tmp_path)
    back = tmp_path / "back.json"
    assert write_data(tmp_path / f"{name}.loom", tree, form, Choice(), back) == ()
    before, after = (
        json.loads(path.read_text(encoding="utf-8")) for path in (FOREIGN / name, back)
    )
    if form == "pyloom":
        # What was zipped there is opened here, and stays open.
        before["root"]["children"].pop()
        opened = after["root"]["children"].pop()
        assert [opened["text"], opened["children"][0]["text"]] == ["Fog came in", " from the sea"]
        _without_parents(before["root"])
        _without_parents(after["root"])
    assert after == before


def _without_parents(node: dict[str, object]) -> None:
    node.pop("parent_id", None)
    for child in node["children"]:  # type: ignore[attr-defined]
        _without_parents(child)


@pytest.mark.parametrize("form", ["pyloom", "loomsidian"])
@pytest.mark.parametrize("name", NAMES)
def test_every_tree_can_go_on_to_other_looms(name: str, form: str, tmp_path: Path) -> None:
    _, tree = imported(source(name, tmp_path), tmp_path)
    gone = tmp_path / "gone.json"
    write_data(next(tmp_path.glob("*.loom")), tree, form, Choice(), gone)
    _, again = imported(gone, tmp_path)
    texts = [(node.id, node.parent_id, node.display_text()) for node in tree]
    beginnings = [node.id for node in again if node.id == "beginnings"]
    assert sorted(texts, key=str) == sorted(
        (
            (node.id, None if node.parent_id in beginnings else node.parent_id, node.display_text())
            for node in again
            if node.id not in beginnings
        ),
        key=str,
    )


@pytest.mark.parametrize(
    ("content", "owner"),
    [
        (b"VersionedTapestryWeave__\x00\x00\x00\x00\x00\x00\x00\x00", "Tapestry"),
        (b'{"loomTree": {"root": {}, "nodeStore": {}}, "focus": 1}', "MiniHF"),
        (b'{"nodes": [{"id": "a"}], "edges": []}', "Bonsai"),
        (b'{"rootId": "a", "nodes": [{"id": "a", "childIds": []}]}', "helm"),
        (b'{"nodes": {}, "focused_node_id": "a"}', "wool"),
    ],
)
def test_files_that_cannot_be_read_so_far_are_said_to_be(
    content: bytes, owner: str, tmp_path: Path
) -> None:
    path = tmp_path / "tree.json"
    path.write_bytes(content)
    with pytest.raises(ForeignFileError, match=owner):
        import_file(path, lambda _: tmp_path / "never.loom")
    assert not (tmp_path / "never.loom").exists()


@pytest.mark.parametrize(
    ("content", "what", "remedy"),
    [(b"GGUF\x03\x00\x00\x00", "a model", "--model"), (b"%PDF-1.7\n", "a PDF", "made from")],
)
def test_files_that_hold_no_tree_are_told_by_what_they_are(
    content: bytes, what: str, remedy: str, tmp_path: Path
) -> None:
    path = tmp_path / "tree.json"
    path.write_bytes(content)
    with pytest.raises(ForeignFileError, match=f"is {what}") as refusal:
        import_file(path, lambda _: tmp_path / "never.loom")
    assert remedy in refusal.value.remedy


def test_what_llm_keeps_beside_its_prompts_is_counted(tmp_path: Path) -> None:
    path = source("llm.sql", tmp_path)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE prompt_fragments (response_id TEXT, fragment_id INTEGER);"
            "INSERT INTO prompt_fragments VALUES ('r1', 1), ('r1', 2);"
            "CREATE TABLE tool_calls (id INTEGER PRIMARY KEY, response_id TEXT);"
        )
    found, _ = imported(path, tmp_path)
    said = [str(remark) for remark in found.remarks]
    assert "lost: fragments that stood before prompts (2)" in said
    assert not any("tools" in remark for remark in said)


def test_a_session_is_no_foreign_file(tmp_path: Path) -> None:
    imported(FOREIGN / "exoloom.json", tmp_path)
    with pytest.raises(ForeignFileError, match="session of loom already"):
        imported(tmp_path / "exoloom.json.loom", tmp_path)


def test_no_key_to_a_service_gets_into_a_session(tmp_path: Path) -> None:
    for name in ("mikupad.json", "mikupad-dump.json", "data.json"):
        imported(FOREIGN / name, tmp_path)
        assert b"sk-never" in (FOREIGN / name).read_bytes()
        assert b"sk-never" not in (tmp_path / f"{name}.loom").read_bytes()


def marks_there(name: str, tmp_path: Path) -> dict[str, Marks]:
    _, tree = imported(source(name, tmp_path), tmp_path)
    marks = {node.id: tree.marks(node.id) for node in tree}
    return {node_id: found for node_id, found in marks.items() if found != UNMARKED}


@pytest.mark.parametrize(
    "name", ["pyloom.json", "exoloom.json", "basemode.json", "basemode.sql", "loomsidian.json"]
)
def test_what_was_bookmarked_there_is_bookmarked_here(name: str, tmp_path: Path) -> None:
    assert any(marks.bookmarked for marks in marks_there(name, tmp_path).values())


def original(**beside: object) -> dict[str, Any]:
    children = [
        {"id": "old", "text": " one", "bookmark": True, "children": []},
        {"id": "new", "text": " two", "tags": ["bookmark", "canonical", ""], "children": []},
        {"id": "none", "text": " three", "tags": [], "children": []},
    ]
    return {"root": {"id": "root", "text": "Once", "children": children}, **beside}


def test_tags_and_chapters_of_the_original_loom_are_tags_and_chapters(tmp_path: Path) -> None:
    path = tmp_path / "tree.json"
    beside = {
        "tags": {"canonical": {"name": "canonical", "scope": "ancestry", "hide": False}},
        "chapters": {
            "c": {"id": "c", "root_id": "new", "title": "The lake"},
            "lost": {"root_id": "x"},
        },
    }
    path.write_text(json.dumps(original(**beside)))
    _, tree = imported(path, tmp_path)
    assert tree.marks("old") == Marks(bookmarked=True)
    canonical = Tag("canonical", scope="ancestry")
    assert tree.marks("new") == Marks(bookmarked=True, tags=(canonical,), chapter="The lake")
    back = tmp_path / "back.json"
    write_data(tmp_path / "tree.json.loom", tree, "pyloom", Choice(), back)
    after = json.loads(back.read_text())
    _without_parents(after["root"])
    assert {key: after[key] for key in beside} == beside
    assert after["root"]["children"] == original()["root"]["children"]


def test_what_is_marked_here_is_marked_in_the_original_loom(tmp_path: Path) -> None:
    path = tmp_path / "tree.json"
    path.write_text(json.dumps(original()))
    _, tree = imported(path, tmp_path)
    for change in (
        BookmarkRemoved(9.0, "old"),
        BookmarkRemoved(9.0, "new"),
        TagRemoved(9.0, "new", "canonical"),
        NodeBookmarked(9.0, "none"),
        NodeTagged(9.0, "none", Tag("best", "red", "subtree")),
        ChapterBegun(9.0, "none", "The mill"),
    ):
        tree.apply(change)
    back = tmp_path / "back.json"
    write_data(tmp_path / "tree.json.loom", tree, "pyloom", Choice(), back)
    root = json.loads(back.read_text())["root"]
    assert [child.get("tags") for child in root["children"]] == [None, [""], ["bookmark", "best"]]
    assert root["children"][0]["bookmark"] is False
    (tmp_path / "again").mkdir()
    again = imported(back, tmp_path / "again")[1]
    assert again.marks("none") == Marks(True, (Tag("best", scope="subtree"),), chapter="The mill")
    assert again.marked_ids == ("none",)

"""Data formats: lossless where they say so, exact where they can be, and safe to open."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from loom.errors import ForeignFileError, SessionFileError, UsageError
from loom.formats.choice import Choice
from loom.formats.data import loom_json as loom_json_room
from loom.formats.data.graph import roads_graph
from loom.formats.data.part import Part
from loom.formats.data.private import as_it_is, without_places
from loom.formats.data.tables import defused, refused
from loom.formats.table import DATA_FORMATS
from loom.records import Evidence, Join, Span
from loom.session.data_exporting import DataSource, chunks, copied, data_source, write_data
from loom.session.importing import import_file
from loom.session.reading import read_tree
from loom.store.database import create, open_for_reading, open_for_writing, open_rows
from loom.tree.events import NodeAdded, NodeSelected, SessionStarted, TreeEvent
from loom.tree.graph import Tree
from tests.store.specimens import (
    STARTED,
    appended,
    histories,
    opened,
    requested,
    written,
)

GOLDEN = Path(__file__).parent / "golden"
STARTER = Path(__file__).parent.parent.parent / "sessions" / "starter.loom"
SCHEMA = Path(loom_json_room.__file__).with_name("loom_json.schema.json")
HOSTILE = (
    "</script>",
    "]]>",
    "\\end{document}",
    "```",
    "=1+1",
    "'=1+1",
    "@SUM(A1)",
    "\u202eabc",
    "a\x00b",
    "\r\n\t",
    '"',
    "\\N\\",
    "",
)


def session_of(events: list[TreeEvent], path: Path) -> Path:
    """A session file in which this happened, as its writer left it."""
    path.unlink(missing_ok=True)
    started, *rest = events
    assert isinstance(started, SessionStarted)
    create(path, started)
    writer = open_for_writing(path)
    writer.commit([e for e in rest if not isinstance(e, NodeSelected)], None)
    for event in rest:
        if isinstance(event, NodeSelected):
            writer.commit([], event)
    writer.close()
    return path


def hostile_session(path: Path) -> Path:
    events: list[TreeEvent] = [STARTED]
    for n, text in enumerate((*HOSTILE, *(b"\xff\xf0\x9f",))):
        data = text if isinstance(text, bytes) else text.encode()
        events.append(written(f"n{n}", data, None if n == 0 else f"n{n // 2}"))
    return session_of(events, path)


def rows_of(path: Path) -> list[list[object]]:
    with open_rows(path) as rows:
        return [list(rows.events()), list(rows.drafts()), list(rows.pointers())]


def text_of(path: Path, form: str, choice: Choice | None = None) -> str:
    source = data_source(path, read_tree(path), choice or Choice())
    return b"".join(chunks(source, form)).decode()


def exact_json(path: Path) -> bytes:
    tree = read_tree(path)
    source = DataSource(path, Part.whole(tree), tuple, tidy=as_it_is)
    return b"".join(chunks(source, "json"))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events=histories())
def test_json_out_and_in_again_is_the_same_session(events: list[TreeEvent], tmp_path: Path) -> None:
    """Every row of the file, and from that the same JSON, byte for byte."""
    before = session_of(events, tmp_path / "before.loom")
    out, after = tmp_path / "out.json", tmp_path / "after.loom"
    out.write_bytes(exact_json(before))
    after.unlink(missing_ok=True)
    import_file(out, lambda _: after)
    assert rows_of(after) == rows_of(before)
    assert exact_json(after) == out.read_bytes()


def test_drafts_of_a_killed_session_survive(tmp_path: Path) -> None:
    path = tmp_path / "killed.loom"
    create(path, STARTED)
    writer = open_for_writing(path)
    writer.commit(
        [written("n"), requested("r", "n"), opened("b", "n"), appended("b", 0, b"\xf0", b"\x9f")],
        None,
    )
    with open_rows(path) as rows:
        drafts = list(rows.drafts())
    out = tmp_path / "out.json"
    out.write_bytes(exact_json(path))
    writer.close()
    assert len(drafts) == 1
    import_file(out, lambda _: tmp_path / "again.loom")
    assert rows_of(tmp_path / "again.loom")[1] == drafts


def test_json_follows_the_schema_that_is_published(tmp_path: Path) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    for path in (STARTER, hostile_session(tmp_path / "hostile.loom")):
        document = json.loads(text_of(path, "json"))
        assert list(Draft202012Validator(schema).iter_errors(document)) == []
    broken = document | {"journal": [{"kind": "x"}]}
    assert list(Draft202012Validator(schema).iter_errors(broken))


def test_json_says_nothing_of_when_or_where_it_was_made(tmp_path: Path) -> None:
    home = Path.home() / "models" / "tiny.gguf"
    path = session_of(
        [SessionStarted(1.0, "t", "plain", str(home), "0.1.0"), written("n")], tmp_path / "a.loom"
    )
    assert text_of(path, "json") == text_of(path, "json")
    assert str(home.parent) not in text_of(path, "json")
    assert "tiny.gguf" in text_of(path, "json")
    assert str(home) in exact_json(path).decode()


@pytest.mark.parametrize(
    ("payload", "tidied"),
    [
        ('{"model":"/srv/x/tiny.gguf"}', '{"model":"tiny.gguf"}'),
        ('{"model":"C:\\\\Users\\\\me\\\\tiny.gguf"}', '{"model":"tiny.gguf"}'),
        ('{"model":"story-base"}', '{"model":"story-base"}'),
        ('{"path":"~/m.gguf","at":1}', '{"path":"m.gguf","at":1}'),
        ('{"text":"/etc/passwd"}', '{"text":"/etc/passwd"}'),
    ],
)
def test_paths_become_names_of_files(payload: str, tidied: str) -> None:
    assert without_places(payload) == tidied


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda d: d["journal"].pop(0), "the beginning of the journal"),
        (lambda d: d["journal"].append(d["journal"].pop(1)), "makes no session"),
        (lambda d: d["journal"][1].pop("kind"), "kind is missing or wrong"),
        (lambda d: d["nodes"].pop(), "the text of a node"),
        (lambda d: d["nodes"][0].update(id=7), "id is missing or wrong"),
        (lambda d: d.pop("journal"), "holds no journal"),
        (lambda d: d.update(loom_json=99), "made by a newer loom"),
        (lambda d: d["journal"].append({"at": 1, "kind": "x", "payload": {}}), "makes no session"),
    ],
)
def test_json_that_was_broken_makes_no_session(
    change: Callable[[dict[str, object]], object], match: str, tmp_path: Path
) -> None:
    path = session_of([STARTED, written("a"), written("b", b"B", "a")], tmp_path / "a.loom")
    document = json.loads(text_of(path, "json"))
    change(document)
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(document))
    with pytest.raises(ForeignFileError, match=match):
        import_file(broken, lambda _: tmp_path / "never.loom")
    assert [p.name for p in tmp_path.iterdir() if "never" in p.name] == []


def test_a_text_may_be_changed_by_hand(tmp_path: Path) -> None:
    path = session_of([STARTED, written("a")], tmp_path / "a.loom")
    document = json.loads(text_of(path, "json"))
    document["nodes"][0]["text"] = "Twice"
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(document))
    import_file(changed, lambda _: tmp_path / "b.loom")
    assert read_tree(tmp_path / "b.loom").path_text("a") == b"Twice"


def test_what_show_prints_can_be_read_too(tmp_path: Path) -> None:
    part = tmp_path / "part.json"
    (remark,) = write_data(STARTER, read_tree(STARTER), "json", Choice(depth=2), part)[:1]
    assert remark.kind == "lost"
    found = import_file(part, lambda _: tmp_path / "part.loom")
    again, before = read_tree(tmp_path / "part.loom"), read_tree(STARTER)
    assert found.n_nodes == len(again) > 1
    assert all(node.text == before.node(node.id).text for node in again)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events=histories())
def test_json_lines_keep_every_text_and_its_place(events: list[TreeEvent], tmp_path: Path) -> None:
    path = session_of(events, tmp_path / "a.loom")
    out, back = tmp_path / "out.jsonl", tmp_path / "b.loom"
    text = text_of(path, "jsonl")
    assert all(line == "" or json.loads(line)["id"] for line in text.split("\n"))
    out.write_text(text, encoding="utf-8")
    back.unlink(missing_ok=True)
    import_file(out, lambda _: back)
    seen = [(node.id, node.parent_id, node.role, node.text) for node in read_tree(path)]
    assert [(node.id, node.parent_id, node.role, node.text) for node in read_tree(back)] == seen


@given(st.text() | st.sampled_from(HOSTILE))
def test_a_cell_is_no_formula_and_gives_its_text_back(text: str) -> None:
    cell = defused(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert refused(cell) == text


def test_csv_of_hostile_texts_is_read_back_exactly(tmp_path: Path) -> None:
    path = hostile_session(tmp_path / "hostile.loom")
    rows = list(csv.DictReader(io.StringIO(text_of(path, "csv"), newline="")))
    tree = read_tree(path)
    assert [refused(row["text"]) for row in rows] == [node.display_text() for node in tree]
    assert [row["bytes_base64"] for row in rows][-1] == "//Cf"
    assert [row["parent"] or None for row in rows] == [node.parent_id for node in tree]


def test_csv_of_tokens_has_a_row_for_each_with_what_the_model_said(tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(text_of(STARTER, "csv-tokens"), newline="")))
    tree = read_tree(STARTER)
    assert len(rows) == sum(node.n_tokens for node in tree)
    with open_for_reading(STARTER) as reader:
        for node in tree:
            mine = [row for row in rows if row["node"] == node.id]
            tokens = reader.read_tokens(node.id)
            assert [int(row["token_id"]) for row in mine] == tokens.ids.tolist()
            assert "".join(refused(row["text"]) for row in mine) == node.display_text()
            if tokens.stats is not None:
                said = np.array([float(row["logprob"]) for row in mine], np.float32)
                assert said.tobytes() == tokens.stats.logprob.tobytes()


@pytest.mark.parametrize("form", ["graphml", "graphml-roads"])
def test_graphml_is_read_by_networkx(form: str, tmp_path: Path) -> None:
    path = hostile_session(tmp_path / "hostile.loom")
    text = text_of(path, form)
    ET.fromstring(text)
    graph = nx.parse_graphml(text, force_multigraph=True)
    tree = read_tree(path)
    for node in tree:
        found = graph.nodes[node.id]
        assert found["text"] == node.display_text().replace("\x00", "\ufffd")
        assert ("bytes_base64" in found) == (found["text"].encode() != node.text)
    continues = [(a, b) for a, b, kind in graph.edges(data="kind") if kind == "continues"]
    assert sorted(continues) == sorted(
        (node.parent_id, node.id) for node in tree if node.parent_id is not None
    )


def test_dot_of_hostile_texts_is_one_statement_a_line(tmp_path: Path) -> None:
    lines = text_of(hostile_session(tmp_path / "hostile.loom"), "dot").splitlines()
    assert lines[0] == 'digraph "t" {'
    assert lines[-1] == "}"
    for line in lines[1:-1]:
        assert line.startswith("  ")
        assert line.endswith(";")
        bare = line.replace("\\\\", "").replace('\\"', "")
        assert bare.count('"') % 2 == 0
        assert "\x00" not in line


def test_roads_lead_into_a_join_and_out_of_it() -> None:
    tree = Tree()
    for event in (
        STARTED,
        written("r", b"R"),
        written("a", b"one and the same", "r"),
        written("b", b"two and the same", "r"),
        written("c", b" end", "a"),
    ):
        tree.apply(event)
    spans = (Span("a", 1, 3, 4, 16), Span("b", 1, 3, 4, 16))
    join = Join("J", "joined", "full", ("a", "b"), spans, 1.0, "They meet.", Evidence())
    graph = roads_graph(Part.whole(tree), [join])
    assert {(e.source, e.target) for e in graph.edges} == {
        ("r", "a"),
        ("r", "b"),
        ("a", "road J"),
        ("road J", "a+4"),
        ("b", "road J"),
        ("road J", "b+4"),
        ("a+4", "c"),
    }
    pieces = {vertex.id: vertex.text for vertex in roads_graph(Part.whole(tree), [join]).vertices}
    assert pieces["a"] + pieces["a+4"] == b"one and the same"


def test_a_copy_of_a_session_is_every_row_of_it(tmp_path: Path) -> None:
    copy, light = tmp_path / "copy.loom", tmp_path / "light.loom"
    copied(STARTER, copy, Choice(), "kept")
    assert rows_of(copy) == rows_of(STARTER)
    copied(STARTER, light, Choice(), "left out")
    assert light.stat().st_size < copy.stat().st_size / 2
    with open_for_reading(STARTER) as whole, open_for_reading(light) as lighter:
        for node in read_tree(STARTER):
            before, after = whole.read_tokens(node.id), lighter.read_tokens(node.id)
            assert before.pieces == after.pieces
            if before.stats is not None and after.stats is not None:
                assert after.stats.top_ids.shape == (len(after), 0)
                assert after.stats.logprob.tobytes() == before.stats.logprob.tobytes()


def test_a_copy_is_made_while_the_session_is_written(tmp_path: Path) -> None:
    path = session_of([STARTED, written("a")], tmp_path / "a.loom")
    writer = open_for_writing(path)
    writer.commit([written("b", b"B", "a")], None)
    copied(path, tmp_path / "copy.loom", Choice(), "kept")
    writer.close()
    assert [node.id for node in read_tree(tmp_path / "copy.loom")] == ["a", "b"]


def test_a_copy_never_writes_over_a_file(tmp_path: Path) -> None:
    there = tmp_path / "there.loom"
    there.write_text("mine")
    with pytest.raises(SessionFileError, match="already there"):
        copied(STARTER, there, Choice(), "kept")
    with pytest.raises(UsageError):
        copied(STARTER, None, Choice(), "kept")
    with pytest.raises(UsageError):
        copied(STARTER, tmp_path / "part.loom", Choice(depth=1), "kept")
    assert there.read_text() == "mine"


def golden_session(path: Path) -> Path:
    return session_of(
        [
            SessionStarted(0.0, "toast", "plain", "story-base", "0.1.0"),
            NodeAdded(1.0, "root", None, "text", "human", b"Friends, raise"),
            NodeAdded(2.0, "left", "root", "text", "human", b" your glasses.\n\nSo they did."),
            NodeAdded(3.0, "right", "root", "text", "human", b'=nothing </b> & "more" \xff'),
            requested("r", "left", 2),
            opened("grown", "left"),
            appended("grown", 0, b" And", b" so", b" on"),
        ],
        path,
    )


SUFFIXES = {row.name: row.suffix for row in DATA_FORMATS if row.name != "loom"}


@pytest.mark.parametrize("form", SUFFIXES)
def test_a_format_is_what_its_golden_file_is(form: str, tmp_path: Path) -> None:
    path = golden_session(tmp_path / "toast.loom")
    golden = GOLDEN / f"toast{SUFFIXES[form]}"
    assert text_of(path, form) == golden.read_bytes().decode()


def test_bookmarks_of_obsidian_loom_are_bookmarks_here_and_go_back(tmp_path: Path) -> None:
    path = tmp_path / "marked.loom"
    import_file(GOLDEN.parent / "foreign" / "loomsidian.json", lambda _: path)
    tree = read_tree(path)
    marked = [node.id for node in tree if tree.marks(node.id).bookmarked]
    assert len(marked) == 1
    written = json.loads(text_of(path, "loomsidian"))["nodes"]
    assert [name for name, node in written.items() if node["bookmarked"]] == marked

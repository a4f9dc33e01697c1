"""Files that are damaged, hostile or absurd: a session that holds what there is, or a sentence."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loom.errors import ForeignFileError, LoomError
from loom.formats.importing import source as packed_source
from loom.formats.importing.chats.messages import Message, plant_messages
from loom.formats.importing.json_stream import JsonStream, TooDeepError
from loom.formats.importing.nesting import NestedNode, NestedTree
from loom.formats.importing.planting import Forest, Planting
from loom.formats.importing.report import Report
from loom.formats.importing.values import time_of
from loom.session.importing import import_file
from loom.session.reading import read_tree
from tests.formats.importing.specimens import FOREIGN, imported

ONE_FOLDER = HealthCheck.function_scoped_fixture
JSON = sorted(path.name for path in FOREIGN.iterdir() if path.suffix == ".json")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


def written(folder: Path, document: object, name: str = "tree.json") -> Path:
    path = folder / name
    text = document if isinstance(document, str) else json.dumps(document)
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return path


def refused(path: Path, folder: Path, match: str) -> None:
    before = set(folder.iterdir())
    with pytest.raises(ForeignFileError, match=match):
        import_file(path, lambda _: folder / "never.loom")
    assert set(folder.iterdir()) == before


@pytest.mark.parametrize("name", JSON)
def test_a_file_cut_short_is_said_to_be_wherever_it_was_cut(name: str, tmp_path: Path) -> None:
    whole = (FOREIGN / name).read_bytes()
    for part in (0.5, 0.8, 0.97):
        path = tmp_path / "cut.json"
        path.write_bytes(whole[: int(len(whole) * part)])
        refused(path, tmp_path, "ends in the middle|no tree or chat that loom knows")


def test_a_file_cut_short_near_its_end_names_the_place(tmp_path: Path) -> None:
    whole = (FOREIGN / "pyloom.json").read_text(encoding="utf-8").rstrip()
    path = written(tmp_path, whole[:-1])
    refused(path, tmp_path, f"ends in the middle, after {len(whole) - 1:,} characters")


def test_a_file_with_an_error_in_it_names_the_place(tmp_path: Path) -> None:
    document = json.dumps(
        {"root": {"text": "a", "children": [{"text": "b" * 100, "children": []}]}}
    )
    at = document.index('{"text": "bbb') + 8
    refused(
        written(tmp_path, document[:at] + "?" + document[at + 1 :] + " " * 100),
        tmp_path,
        f"cannot be read at character {at}",
    )


@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 200, b"\xff\xfe", b"hello", b"[]", b"{}", b"[1, 2]", b"null", b'"a"']
)
def test_files_that_are_nothing_are_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "tree.json"
    path.write_bytes(content)
    refused(path, tmp_path, "no tree or chat that loom knows")


def test_a_file_that_is_not_there_and_a_folder(tmp_path: Path) -> None:
    refused(tmp_path / "nowhere.json", tmp_path, "There is no file")
    refused(tmp_path, tmp_path, "cannot be read")


def test_fifty_thousand_nodes_deep(tmp_path: Path) -> None:
    depth = 50_000
    deep = '{"text": "a", "children": [' * depth + "]}" * depth
    _, tree = imported(written(tmp_path, deep), tmp_path)
    assert len(tree) == depth
    assert len(tree.leaf_ids()) == 1


def test_a_value_that_is_too_deep_to_keep_is_counted(tmp_path: Path) -> None:
    deep = "[" * 50_000 + "]" * 50_000
    document = '{"root": {"text": "a", "odd": ' + deep + ', "children": []}}'
    found, tree = imported(written(tmp_path, document), tmp_path)
    assert [node.text for node in tree] == [b"a"]
    assert "lost: values nested too deeply to be kept (1)" in map(str, found.remarks)


@pytest.mark.parametrize("depth", [400, 700, 985, 990, 995])
def test_a_value_that_can_be_built_can_also_be_kept(depth: int, tmp_path: Path) -> None:
    """Python writes JSON a little less deep than it reads it, and each call takes from both."""
    deep = "[" * depth + "]" * depth
    document = '{"root": {"text": "a", "odd": ' + deep + ', "children": []}}'
    found, tree = imported(written(tmp_path, document), tmp_path)
    assert [node.text for node in tree] == [b"a"]
    is_lost = "lost: values nested too deeply to be kept (1)" in map(str, found.remarks)
    assert is_lost == (depth > 500)


def test_a_number_longer_than_python_reads_is_kept_as_its_digits(tmp_path: Path) -> None:
    digits = "7" * 5000
    document = '{"root": {"text": "a", "odd": [1, ' + digits + '], "children": []}}'
    _, tree = imported(written(tmp_path, document), tmp_path)
    assert [node.text for node in tree] == [b"a"]
    for cut in (1, 2500, 5000):
        stream = JsonStream(iter(["[8, " + digits[:cut], digits[cut:] + "]"]))
        assert stream.value() == [8, digits]


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("1970-01-02T00:00:00Z", 86_400.0),
        ("1970-01-02T02:00:00+02:00", 86_400.0),
        (" 1970-01-02 ", 86_400.0),
        (1_700_000_000_000, 1_700_000_000.0),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59-05:00", None),
        ("yesterday", None),
        (0, None),
        (True, None),
    ],
)
def test_a_time_is_one_that_a_calendar_can_show(said: object, seconds: float | None) -> None:
    assert time_of(said) == seconds


def loomsidian(nodes: object) -> dict[str, object]:
    return {"current": "a", "nodes": nodes}


def test_circles_dangling_parents_and_nodes_that_are_none(tmp_path: Path) -> None:
    nodes = {
        "a": {"text": "A", "parentId": "c", "unread": False},
        "b": {"text": "B", "parentId": "a", "unread": False},
        "c": {"text": "C", "parentId": "b", "unread": False},
        "self": {"text": "S", "parentId": "self", "unread": False},
        "lost": {"text": "L", "parentId": "nobody", "unread": False},
        "number": 7,
        "wrong": {"text": ["no"], "parentId": 3, "unread": None},
    }
    found, tree = imported(written(tmp_path, loomsidian(nodes)), tmp_path)
    assert {node.id: node.parent_id for node in tree} == {
        "a": None,
        "b": "a",
        "c": "b",
        "self": None,
        "lost": None,
        "wrong": None,
    }
    said = set(map(str, found.remarks))
    assert "mended: texts in a circle were cut apart (2)" in said
    assert "mended: parents that are not there; their children begin anew (2)" in said
    assert "lost: nodes that are no objects (1)" in said
    assert "lost: texts that are not texts (1)" in said


def test_ids_that_stand_twice_or_that_no_id_may_be(tmp_path: Path) -> None:
    lines = [
        {"id": "a", "text": "1", "parent_id": None},
        {"id": "a", "text": "2", "parent_id": "a"},
        {"id": "../etc\x1b[31m", "text": "3", "parent_id": "a"},
        {"id": "b", "text": "4", "parent_id": "../etc\x1b[31m"},
    ]
    path = written(tmp_path, "".join(json.dumps(line) + "\n" for line in lines))
    found, tree = imported(path, tmp_path)
    ids = [node.id for node in tree]
    assert len(set(ids)) == 4
    assert all(node_id.isalnum() for node_id in ids)
    assert tree.node("b").parent_id == ids[2]
    assert [node.text for node in tree.path("b")] == [b"1", b"3", b"4"]
    assert "mended: ids that stood there twice were renamed (1)" in map(str, found.remarks)


@pytest.mark.parametrize(
    ("written_as", "text"),
    [
        ('"\\u0000"', b"\x00"),
        ('"\\ud83d"', b"\xed\xa0\xbd"),
        ('"\udcff"', b"\xff"),
        ('"\\u202e</script>]]>\\\\input{x}```"', "\u202e</script>]]>\\input{x}```".encode()),
        ('"=HYPERLINK(1)"', b"=HYPERLINK(1)"),
        ('"a\tb"', b"a\tb"),
    ],
)
def test_texts_come_in_as_they_are(written_as: str, text: bytes, tmp_path: Path) -> None:
    document = '{"root": {"text": ' + written_as + ', "children": []}}'
    _, tree = imported(written(tmp_path, document), tmp_path)
    assert [node.text for node in tree] == [text]


def test_numbers_that_json_has_not_are_read_as_other_programs_write_them(tmp_path: Path) -> None:
    document = '{"root": {"text": "a", "children": [], "x": [NaN, -Infinity, 1e999]}}'
    _, tree = imported(written(tmp_path, document), tmp_path)
    assert len(tree) == 1


def test_utf_16_and_a_byte_order_mark(tmp_path: Path) -> None:
    text = '{"root": {"text": "é🙂", "children": []}}'
    for encoding in ("utf-16", "utf-8-sig"):
        path = tmp_path / f"{encoding}.json"
        path.write_bytes(text.encode(encoding))
        _, tree = imported(path, tmp_path)
        assert [node.display_text() for node in tree] == ["é🙂"]


def test_templates_are_never_evaluated(tmp_path: Path) -> None:
    trap = "{__import__('os').system('false')}{1/0}"
    document = {"root": {"text": trap, "template": trap, "children": []}}
    found, tree = imported(written(tmp_path, document), tmp_path)
    assert [node.display_text() for node in tree] == [trap]
    assert any("nothing in them is evaluated" in remark.what for remark in found.remarks)


def test_bombs_are_not_unfolded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed_source, "FREE_BYTES", 1 << 20)
    bomb = b'{"text": "' + b"a" * (8 << 20) + b'", "children": []}'
    packed = tmp_path / "bomb.gz"
    packed.write_bytes(gzip.compress(bomb))
    refused(packed, tmp_path, "unfolds to more than")
    archive = tmp_path / "bomb.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("bomb.json", bomb)
    refused(archive, tmp_path, "unfolds to more than")


def test_damaged_packings_are_said_to_be(tmp_path: Path) -> None:
    packed = tmp_path / "cut.gz"
    packed.write_bytes(gzip.compress((FOREIGN / "pyloom.json").read_bytes())[:-40])
    refused(packed, tmp_path, "damaged or cut short")
    archive = tmp_path / "cut.zip"
    archive.write_bytes(b"PK\x03\x04 and nothing else")
    refused(archive, tmp_path, "damaged or cut short")


def test_a_packing_that_is_damaged_from_its_first_byte_on(tmp_path: Path) -> None:
    packed = tmp_path / "noise.gz"
    packed.write_bytes(b"\x1f\x8b and then noise")
    refused(packed, tmp_path, "damaged or cut short")
    packed.write_bytes(gzip.compress(b"{}" * 1000)[:12])
    refused(packed, tmp_path, "damaged or cut short")


@pytest.mark.parametrize(
    "kind", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
@pytest.mark.parametrize("at", [26, 46, 60])
def test_an_archive_with_a_wrong_byte_is_said_to_be_damaged(
    kind: int, at: int, tmp_path: Path
) -> None:
    """In the length of the member's name, and in what is packed."""
    path = tmp_path / "wrong.zip"
    with zipfile.ZipFile(path, "w", kind) as made:
        made.writestr("x.jsonl", '{"id": "a", "text": "hello", "parent_id": null}\n' * 50)
    content = bytearray(path.read_bytes())
    content[at] ^= 0xFF
    path.write_bytes(content)
    refused(path, tmp_path, "damaged or cut short")


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    target = tmp_path / "mine.loom"
    target.write_text("mine")
    with pytest.raises(LoomError, match="already there"):
        import_file(FOREIGN / "exoloom.json", lambda _: target)
    assert target.read_text() == "mine"


def test_a_database_of_nobody(tmp_path: Path) -> None:
    path = tmp_path / "damaged.db"
    path.write_bytes(b"SQLite format 3\x00" + b"\xff" * 4000)
    refused(path, tmp_path, "cannot be read")


NESTED = st.recursive(
    st.fixed_dictionaries({"text": st.text(max_size=9)}, optional={"more": VALUES}),
    lambda inner: st.fixed_dictionaries(
        {"text": st.text(max_size=9)},
        optional={"meta": VALUES, "children": st.lists(inner, max_size=3), "after": VALUES},
    ),
    max_leaves=12,
)


@settings(max_examples=80, deadline=None)
@given(value=NESTED, size=st.integers(1, 9), indent=st.sampled_from([None, 1]))
def test_a_nested_tree_is_read_as_json_reads_it(value: object, size: int, indent: int | None):
    text = json.dumps(value, indent=indent)
    chunks = [text[at : at + size] for at in range(0, len(text), size)]
    planting, nodes = Planting("test", Report()), dict[int, NestedNode]()
    tree = NestedTree(
        JsonStream(iter(chunks)), planting, lambda node: nodes.update({node.place: node})
    )
    tree.walk()
    built: dict[int, dict[str, object]] = {}
    for place in sorted(nodes):
        node = nodes[place]
        built[place] = dict(node.found)
        if node.parent is not None:
            built[node.parent].setdefault("children", []).append(built[place])  # type: ignore[attr-defined]
    assert built[0] == without_empty(value)


def without_empty(value: object) -> object:
    """The same tree; that a node has no children is said by none being there."""
    assert isinstance(value, dict)
    found = {key: inner for key, inner in value.items() if key != "children"}
    if value.get("children"):
        found["children"] = [without_empty(child) for child in value["children"]]
    return found


@settings(max_examples=60, deadline=None)
@given(value=VALUES, size=st.integers(1, 9))
def test_a_stream_reads_what_json_reads_however_it_comes(value: object, size: int) -> None:
    text = json.dumps(value, indent=1)
    chunks = [text[at : at + size] for at in range(0, len(text), size)]
    assert JsonStream(iter(chunks)).value() == value
    passing = JsonStream(iter(chunks))
    passing.skip()
    assert passing.kind() == ""
    if isinstance(value, dict):
        taken = JsonStream(iter(chunks))
        assert {key: taken.value() for key in taken.members()} == value
    if isinstance(value, list):
        taken = JsonStream(iter(chunks))
        assert [taken.value() for _ in taken.items()] == value


def test_a_stream_does_not_build_what_is_too_deep() -> None:
    stream = JsonStream(iter(["[" * 50_000, "]" * 50_000]))
    with pytest.raises(TooDeepError):
        stream.value()
    stream.skip()
    assert stream.kind() == ""


def test_a_message_without_text_whose_id_stands_twice_leaves_no_gap() -> None:
    rows = [("a", None, None), ("a", None, "again"), ("b", "a", "below")]
    messages = [Message(name, above, (), "user", "", text, 1.0, {}) for name, above, text in rows]
    planting = Planting("test", Report())
    plant_messages(planting, messages, {})
    nodes = list(Forest(planting).nodes(0.0))
    assert [(node.node_id, node.parent_id) for node in nodes] == [("b", None)]


@given(
    st.lists(
        st.tuples(st.sampled_from("abcdef"), st.none() | st.sampled_from("abcdefgh")), max_size=12
    )
)
def test_any_forest_of_ids_becomes_one_that_a_tree_takes(
    rows: list[tuple[str, str | None]],
) -> None:
    planting = Planting("test", Report())
    for n, (name, parent) in enumerate(rows):
        planting.add(str(n), foreign_id=name, parent=parent)
    seen: set[str] = set()
    for node in Forest(planting).nodes(0.0):
        assert node.node_id not in seen
        assert node.parent_id is None or node.parent_id in seen
        seen.add(node.node_id)
    assert len(seen) == len(rows)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=st.sampled_from(JSON), data=st.data())
def test_a_file_with_any_value_changed_is_read_or_refused(
    name: str, data: st.DataObject, tmp_path: Path
) -> None:
    """Whatever stands in place of a value: a session that opens, or an error of loom's own."""
    document = json.loads((FOREIGN / name).read_text(encoding="utf-8"))
    places = list(_places(document))
    container, key = places[data.draw(st.integers(0, len(places) - 1))]
    container[key] = data.draw(VALUES)  # type: ignore[index]
    target = tmp_path / "made.loom"
    target.unlink(missing_ok=True)
    try:
        import_file(written(tmp_path, document), lambda _: target)
    except LoomError:
        assert not target.exists()
    else:
        assert len(read_tree(target))


def _places(document: object) -> list[tuple[object, object]]:
    found: list[tuple[object, object]] = []
    stack = [document]
    while stack:
        value = stack.pop()
        keys = (
            value
            if isinstance(value, dict)
            else range(len(value))
            if isinstance(value, list)
            else ()
        )
        for key in keys:
            found.append((value, key))
            stack.append(value[key])  # type: ignore[index]
    return found

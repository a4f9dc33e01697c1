"""Exports: what a script reads and what a person reads."""

from __future__ import annotations

import base64
import json

from loom.formats.loom_json import dumps, tree_object
from loom.formats.outline_text import outline
from loom.tree.changes import NodeHidden, NodeMoved
from loom.tree.events import NodeAdded, NodeSelected, SessionStarted
from loom.tree.graph import Tree
from loom.tree.node import HUMAN


def tree_of(*nodes: tuple[str, str | None, bytes], mode: str = "plain") -> Tree:
    tree = Tree()
    tree.apply(SessionStarted(0.0, "toast", mode, "story-base", "0"))  # type: ignore[arg-type]
    for node_id, parent_id, text in nodes:
        tree.apply(NodeAdded(0.0, node_id, parent_id, "text", HUMAN, text))
    return tree


TOAST = (
    ("r", None, b"Friends, raise"),
    ("r2", "r", b" your glasses."),
    ("a", "r2", b" Marco laughed.\n\nSo did we."),
    ("b", "r2", b" Nobody moved."),
    ("c", "b", b" Then *someone* did."),
)


def test_json_holds_every_node_with_its_fixed_keys() -> None:
    document = json.loads(dumps(tree_object(tree_of(*TOAST))))
    assert document["session"]["title"] == "toast"
    assert [node["id"] for node in document["nodes"]] == ["r", "r2", "a", "b", "c"]
    fixed = {"id", "parent", "role", "author", "text", "n_tokens"}
    fixed |= {"state", "finish", "hidden", "created_at"}
    for node in document["nodes"]:
        assert fixed <= set(node)
        assert "bytes_base64" not in node


def test_bytes_that_are_no_utf8_are_there_twice() -> None:
    (node,) = json.loads(dumps(tree_object(tree_of(("r", None, b"a\xffb")))))["nodes"]
    assert node["text"] == "a�b"
    assert base64.b64decode(node["bytes_base64"]) == b"a\xffb"


def test_the_outline_shows_ids_and_depth_and_where_one_stands() -> None:
    tree = tree_of(*TOAST)
    tree.apply(NodeSelected(0.0, "b"))
    assert list(outline(tree)) == [
        "r  ○ Friends, raise",
        "r2  ○ your glasses.",
        "a    ○ Marco laughed. ¶ So did we.",
        "b    ◆ Nobody moved.",
        "c    ○ Then *someone* did.",
    ]
    assert list(outline(tree, "b")) == ["b  ◆ Nobody moved.", "c  ○ Then *someone* did."]


def test_the_outline_shows_control_characters_as_text() -> None:
    (line,) = outline(tree_of(("r", None, b"\x1b[31mred\x00")))
    assert line == "r  ○ ␛[31mred␀"


def test_what_is_hidden_is_left_out_unless_it_is_asked_for() -> None:
    tree = tree_of(*TOAST)
    tree.apply(NodeHidden(1.0, "b"))
    for written in (dumps(tree_object(tree)), "\n".join(outline(tree))):
        assert "Marco laughed" in written
        assert "Nobody" not in written
        assert "someone" not in written
    everything = tree_object(tree, tree)["nodes"]
    assert [(n["id"], n["hidden"]) for n in everything] == [  # type: ignore[attr-defined]
        ("r", False),
        ("r2", False),
        ("a", False),
        ("b", True),
        ("c", False),
    ]
    lines = list(outline(tree, family=tree.every_child))
    assert [line.split()[:2] for line in lines[-2:]] == [["b", "×"], ["c", "×"]]


def test_a_parent_that_came_later_stands_before_its_child() -> None:
    tree = tree_of(*TOAST)
    tree.apply(NodeMoved(1.0, "r2", None, None))
    tree.apply(NodeMoved(1.0, "r", "c", None))
    nodes = json.loads(dumps(tree_object(tree)))["nodes"]
    assert [node["id"] for node in nodes] == ["r2", "a", "b", "c", "r"]

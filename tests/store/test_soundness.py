"""Changes that no tree would accept are found in the file, not in the tree."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from loom.errors import SessionFileError
from loom.store.database import open_for_writing
from loom.tree.changes import (
    NodeHidden,
    NodeMoved,
    OperationBegan,
    OperationRedone,
    OperationUndone,
)
from loom.tree.events import TreeEvent
from tests.store.specimens import new_session, read_tree, written


def kept(path: Path, *events: TreeEvent) -> Path:
    new_session(path)
    writer = open_for_writing(path)
    writer.commit([written("a"), written("b", b"x", "a"), *events], None)
    writer.close()
    return path


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (NodeHidden(1.0, "nobody"), "there is no node nobody"),
        (NodeMoved(1.0, "a", "b", None), "node a would hang from itself"),
        (NodeMoved(1.0, "a", "a", None), "node a would hang from itself"),
        (NodeMoved(1.0, "b", "nobody", None), "there is no node nobody"),
    ],
)
def test_a_change_that_cannot_be_is_damage(tmp_path: Path, event: TreeEvent, why: str) -> None:
    path = kept(tmp_path / "t.loom", event)
    with pytest.raises(SessionFileError, match=why):
        read_tree(path)


def test_a_payload_that_makes_no_sense_is_damage(tmp_path: Path) -> None:
    path = kept(tmp_path / "t.loom")
    with closing(sqlite3.connect(path)) as db:
        db.execute(
            "INSERT INTO event (at, kind, node_id, payload) VALUES (1, 'node_tagged', 'a', ?)",
            ('{"name":"x","colour":"loud","scope":"node"}',),
        )
        db.commit()
    with pytest.raises(SessionFileError, match="colour is 'loud'"):
        read_tree(path)


def test_marks_that_lead_nowhere_cost_the_way_back_and_not_the_tree(tmp_path: Path) -> None:
    path = kept(
        tmp_path / "t.loom",
        OperationUndone(1.0, "never done", 1),
        NodeHidden(1.0, "b"),
        OperationRedone(1.0, "never done", 0),
        OperationBegan(1.0, "broken off", "hide", "b", 3, "human"),
        NodeHidden(1.0, "b"),
        OperationBegan(1.0, "whole", "hide", "a", 1, "human"),
        NodeHidden(1.0, "a"),
    )
    tree = read_tree(path)
    assert tree.node("b").hidden
    assert [step.operation_id for step in tree.history.done] == ["a", "b", "broken off", "whole"]
    assert tree.history.undone == []

"""What is hidden is dropped when a person says so, and nothing else is touched."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from loom.errors import SessionFileError
from loom.store import compacting, open_for_reading
from loom.store.backups import backups_of
from loom.store.compacting import CompactPlan, compact, plan_compacting
from loom.tree.events import BranchClosed, NodeSelected
from loom.tree.graph import Tree
from tests.store.listening import Listening
from tests.store.specimens import (
    appended,
    likeness,
    new_session,
    opened,
    read_tree,
    requested,
    same_tokens,
    written,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """p has the branches a and b; c and its branch d hang from b."""
    path = new_session(tmp_path / "t.loom")
    listening = Listening(path)
    listening.journal.append(written("p"), requested("r", "p", 2))
    for i, node_id in enumerate("ab"):
        listening.journal.append(opened(node_id, "p", "r", i), appended(node_id, 0, b"x", b"yz"))
        listening.journal.append(BranchClosed(6.0, node_id, "length"))
    listening.journal.append(written("c", b"secret", "b"), requested("s", "c"))
    listening.journal.append(opened("d", "c", "s"), appended("d", 0, b"secret too"))
    listening.journal.append(BranchClosed(6.0, "d", "length"), written("e", b"kept", "a"))
    listening.journal.point(NodeSelected(7.0, "d"))
    assert listening.journal.close()
    return path


def hide(monkeypatch: pytest.MonkeyPatch, *node_ids: str) -> None:
    def hidden(tree: Tree) -> set[str]:
        return set(node_ids)

    monkeypatch.setattr(compacting, "_hidden", hidden)


def test_nothing_is_hidden_in_a_session_of_which_nothing_was_hidden(path: Path):
    assert plan_compacting(path) == CompactPlan(frozenset(), 0, False)


def test_hidden_nodes_are_gone_to_the_last_byte_and_the_rest_is_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch
):
    before = read_tree(path)
    hide(monkeypatch, "c", "d")
    plan = plan_compacting(path)
    assert plan == CompactPlan(frozenset({"c", "d"}), 1, False)
    backup = compact(path, plan)
    after = read_tree(path)
    assert [node.id for node in after] == ["p", "a", "b", "e"]
    assert [before.node(node.id) for node in after] == list(after)
    assert list(after.requests) == ["r"]
    assert after.selected_id == "b"
    assert b"secret" not in path.read_bytes()
    assert likeness(read_tree(backup)) == likeness(before)
    assert backups_of(path) == [backup]
    assert list(path.parent.iterdir()) == [path]
    with open_for_reading(path) as reader, open_for_reading(backup) as earlier:
        assert reader.check_seals().broken == ()
        assert [one.node_id for one in reader.search("kept", 9)] == ["e"]
        for node in after:
            assert same_tokens(reader.read_tokens(node.id), earlier.read_tokens(node.id))


def test_how_many_were_asked_for_stays_true(path: Path, monkeypatch: pytest.MonkeyPatch):
    hide(monkeypatch, "a", "e")
    compact(path, plan_compacting(path))
    tree = read_tree(path)
    assert (tree.requests["r"].n_branches, tree.node("b").index) == (2, 1)


def test_what_others_need_stays(path: Path, monkeypatch: pytest.MonkeyPatch):
    with closing(sqlite3.connect(path)) as db:
        db.execute(
            "INSERT INTO event (at, kind, node_id, payload) VALUES (9, 'node_moved', 'd', ?)",
            (json.dumps({"parent_id": "p", "after_id": "b"}),),
        )
        rows = db.execute("SELECT kind, node_id, payload FROM event").fetchall()
    events = [(kind, node_id, json.loads(payload)) for kind, node_id, payload in rows]
    # d was born under c and moved; c was born under b, after which d stands now.
    assert compacting._needed(events, {"b", "c"}) == {"b", "c"}
    assert compacting._needed(events, {"b", "c", "d"}) == set()
    assert compacting._needed(events, {"e"}) == set()


def test_a_session_that_is_open_is_not_compacted(path: Path, monkeypatch: pytest.MonkeyPatch):
    hide(monkeypatch, "c", "d")
    listening = Listening(path)
    with pytest.raises(SessionFileError, match="being written"):
        compact(path, plan_compacting(path))
    assert listening.journal.close()
    assert "c" in read_tree(path)


def test_without_a_backup_nothing_is_dropped(path: Path, monkeypatch: pytest.MonkeyPatch):
    hide(monkeypatch, "c", "d")
    before = likeness(read_tree(path))
    (path.parent / "home").write_bytes(b"")
    monkeypatch.setenv("LOOM_HOME", str(path.parent / "home"))
    with pytest.raises(SessionFileError, match="left as it is"):
        compact(path, plan_compacting(path))
    assert likeness(read_tree(path)) == before
    assert sorted(p.name for p in path.parent.iterdir()) == ["home", "t.loom"]

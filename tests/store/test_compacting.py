"""What is hidden is dropped when a person says so, and nothing else is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from loom.errors import SessionFileError
from loom.store import open_for_reading
from loom.store.backups import backups_of
from loom.store.compacting import CompactPlan, compact, plan_compacting
from loom.store.database import open_for_writing
from loom.tree.changes import (
    GrowthHidden,
    NodeHidden,
    NodeMoved,
    NodeShown,
    OperationBegan,
    OperationRedone,
    OperationUndone,
)
from loom.tree.events import BranchClosed, NodeSelected
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
from tests.store.test_schema import oldest


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


def hide(path: Path, *node_ids: str) -> None:
    writer = open_for_writing(path)
    writer.commit([NodeHidden(8.0, node_id) for node_id in node_ids], None)
    writer.close()


def test_nothing_is_hidden_in_a_session_of_which_nothing_was_hidden(path: Path):
    assert plan_compacting(path) == CompactPlan(frozenset(), 0, False)


def test_hidden_nodes_are_gone_to_the_last_byte_and_the_rest_is_as_it_was(
    path: Path,
):
    hide(path, "c")
    before = read_tree(path)
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


def test_how_many_were_asked_for_stays_true(path: Path):
    hide(path, "a")
    compact(path, plan_compacting(path))
    tree = read_tree(path)
    assert (tree.requests["r"].n_branches, tree.node("b").index) == (2, 1)


def test_what_others_need_stays(path: Path):
    writer = open_for_writing(path)
    writer.commit([NodeMoved(8.0, "d", "a", "e"), NodeHidden(8.5, "b")], None)
    writer.close()
    before = read_tree(path)
    assert {node.id for node in before if not before.is_visible(node.id)} == {"b", "c"}
    # d was born below c, and c below b: what is seen could not be told without them.
    assert plan_compacting(path) == CompactPlan(frozenset(), 0, False)
    hide(path, "d")
    plan = plan_compacting(path)
    assert plan.node_ids == {"b", "c", "d"}
    compact(path, plan)
    assert [node.id for node in read_tree(path)] == ["p", "a", "e"]


def test_one_who_is_put_after_a_hidden_node_keeps_it(path: Path):
    writer = open_for_writing(path)
    writer.commit([NodeMoved(8.0, "e", "p", "b"), NodeHidden(8.5, "b")], None)
    writer.close()
    assert plan_compacting(path).node_ids == {"c", "d"}


def test_hidden_growths_and_what_hangs_from_them_are_dropped_together(path: Path):
    writer = open_for_writing(path)
    writer.commit([GrowthHidden(8.0, "r")], None)
    writer.close()
    plan = plan_compacting(path)
    assert plan == CompactPlan(frozenset("abcde"), 5, False)
    compact(path, plan)
    assert [node.id for node in read_tree(path)] == ["p"]
    assert read_tree(path).selected_id == "p"


def test_what_was_shown_again_is_kept(path: Path):
    hide(path, "c")
    writer = open_for_writing(path)
    writer.commit([NodeShown(9.0, "c")], None)
    writer.close()
    assert plan_compacting(path).node_ids == frozenset()


def test_undo_is_lost_only_where_something_is_dropped(path: Path):
    def undoable() -> list[str]:
        return [step.operation_id for step in read_tree(path).history.done]

    began = [OperationBegan(8.0, id_, "hide", "c", 1, "human") for id_ in ("o", "again")]
    writer = open_for_writing(path)
    writer.commit([began[0], NodeHidden(8.0, "c"), OperationUndone(8.5, "o", 1)], None)
    writer.commit([NodeShown(8.5, "c"), OperationRedone(9.0, "o", 1), NodeHidden(9.0, "c")], None)
    writer.commit([began[1], NodeShown(9.5, "c")], None)
    writer.close()
    compact(path, plan_compacting(path))
    assert undoable()[-2:] == ["o", "again"]
    hide(path, "c")
    plan = plan_compacting(path)
    assert plan.drops_undo
    compact(path, plan)
    assert undoable() == ["p", "r", "e"]


def test_a_session_of_the_oldest_format_is_compacted(tmp_path: Path):
    path = oldest(tmp_path / "old.loom")
    before = read_tree(path)
    compact(path, CompactPlan(frozenset(), 0, False))
    assert likeness(read_tree(path)) == likeness(before)
    with open_for_reading(path) as reader:
        assert reader.check_seals().broken == ()


def test_a_session_that_is_open_is_not_compacted(path: Path):
    hide(path, "c")
    listening = Listening(path)
    with pytest.raises(SessionFileError, match="being written"):
        compact(path, plan_compacting(path))
    assert listening.journal.close()
    assert "c" in read_tree(path)


def test_without_a_backup_nothing_is_dropped(path: Path, monkeypatch: pytest.MonkeyPatch):
    hide(path, "c")
    before = likeness(read_tree(path))
    (path.parent / "home").write_bytes(b"")
    monkeypatch.setenv("LOOM_HOME", str(path.parent / "home"))
    with pytest.raises(SessionFileError, match="left as it is"):
        compact(path, plan_compacting(path))
    assert likeness(read_tree(path)) == before
    assert sorted(p.name for p in path.parent.iterdir()) == ["home", "t.loom"]
    open_for_writing(path).close()

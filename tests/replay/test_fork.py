"""A fork holds everything up to a moment, statistics as well, and leaves the first file alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from loom.errors import SessionFileError
from loom.records.tokens import rows_of
from loom.replay import Player, Tape, record
from loom.replay.fork import fork
from loom.store import open_for_reading
from loom.tree.events import BranchClosed, NodeSelected
from tests.replay.test_tape import SESSIONS
from tests.store.specimens import likeness, read_tree, same_tokens

STORY = next(path for path in SESSIONS if path.stem == "story")


def tape_of(path: Path) -> Tape:
    with open_for_reading(path) as stored:
        return record(stored.load_events())


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 1.0])
def test_it_holds_what_had_happened_and_closes_what_grew(share: float, tmp_path: Path) -> None:
    tape = tape_of(STORY)
    place = int(share * len(tape))
    target = tmp_path / "fork.loom"
    before = STORY.read_bytes()
    fork(STORY, tape, place, target, None)
    assert STORY.read_bytes() == before
    assert list(tmp_path.iterdir()) == [target]
    player = Player(tape)
    player.go_to(max(1, place))
    for node_id in player.tree.growing_ids:
        player.tree.apply(BranchClosed(0.0, node_id, "cancelled"))
    tree = player.tree
    tree.title += ", taken over"
    assert likeness(read_tree(target)) == likeness(tree)


def test_what_the_law_said_comes_along(tmp_path: Path) -> None:
    tape = tape_of(STORY)
    player = Player(tape)
    player.go_to(len(tape) // 2)
    grown = [node.id for node in player.tree if node.request_id and node.n_tokens]
    assert grown
    fork(STORY, tape, player.place, tmp_path / "fork.loom", NodeSelected(1.0, grown[0]))
    with open_for_reading(STORY) as whole, open_for_reading(tmp_path / "fork.loom") as part:
        for node_id in grown:
            kept = part.read_tokens(node_id)
            n = len(kept)
            assert n == player.tree.node(node_id).n_tokens
            first = whole.read_tokens(node_id)
            assert first.stats is not None
            assert kept.stats is not None
            assert same_tokens(replace(kept, stats=None), replace(rows_of(first, 0, n), stats=None))
            assert kept.stats.logprob.tolist() == first.stats.logprob[:n].tolist()
            assert kept.stats.top_ids.tolist() == first.stats.top_ids[:n].tolist()
    assert read_tree(tmp_path / "fork.loom").selected_id == grown[0]


def test_nothing_is_written_over_or_left_behind(tmp_path: Path) -> None:
    tape = tape_of(STORY)
    there = tmp_path / "there.loom"
    there.write_bytes(b"mine")
    with pytest.raises(SessionFileError, match="already there"):
        fork(STORY, tape, 5, there, None)
    assert there.read_bytes() == b"mine"
    with pytest.raises(SessionFileError):
        fork(tmp_path / "gone.loom", tape, 5, tmp_path / "new.loom", None)
    assert not (tmp_path / "new.loom").exists()

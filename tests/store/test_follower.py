"""Who may not write a session sees what another writes into it, and when that one is gone."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loom.errors import LoomError, NotWritableError, SessionFileError
from loom.store import Journal, open_for_reading
from loom.store.database import connect_to_read
from loom.store.follower import Follower
from loom.store.tail import Tail
from loom.tree.events import BranchClosed, NodeSelected, TokensAppended, TreeEvent
from loom.tree.graph import Tree
from tests.store.listening import NEVER, Listening
from tests.store.specimens import (
    STARTED,
    appended,
    fold,
    histories,
    likeness,
    new_session,
    opened,
    requested,
    written,
)

WHY = NotWritableError("t.loom is being written by another loom.", "Quit that one first.")


class Following:
    """A follower and all that it tells."""

    def __init__(self, path: Path) -> None:
        self.events: list[TreeEvent] = []
        self.faults: list[LoomError] = []
        self.heard = threading.Condition()
        self.follower = Follower(path, WHY, publish=self._publish, fault=self._fault)

    def _publish(self, events: tuple[TreeEvent, ...]) -> None:
        with self.heard:
            self.events += events
            self.heard.notify_all()

    def _fault(self, error: LoomError) -> None:
        with self.heard:
            self.faults.append(error)
            self.heard.notify_all()

    def wait_for_events(self, n: int) -> list[TreeEvent]:
        with self.heard:
            assert self.heard.wait_for(lambda: len(self.events) >= n, timeout=60)
            return list(self.events)

    def wait_for_fault(self) -> LoomError:
        with self.heard:
            assert self.heard.wait_for(lambda: self.faults, timeout=60)
            return self.faults[0]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return new_session(tmp_path / "t.loom")


@pytest.fixture
def following(path: Path) -> Iterator[Following]:
    one = Following(path)
    yield one
    assert one.follower.close()


def test_what_another_commits_is_seen_in_order_and_once(path: Path, following: Following):
    listening = Listening(path)
    following.follower.follow(1, {})
    listening.journal.append(written("p"), requested("r", "p"), opened("a", "p"))
    assert [type(e).__name__ for e in following.wait_for_events(3)] == [
        "NodeAdded",
        "GrowthRequested",
        "BranchOpened",
    ]
    listening.journal.append(appended("a", 0, b" upon"))
    assert listening.journal.flush()
    (tokens,) = following.wait_for_events(4)[3:]
    assert isinstance(tokens, TokensAppended)
    assert (tokens.start, tokens.tokens.pieces) == (0, (b" upon",))
    listening.journal.append(BranchClosed(6.0, "a", "length"))
    assert following.wait_for_events(5)[4:] == [BranchClosed(6.0, "a", "length")]
    assert listening.journal.close()


def test_when_the_writer_goes_its_last_words_come_before_that_is_told(
    path: Path, following: Following
):
    listening = Listening(path)
    following.follower.follow(1, {})
    listening.journal.append(written("p"))
    following.wait_for_events(1)
    listening.journal.append(written("q"))
    assert listening.journal.close()
    error = following.wait_for_fault()
    assert error.what == "Nobody is writing t.loom any more."
    assert following.events == [written("p"), written("q")]


def test_where_nobody_wrote_nobody_is_missed(path: Path, following: Following):
    following.follower.follow(1, {})
    # Whoever writes later is followed, and this time missed.
    with closing(Listening(path).journal) as journal:
        journal.append(written("p"))
        following.wait_for_events(1)
    assert following.faults == []


def test_a_session_that_is_spoilt_meanwhile_is_told_once_and_ends_it(
    path: Path, following: Following
):
    listening = Listening(path)
    listening.journal.append(written("p"))
    assert listening.journal.close()
    following.follower.follow(1, {})
    following.wait_for_events(1)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("INSERT INTO event (at, kind, node_id, payload) VALUES (1, 'x', 'p', '[]')")
    assert "is damaged" in following.wait_for_fault().what
    assert following.follower.close()
    assert len(following.faults) == 1


def test_it_takes_nothing_and_says_why(path: Path, following: Following):
    before = path.read_bytes()
    with pytest.raises(SessionFileError) as refused:
        following.follower.append(written("p"))
    assert refused.value.what == WHY.what
    following.follower.note(written("p"))
    following.follower.point(NodeSelected(1.0, "p"))
    assert following.follower.flush()
    assert path.read_bytes() == before


def test_what_cannot_be_read_is_not_followed(tmp_path: Path):
    (tmp_path / "t.loom").write_bytes(b"no session")
    with pytest.raises(SessionFileError):
        Following(tmp_path / "t.loom")


def test_one_that_never_began_ends(path: Path):
    assert Following(path).follower.close()


# What a tail reads


def look(tail: Tail, path: Path) -> list[TreeEvent]:
    with closing(connect_to_read(path)) as db:
        return tail.read(db)


def read_so_far(path: Path) -> tuple[Tree, Tail]:
    """The tree of somebody who opens the session now, and the tail that goes on from there."""
    with open_for_reading(path) as reader:
        tree = fold(reader.load_events())
        return tree, Tail(reader.last_seq, {i: tree.node(i).n_tokens for i in tree.growing_ids})


@given(histories(), st.data())
def test_looking_at_any_moments_makes_the_tree_of_the_writer(
    tmp_path_factory: pytest.TempPathFactory, history: list[TreeEvent], data: st.DataObject
):
    path = new_session(tmp_path_factory.mktemp("tail") / "t.loom")
    rest = [event for event in history[1:] if not isinstance(event, NodeSelected)]
    begun = data.draw(st.integers(0, len(rest)))
    looks = data.draw(st.sets(st.integers(begun, len(rest))))
    with closing(Journal(path, publish=list, fault=print, pace=NEVER)) as journal:
        for event in rest[:begun]:
            journal.append(event)
        assert journal.flush()
        tree, tail = read_so_far(path)
        for n, event in enumerate(rest[begun:], begun):
            if n in looks:
                assert journal.flush()
                for seen in look(tail, path):
                    tree.apply(seen)
            journal.append(event)
        assert journal.flush()
        for seen in look(tail, path):
            tree.apply(seen)
        assert look(tail, path) == []
    assert likeness(tree) == likeness(fold([STARTED, *rest]))


def test_a_branch_that_grew_and_ended_between_two_looks_comes_whole(path: Path):
    tail = Tail(1, {})
    with closing(Listening(path).journal) as journal:
        journal.append(written("p"), requested("r", "p"), opened("a", "p"))
        journal.append(appended("a", 0, b" upon", b" a"))
        assert journal.flush()
        assert len(look(tail, path)) == 4
        journal.append(appended("a", 2, b" time"), BranchClosed(6.0, "a", "length"))
        assert journal.flush()
        rest, closed = look(tail, path)
        assert isinstance(rest, TokensAppended)
        assert (rest.start, rest.tokens.pieces) == (2, (b" time",))
        assert closed == BranchClosed(6.0, "a", "length")


def test_drafts_are_found_again_where_their_numbers_begin_anew(path: Path):
    tail = Tail(1, {})
    with closing(Listening(path).journal) as journal:
        journal.append(written("p"), requested("r", "p", 2), opened("a", "p"))
        for n in range(3):
            journal.append(appended("a", n, b" x"))
            assert journal.flush()
        look(tail, path)
        journal.append(BranchClosed(6.0, "a", "length"), opened("b", "p", "r", 1))
        journal.append(appended("b", 0, b" y"))
        assert journal.flush()
        *_, tokens = look(tail, path)
        assert isinstance(tokens, TokensAppended)
        assert (tokens.node_id, tokens.start, tokens.tokens.pieces) == ("b", 0, (b" y",))


def test_what_was_known_at_the_beginning_is_not_told_again(path: Path):
    with closing(Listening(path).journal) as journal:
        journal.append(written("p"), requested("r", "p"), opened("a", "p"))
        journal.append(appended("a", 0, b" upon", b" a"))
        assert journal.flush()
        _, tail = read_so_far(path)
        assert look(tail, path) == []
        journal.append(appended("a", 2, b" time"))
        assert journal.flush()
        (tokens,) = look(tail, path)
        assert isinstance(tokens, TokensAppended)
        assert (tokens.start, tokens.tokens.pieces) == (2, (b" time",))

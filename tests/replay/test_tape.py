"""A tape has everything in its order, in the rhythm in which it happened, and ends as the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loom.records import TokenColumns
from loom.replay import Player, record
from loom.replay import player as player_module
from loom.replay.rhythm import LONGEST_PAUSE_S
from loom.store import Journal, open_for_reading
from loom.tree.events import (
    BranchClosed,
    BranchOpened,
    NodeAdded,
    SessionStarted,
    TokensAppended,
    TreeEvent,
)
from loom.tree.graph import Tree
from tests.store.specimens import (
    STARTED,
    columns,
    fold,
    histories,
    likeness,
    new_session,
    opened,
    requested,
    written,
)

SESSIONS = sorted((Path(__file__).parents[2] / "sessions").glob("*.loom"))


def timed(seconds: Sequence[float]) -> TokenColumns:
    """Tokens a, b, c ... that came at these seconds after their request."""
    pieces = [bytes([97 + at]) for at in range(len(seconds))]
    return replace(columns(pieces), elapsed_s=np.array(seconds, np.float32))


def two_branches() -> list[TreeEvent]:
    """Two branches that grow at the same time: a token each at every half second."""
    return [
        replace(STARTED, at=100.0),
        replace(written("n0"), at=100.0),
        replace(requested("r", "n0", 2), at=100.0),
        replace(opened("x", "n0", "r", 0), at=101.0),
        replace(opened("y", "n0", "r", 1), at=101.0),
        TokensAppended(102.0, "x", 0, timed([0.5, 1.0, 1.5])),
        BranchClosed(102.0, "x", "length"),
        TokensAppended(102.5, "y", 0, timed([0.5, 1.0, 1.5, 2.0])),
        BranchClosed(102.5, "y", "length"),
    ]


def test_there_are_sessions_to_replay() -> None:
    assert len(SESSIONS) >= 2


@pytest.mark.parametrize("path", SESSIONS, ids=lambda path: path.stem)
def test_every_session_that_comes_with_loom_ends_as_it_is_stored(path: Path) -> None:
    with open_for_reading(path) as stored:
        events = list(stored.load_events())
    player = Player(record(events))
    while player.place < len(player.tape):
        player.go_to(player.tape.moment_after(player.place))
    assert likeness(player.tree) == likeness(fold(events))
    assert len(player.tree) > 5


@given(histories(), st.lists(st.integers(0, 200), max_size=6))
def test_any_session_ends_as_it_is_stored_wherever_one_was_before(
    events: list[TreeEvent], places: list[int]
) -> None:
    player = Player(record(events))
    for place in [*places, len(player.tape)]:
        player.go_to(place)
    assert likeness(player.tree) == likeness(fold(events))


@given(histories(), st.integers(0, 200))
def test_a_moment_is_the_same_from_before_and_from_behind(
    events: list[TreeEvent], place: int
) -> None:
    tape = record(events)
    ahead, back = Player(tape), Player(tape)
    for step in range(1, place + 1):
        ahead.go_to(step)
    back.go_to(len(tape))
    back.go_to(place)
    assert likeness(ahead.tree) == likeness(back.tree)


@given(histories(), st.lists(st.integers(0, 200), max_size=8), st.integers(1, 4))
def test_going_back_to_any_moment_begins_at_one_that_was_kept(
    events: list[TreeEvent], places: list[int], stride: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(player_module, "LEAST_STRIDE", stride)
        player = Player(record(events))
    for place in [len(player.tape), *places]:
        before = player.tree
        happened = player.go_to(place)
        fresh = Player(player.tape)
        everything = fresh.go_to(place)
        assert likeness(player.tree) == likeness(fresh.tree)
        if player.tree is not before:
            assert _untold(happened) == _untold(everything)


def test_going_back_in_a_long_session_folds_no_more_than_lies_between_two_moments() -> None:
    writing = [replace(written(f"n{i}"), at=100.0 + i) for i in range(9_000)]
    player = Player(record([replace(STARTED, at=100.0), *writing]))
    player.go_to(len(player.tape))
    folded: list[TreeEvent] = []
    with pytest.MonkeyPatch.context() as patch:
        apply = Tree.apply
        patch.setattr(Tree, "apply", lambda tree, event: folded.append(event) or apply(tree, event))
        player.go_to(8_500)
    assert len(player.tree) == 8_499
    assert len(folded) < player_module.LEAST_STRIDE


def _untold(events: Sequence[TreeEvent]) -> list[TreeEvent]:
    return [event for event in events if not isinstance(event, TokensAppended)]


@given(histories())
def test_a_written_file_replays_to_what_it_holds(
    tmp_path_factory: pytest.TempPathFactory, events: list[TreeEvent]
) -> None:
    path = new_session(tmp_path_factory.mktemp("t") / "t.loom")
    journal = Journal(path, publish=lambda events: None, fault=lambda error: None)
    journal.append(*events[1:])
    assert journal.close()
    with open_for_reading(path) as stored:
        loaded = list(stored.load_events())
    player = Player(record(loaded))
    player.go_to(len(player.tape))
    assert likeness(player.tree) == likeness(fold(loaded))


def test_branches_that_grew_together_are_played_together() -> None:
    tape = record(two_branches())
    player = Player(tape)
    texts = []
    while player.place < len(player.tape):
        player.go_to(tape.moment_after(player.place))
        texts.append([player.tree.node(i).text for i in ("x", "y") if i in player.tree])
    assert texts == [[], [b"a", b"a"], [b"ab", b"ab"], [b"abc", b"abc"], [b"abc", b"abcd"]]
    assert tape.duration_s == pytest.approx(2.5)


def test_a_token_comes_after_its_opening_and_before_its_closing_whatever_the_clocks_say() -> None:
    late = [
        replace(event, at=90.0) if isinstance(event, BranchClosed) else event
        for event in two_branches()
    ]
    hasty = [
        replace(event, tokens=timed([0.0, np.nan, -3.0, 9e30][: len(event.tokens)]))
        if isinstance(event, TokensAppended)
        else event
        for event in two_branches()
    ]
    for events in (late, hasty):
        tape = record(events)
        where = dict(zip(map(id, tape.journal), tape.places.tolist(), strict=True))
        for event in tape.journal:
            if isinstance(event, BranchOpened):
                assert where[id(event)] < tape.voices[event.node_id].places[0]
            if isinstance(event, BranchClosed):
                assert tape.voices[event.node_id].places[-1] < where[id(event)]
        assert np.isfinite(tape.seconds).all()


def test_a_clock_that_was_set_back_turns_nothing_round() -> None:
    events = [replace(written(f"n{i}"), at=at) for i, at in enumerate([50.0, 50.5, 7.0, 7.5])]
    tape = record(events)
    assert tape.journal == tuple(events)
    assert tape.seconds.tolist() == [0.0, 0.5, 0.5, 1.0]
    assert tape.happened_at.tolist() == [50.0, 50.5, 7.0, 7.5]


def test_long_pauses_are_shortened_and_short_ones_kept() -> None:
    events = [replace(written(f"n{i}"), at=at) for i, at in enumerate([0.0, 0.3, 86_400.0])]
    assert record(events).seconds.tolist() == [0.0, 0.3, 0.3 + LONGEST_PAUSE_S]


def test_steps_go_forth_and_back_by_moments() -> None:
    tape = record(two_branches())
    forth = [0]
    while forth[-1] < len(tape):
        forth.append(tape.moment_after(forth[-1]))
    back = [len(tape)]
    while back[-1]:
        back.append(tape.moment_before(back[-1]))
    assert back == forth[::-1]
    assert all(tape.place_at(tape.second_of(place)) == place for place in forth[1:])


def test_an_empty_tape_has_no_length() -> None:
    player = Player(record([]))
    assert (len(player.tape), player.tape.duration_s, player.go_to(5)) == (0, 0.0, ())
    assert player.tape.moment_before(0) == player.tape.moment_after(0) == 0


def test_a_branch_that_nobody_closed_is_left_growing() -> None:
    tape = record(two_branches()[:6])
    player = Player(tape)
    player.go_to(len(tape))
    assert player.tree.growing_ids == ("x", "y")
    assert player.tree.node("x").text == b"abc"


def test_tokens_that_follow_one_another_come_as_one_event() -> None:
    player = Player(record(two_branches()))
    events = player.go_to(10_000)
    assert [type(event) for event in events].count(TokensAppended) == 2
    assert isinstance(events[0], SessionStarted)
    assert isinstance(events[1], NodeAdded)

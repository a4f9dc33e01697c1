"""The clock is a value: it says where one is at a given time, and nothing else moves it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from loom.replay import Clock
from loom.replay.clock import SPEEDS


def test_it_stands_until_it_is_played_and_stops_at_the_end() -> None:
    clock = Clock(10.0)
    assert clock.at(1_000.0) == 0.0
    playing = clock.played(5.0)
    assert (playing.at(8.0), playing.is_playing(8.0)) == (3.0, True)
    assert (playing.at(99.0), playing.is_playing(99.0)) == (10.0, False)


def test_it_goes_on_from_where_it_was_paused() -> None:
    paused = Clock(10.0).played(0.0).paused(4.0)
    assert paused.at(50.0) == 4.0
    assert paused.played(50.0).at(51.0) == 5.0


def test_playing_at_the_end_begins_anew() -> None:
    assert Clock(10.0).moved(10.0, 0.0).played(3.0).at(4.0) == 1.0


def test_another_speed_counts_from_now_on() -> None:
    clock = Clock(100.0).played(0.0).at_speed(4.0, 10.0)
    assert clock.at(12.0) == 18.0
    assert clock.faster(1, 12.0).speed == 8.0
    assert clock.faster(-1, 12.0).speed == 2.0


def test_the_ladder_has_ends_and_takes_in_any_speed() -> None:
    assert Clock(1.0, speed=SPEEDS[-1]).faster(1, 0.0).speed == SPEEDS[-1]
    assert Clock(1.0, speed=SPEEDS[0]).faster(-1, 0.0).speed == SPEEDS[0]
    assert Clock(1.0, speed=3.0).faster(1, 0.0).speed == 4.0
    assert Clock(1.0, speed=3.0).faster(-1, 0.0).speed == 2.0


@given(
    st.floats(0.1, 100.0),
    st.lists(
        st.tuples(st.sampled_from(["play", "pause", "move", "faster", "slower"]), st.floats(0, 50)),
        max_size=20,
    ),
)
def test_it_is_always_on_the_tape_and_only_a_move_makes_it_jump(
    duration_s: float, steps: list[tuple[str, float]]
) -> None:
    clock, now_s = Clock(duration_s), 0.0
    for what, by in steps:
        now_s += by
        before = clock.at(now_s)
        match what:
            case "play":
                clock = clock.played(now_s)
            case "pause":
                clock = clock.paused(now_s)
            case "move":
                clock = clock.moved(by * 3 - 20, now_s)
            case _:
                clock = clock.faster(1 if what == "faster" else -1, now_s)
        assert 0.0 <= clock.at(now_s) <= duration_s
        if what in ("pause", "faster", "slower"):
            assert clock.at(now_s) == before

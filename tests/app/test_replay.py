"""The replay screen: it plays by its clock, goes anywhere, and can be taken over."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot

from loom.app.keymap import footer
from loom.app.replay_app import ReplayApp
from loom.app.replay_keys import REPLAY_KEYS
from loom.app.screens.help import HelpScreen
from loom.app.screens.replay import ReplayScreen
from loom.app.widgets.timeline import Timeline, clock
from tests.store.specimens import likeness, read_tree

from .conftest import NARROW, WIDE, screen_text, until
from .replays import Hands, replay_app, replayed, wedding

STORY = Path(__file__).parents[2] / "sessions" / "story.loom"

Snap = Callable[..., bool]

sizes = pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "130x40"])


@pytest.fixture(autouse=True)
def greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Times are shown as they are where the person is."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return wedding(tmp_path / "toast.loom")


def on(pilot: Pilot[Path]) -> ReplayScreen:
    return cast(ReplayScreen, pilot.app.screen_stack[0])


def place(pilot: Pilot[Path]) -> int:
    return on(pilot)._replay.place


async def test_it_plays_by_the_clock_and_stops_at_the_end(path: Path) -> None:
    hands = Hands()
    async with replayed(path, hands) as pilot:
        assert "Nothing has happened yet" in screen_text(pilot)
        assert " playing " in screen_text(pilot)
        hands.second = 3.0
        await until(pilot, lambda: "6 growing" in screen_text(pilot))
        assert on(pilot).space.here == "root"
        hands.second = 1_000.0
        await until(pilot, lambda: " paused " in screen_text(pilot))
        assert likeness(on(pilot)._replay.tree) == likeness(read_tree(path))
        assert on(pilot).space.here == "second0"
        await pilot.press("space")
        await until(pilot, lambda: place(pilot) <= 1)


async def test_pausing_stands_still_and_speed_counts_from_now(path: Path) -> None:
    hands = Hands()
    async with replayed(path, hands) as pilot:
        hands.second = 2.0
        await pilot.press("space")
        stood = place(pilot)
        hands.second = 50.0
        await pilot.pause(0.25)
        assert place(pilot) == stood
        await pilot.press("plus", "plus", "minus", "space")
        assert "2×" in screen_text(pilot)
        hands.second = 51.0
        at = on(pilot)._replay.tape.place_at(4.0)
        await until(pilot, lambda: place(pilot) == at)


async def test_steps_marks_and_ends_go_forth_and_back(path: Path) -> None:
    async with replayed(path, Hands()) as pilot:
        await pilot.press("end")
        n = place(pilot)
        assert n == len(on(pilot)._replay.tape)
        await pilot.press("left", "left")
        assert place(pilot) < n
        await pilot.press("right", "right")
        assert place(pilot) == n
        await pilot.press("home")
        assert place(pilot) == 1
        seen = []
        while place(pilot) < n:
            await pilot.press("down")
            seen.append(place(pilot))
        assert len(seen) == len(set(seen)) >= 5
        for there in [*seen[-2::-1], 1]:
            await pilot.press("up")
            assert place(pilot) == there
        await pilot.press("pagedown", "pagedown", "pageup")
        tape = on(pilot)._replay.tape
        assert place(pilot) == tape.place_at(tape.duration_s / 10)


async def test_going_back_shows_what_was_there_then(path: Path) -> None:
    async with replayed(path, Hands(), WIDE) as pilot:
        await pilot.press("end")
        assert "A spoon fell." in screen_text(pilot)
        assert "outline · 10 nodes" in screen_text(pilot)
        await pilot.press("home", "down")
        await pilot.pause()
        assert "outline · 1 node" in screen_text(pilot)
        assert "A spoon fell." not in screen_text(pilot)


async def test_the_timeline_is_pointed_at(path: Path) -> None:
    async with replayed(path, Hands()) as pilot:
        await pilot.press("space")
        timeline = pilot.app.screen.query_one(Timeline)
        await pilot.click(timeline, offset=(timeline.size.width // 2, 1))
        tape = on(pilot)._replay.tape
        assert 0.4 < tape.second_of(place(pilot)) / tape.duration_s < 0.6
        await pilot.click(timeline, offset=(timeline.size.width - 1, 1))
        assert place(pilot) == len(tape)


async def test_a_person_who_looks_around_is_left_where_they_look(path: Path) -> None:
    async with replayed(path, Hands()) as pilot:
        await pilot.press("down", "down", *["right"] * 8, "2")
        assert on(pilot).space.here == "first1"
        assert "f follows" in screen_text(pilot)
        await pilot.press("k", "end")
        assert on(pilot).space.here == "first0"
        await pilot.press("f")
        assert on(pilot).space.here == "second0"


async def test_before_a_node_was_there_nobody_can_look_at_it(path: Path) -> None:
    async with replayed(path, Hands()) as pilot:
        await pilot.press("end", "h", "home", "down")
        assert on(pilot).space.here == "root"


async def test_taking_over_ends_with_a_file_of_that_moment(path: Path) -> None:
    before = path.read_bytes()
    async with replayed(path, Hands()) as pilot:
        await pilot.press("down", "down", *["right"] * 5, "1", "enter")
        await pilot.pause()
    taken = pilot.app.return_value
    assert taken is not None
    tree = read_tree(taken)
    assert (tree.title, tree.selected_id, len(tree)) == ("wedding-toast, taken over", "first0", 7)
    assert {node.finish for node in tree if not node.written} == {"cancelled"}
    assert path.read_bytes() == before


async def test_where_no_file_can_be_made_that_is_told(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOM_HOME", str(path / "no folder"))
    async with replayed(path, Hands()) as pilot:
        await pilot.press("end", "enter")
        await until(pilot, lambda: pilot.app._notifications)
        assert pilot.app.return_value is None


async def test_help_outline_and_the_way_out(path: Path) -> None:
    async with replayed(path, Hands()) as pilot:
        await pilot.press("end", "o")
        await until(pilot, lambda: "outline · 10 nodes" in screen_text(pilot))
        await pilot.press("home", "end")
        await until(pilot, lambda: "outline · 10 nodes" in screen_text(pilot))
        await pilot.press("question_mark")
        assert isinstance(pilot.app.screen, HelpScreen)
        await until(pilot, lambda: "new session of your own" in screen_text(pilot))
        await pilot.press("escape", "q")
    assert pilot.app.return_value is None


def test_every_key_has_an_action_and_no_key_has_two() -> None:
    for key in REPLAY_KEYS:
        name = (key.action or key.id).partition("(")[0]
        owner = ReplayApp if name.startswith("app.") else ReplayScreen
        assert hasattr(owner, f"action_{name.removeprefix('app.')}"), key.id
    bound = [key for row in REPLAY_KEYS for key in row.keys]
    assert len(bound) == len(set(bound))
    shown = footer("replaying", REPLAY_KEYS)
    assert sum(cell_len(f" {key} {label} ") for key, label in shown) <= 80


def test_a_position_is_told_in_minutes() -> None:
    assert [clock(second) for second in (0.0, 59.96, 61.23)] == ["0:00.0", "1:00.0", "1:01.2"]


def drive(*keys: str, second: float = 0.0) -> Callable[[Pilot[None]], object]:
    async def run(pilot: Pilot[None]) -> None:
        await pilot.app.workers.wait_for_complete()
        await pilot.press("space", *keys)
        await pilot.pause()

    return run


@sizes
def test_in_the_middle(snap_compare: Snap, path: Path, size: tuple[int, int]) -> None:
    keys = [*["pagedown"] * 4, "down", *["right"] * 9]
    app = replay_app(path, Hands())
    assert snap_compare(app, run_before=drive(*keys), terminal_size=size)


@sizes
def test_at_the_end(snap_compare: Snap, path: Path, size: tuple[int, int]) -> None:
    app = replay_app(path, Hands())
    assert snap_compare(app, run_before=drive("end"), terminal_size=size)


def test_at_the_beginning(snap_compare: Snap, path: Path) -> None:
    app = replay_app(path, Hands())
    assert snap_compare(app, run_before=drive("home"), terminal_size=NARROW)


async def test_joins_that_were_judged_are_marked_by_their_letters() -> None:
    async with replayed(STORY, Hands(), WIDE) as pilot:
        await pilot.press("end")
        await pilot.pause()
        line = pilot.app.screen.query_one(Timeline).render().plain.split("\n")[0]
        assert {"A", "a", "≈"} <= set(line)


def test_a_story_whose_joins_were_judged(snap_compare: Snap) -> None:
    app = replay_app(STORY, Hands())
    assert snap_compare(app, run_before=drive("end"), terminal_size=WIDE)

"""Another session is opened from the app: one's own, or an example."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import Input

from loom.app.screens.sessions import SessionsScreen
from loom.engine.process import connect_to_child
from loom.session.choosing import SessionChoice
from loom.session.examples import EXAMPLES
from loom.session.opening import open_any

from .conftest import NARROW, WIDE, app_on, opened, screen_text, until
from .fake_session import toast

NOW = 1_000_000_000.0
CHOICES = (
    SessionChoice("the toast", "9 nodes · story-base · toast.loom", Path("/s/toast.loom"), NOW),
    SessionChoice(
        "a letter", "40 nodes · mistral · letter.loom", Path("/s/letter.loom"), NOW - 1e5
    ),
    SessionChoice("broken", "", Path("/s/broken.loom"), problem="It is damaged."),
    SessionChoice("story", "branches that meet, and some that only look so"),
    SessionChoice("anon", "a conversation from which anon may leave at every line"),
)


def screen(choices: Sequence[SessionChoice] = CHOICES) -> SessionsScreen:
    return SessionsScreen(Path("/s/toast.loom"), lambda: choices, lambda: NOW)


async def answered(*keys: str) -> SessionChoice | None:
    app = app_on(toast())
    answers: list[SessionChoice | None] = []
    async with app.run_test() as pilot:
        app.push_screen(screen(), answers.append)
        await until(pilot, lambda: "examples" in screen_text(pilot))
        await pilot.press(*keys)
        await until(pilot, lambda: answers)
    return answers[0]


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        (("enter",), "a letter"),
        (("up", "enter"), "the toast"),
        (("down", "enter"), "story"),
        (("down", "down", "enter"), "anon"),
        ((*"ANON", "enter"), "anon"),
        ((*"mistral", "enter"), "a letter"),
    ],
)
async def test_enter_takes_the_line_under_the_cursor(keys: tuple[str, ...], name: str) -> None:
    chosen = await answered(*keys)
    assert chosen is not None
    assert chosen.name == name


FOREIGN = Path(__file__).parents[1] / "formats" / "foreign"


async def test_a_file_that_is_dropped_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "a tree.json"
    path.write_bytes((FOREIGN / "pyloom.json").read_bytes())
    app = app_on(toast())
    answers: list[SessionChoice | None] = []
    async with app.run_test(size=WIDE) as pilot:
        app.push_screen(screen(), answers.append)
        await until(pilot, lambda: "examples" in screen_text(pilot))
        app.screen.query_one(Input).post_message(Paste(f"'{path}'"))
        await until(pilot, lambda: "the original Loom: becomes" in screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: answers)
    assert answers[0] is not None
    assert answers[0].opened() == path


async def test_a_file_that_is_nothing_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Odile,")
    app = app_on(toast())
    answers: list[SessionChoice | None] = []
    async with app.run_test(size=WIDE) as pilot:
        app.push_screen(screen(), answers.append)
        await until(pilot, lambda: "examples" in screen_text(pilot))
        await pilot.press(*str(path))
        await until(pilot, lambda: "A file" in screen_text(pilot))
        await pilot.press("enter")
        await pilot.pause()
        assert not answers


async def test_escape_takes_nothing() -> None:
    assert await answered("escape") is None


@pytest.mark.parametrize("size", [NARROW, WIDE])
def test_own_sessions_stand_over_examples(snap_compare: object, size: tuple[int, int]) -> None:
    async def looked(pilot: Pilot[Path]) -> None:
        pilot.app.push_screen(screen())
        await until(pilot, lambda: "examples" in screen_text(pilot))

    app = app_on(toast())
    assert snap_compare(app, terminal_size=size, run_before=looked)  # type: ignore[operator]


async def test_an_example_is_copied_and_the_app_ends_with_its_file(loom_home: Path) -> None:
    async with opened(toast()) as pilot:
        await pilot.press("L")
        await until(pilot, lambda: "Examples that came with loom" in screen_text(pilot))
        await pilot.press(*"numbers", "enter")
        await until(pilot, lambda: pilot.app.return_value)
    assert pilot.app.return_value == loom_home / "sessions" / "numbers.loom"
    assert pilot.app.return_value.is_file()


async def test_staying_stays(loom_home: Path) -> None:
    async with opened(toast()) as pilot:
        await pilot.press("L")
        await until(pilot, lambda: all(name in screen_text(pilot) for name in EXAMPLES))
        await pilot.press("escape")
        await until(pilot, lambda: "Examples that" not in screen_text(pilot))
        assert pilot.app.return_value is None
        assert not (loom_home / "sessions").exists()


async def test_the_first_start_says_that_there_are_examples(
    loom_home: Path, tmp_path: Path
) -> None:
    session = open_any(None, connect_to_child(tmp_path / "engine.log"))
    try:
        async with opened(session, NARROW) as pilot:
            await until(pilot, lambda: "L opens" in screen_text(pilot))
    finally:
        session.close()

"""What a person sees, as pictures: on scripted text, so that no model changes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from loom.session import ModelStatus

from .conftest import NARROW, WIDE, app_on, screen_text, until
from .fake_session import JOKE, FakeSession, shared, toast
from .models import cpu_build

Snap = Callable[..., bool]

HUGE = (220, 60)

sizes = pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "130x40"])

three_sizes = pytest.mark.parametrize(
    "size", [NARROW, WIDE, HUGE], ids=["80x24", "130x40", "220x60"]
)


def eight(**more: object) -> FakeSession:
    session = toast(**more)
    session.settings = replace(session.settings, n_branches=8, max_tokens=48)
    session.status = ModelStatus("ready", "story-base", cpu_build("story-base"), tokens_per_s=318.0)
    return session


def grown() -> FakeSession:
    """Eight branches that have come to their ends; those with the joke meet."""
    session = eight()
    here = session.tree.selected_id
    assert here is not None
    session.grow(here)
    session.release()
    session.drain()
    branches = session.tree.child_ids(here)
    tellers = [branch for branch in branches if JOKE.encode() in session.tree.node(branch).text]
    session.found = (shared(session.tree, tellers, JOKE),)
    return session


def chat() -> FakeSession:
    session = FakeSession(
        mode="chat",
        title="who-won",
        model="story-chat",
        status=ModelStatus(name="story-chat"),
        scripts=(
            "Marco did, as he always does. He keeps the ace of hearts up his sleeve.",
            "Nobody. The cards were wet and the game was called off.",
            "I am not sure there was a game.",
        ),
        finishes=("eos",),
    )
    system = session.type(None, b"You are a gossip in a small harbour town.", "system")
    asked = session.type(system, b"Who won at cards last night?", "user")
    (answer, _) = session.say(asked, "Marco, again.", "Ask the widow.", role="assistant")
    session.drain()
    session.select(answer)
    return session


def hostile() -> FakeSession:
    session = FakeSession(title="title \x1b[31m[bold]", status=ModelStatus(name="mod\x07el"))
    root = session.type(None, b"[bold red]no markup[/] \x1b[31mno colour\x1b[0m \x07 \x9b2J\r\n")
    for text in (
        "e\u0301 漢字かな交じり文 👩\u200d🚀 done".encode(),
        "שלום \u202eevil\u202c".encode(),
        b"broken \xff\xfe utf8 \xe6\xbc",
        b"\n \n",
        b"",
        b"x" * 300,
    ):
        session.type(root, text)
    session.drain()
    session.select(root)
    return session


@sizes
def test_first_start(snap_compare: Snap, size: tuple[int, int]) -> None:
    session = toast()
    session.select(session.tree.root_ids[0])
    assert snap_compare(app_on(session), terminal_size=size)


@sizes
def test_walking(snap_compare: Snap, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(grown()), press=["right", "down", "down"], terminal_size=size)


@sizes
def test_streaming(snap_compare: Snap, size: tuple[int, int]) -> None:
    session = eight()

    async def drive(pilot: Pilot[None]) -> None:
        await pilot.press("space")
        session.release(12)
        await until(pilot, lambda: not session._news)
        await pilot.pause()

    assert snap_compare(app_on(session), run_before=drive, terminal_size=size)


@sizes
def test_opening_a_model(snap_compare: Snap, size: tuple[int, int]) -> None:
    session = eight(holds_back=True)
    session.status = ModelStatus("loading", "story-base")

    async def drive(pilot: Pilot[None]) -> None:
        await pilot.press("space")
        await until(pilot, lambda: "waiting" in screen_text(pilot))

    assert snap_compare(app_on(session), run_before=drive, terminal_size=size)


@sizes
def test_where_branches_meet(snap_compare: Snap, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(grown()), press=["m", "m"], terminal_size=size)


@sizes
def test_where_the_words_stand(snap_compare: Snap, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(grown()), press=["m", "enter"], terminal_size=size)


@sizes
def test_writing(snap_compare: Snap, size: tuple[int, int]) -> None:
    keys = ["i", *"Stop,", "ctrl+j", *"said Marco.", "space"]
    assert snap_compare(app_on(grown()), press=keys, terminal_size=size)


@sizes
def test_help(snap_compare: Snap, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(toast()), press=["question_mark"], terminal_size=size)


@sizes
def test_a_chat_that_is_answered(snap_compare: Snap, size: tuple[int, int]) -> None:
    session = chat()

    async def drive(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: pilot.app.focused is not None)
        await pilot.press(*"Why?", "enter")
        session.release(9)
        await until(pilot, lambda: not session._news)
        await pilot.pause()

    assert snap_compare(app_on(session), run_before=drive, terminal_size=size)


@sizes
def test_hostile_text(snap_compare: Snap, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(hostile()), terminal_size=size)


def test_the_outline_in_the_place_of_the_text(snap_compare: Snap) -> None:
    assert snap_compare(app_on(grown()), press=["o"], terminal_size=NARROW)


def test_an_empty_session(snap_compare: Snap) -> None:
    assert snap_compare(app_on(FakeSession()), terminal_size=NARROW)


def test_another_model(snap_compare: Snap, bare_machine: Path, story_base: Path) -> None:
    here = bare_machine.parent / "here"
    (here / "mine.gguf").write_bytes(story_base.read_bytes())
    (here / "half.gguf").write_bytes(b"GGUF")

    async def drive(pilot: Pilot[None]) -> None:
        await pilot.press("at")
        await until(pilot, lambda: "6 worlds here" in screen_text(pilot))

    assert snap_compare(app_on(toast()), run_before=drive, terminal_size=NARROW)


def test_a_tiny_terminal(snap_compare: Snap) -> None:
    assert snap_compare(app_on(toast()), terminal_size=(36, 9))


def test_a_large_screen(snap_compare: Snap) -> None:
    assert snap_compare(app_on(grown()), press=["m"], terminal_size=(220, 60))


def test_the_light_theme(snap_compare: Snap) -> None:
    async def drive(pilot: Pilot[None]) -> None:
        pilot.app.theme = "loom-light"
        await pilot.press("m")

    assert snap_compare(app_on(grown()), run_before=drive, terminal_size=WIDE)


def test_a_theme_of_textual(snap_compare: Snap) -> None:
    async def drive(pilot: Pilot[None]) -> None:
        pilot.app.theme = "gruvbox"
        await pilot.press("m")

    assert snap_compare(app_on(grown()), run_before=drive, terminal_size=WIDE)


def test_without_colour(snap_compare: Snap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(app_on(grown()), press=["m"], terminal_size=NARROW)


@three_sizes
def test_the_tokens_of_a_branch(snap_compare: Snap, size: tuple[int, int]) -> None:
    keys = ["right", "t", "right", "right", "right", "down"]
    assert snap_compare(app_on(grown()), press=keys, terminal_size=size)


@three_sizes
def test_the_tally(snap_compare: Snap, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(grown()), press=["equals_sign", "down"], terminal_size=size)


@three_sizes
def test_a_shaded_text_with_borders_and_letters(snap_compare: Snap, size: tuple[int, int]) -> None:
    keys = ["right", "a", "vertical_line", "apostrophe"]
    assert snap_compare(app_on(grown()), press=keys, terminal_size=size)


@three_sizes
def test_the_map(snap_compare: Snap, size: tuple[int, int]) -> None:
    async def drive(pilot: Pilot[None]) -> None:
        await pilot.press("right", "down", "O")
        await until(pilot, lambda: "14 nodes" in screen_text(pilot))

    assert snap_compare(app_on(grown()), run_before=drive, terminal_size=size)


@three_sizes
def test_branches_compared(snap_compare: Snap, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(grown()), press=["C"], terminal_size=size)


@three_sizes
def test_the_sampler(snap_compare: Snap, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(toast()), press=["comma"], terminal_size=size)


@three_sizes
def test_searching(snap_compare: Snap, size: tuple[int, int]) -> None:
    async def drive(pilot: Pilot[None]) -> None:
        await pilot.press("slash", *"Marco")
        await until(pilot, lambda: "texts say that." in screen_text(pilot))

    assert snap_compare(app_on(grown()), run_before=drive, terminal_size=size)

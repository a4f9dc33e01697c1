"""The picker lists what is on this machine, narrows down as one types, and takes a path too."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from loom.app.screens.model import ModelScreen
from loom.errors import UsageError
from loom.session.model_listing import ModelRow

from .conftest import app_on, opened, screen_text, until
from .fake_session import toast

ROWS = (
    ModelRow("story-base", "/b/s.gguf", "story-base", "llama", "2.22M", "F16", fits="yes"),
    ModelRow("kit-Q8", "/m/kit-Q8.gguf", "kit-Q8", "qwen2", "1.54B", "Q8_0", fits="yes"),
    ModelRow("/m/kit-Q4.gguf", "/m/kit-Q4.gguf", "kit-Q4", "qwen2", "72.7B", "Q4_K_M", fits="no"),
    ModelRow("broken", "/m/broken.gguf", "broken", problem="It is cut short."),
)


class Asking:
    """The screen over an empty app, and what it answers."""

    def __init__(self, model: str = "story-base", rows: Sequence[ModelRow] = ROWS) -> None:
        self.app: App[None] = app_on(toast())
        self.answers: list[str | None] = []
        self.screen = ModelScreen(model, lambda: rows)

    async def open(self, pilot: Pilot[None]) -> None:
        self.app.push_screen(self.screen, self.answers.append)
        await until(pilot, lambda: "here." in screen_text(pilot))

    async def press(self, *keys: str) -> str | None:
        async with self.app.run_test() as pilot:
            await self.open(pilot)
            await pilot.press(*keys)
            await until(pilot, lambda: self.answers)
        return self.answers[0]


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        (("enter",), "story-base"),
        (("down", "enter"), "kit-Q8"),
        (("down", "down", "enter"), "/m/kit-Q4.gguf"),
        (("down", "down", "down", "enter"), "story-base"),
        (("up", "enter"), "/m/kit-Q4.gguf"),
        ((*"QWEN 1.5", "enter"), "kit-Q8"),
        ((*"./x.gguf", "enter"), "./x.gguf"),
        ((*"broken", "enter"), "broken"),
        (("escape",), None),
    ],
)
async def test_keys_choose(keys: tuple[str, ...], answer: str | None) -> None:
    assert await Asking().press(*keys) == answer


async def test_the_model_that_grows_now_is_under_the_cursor() -> None:
    assert await Asking("/m/kit-Q8.gguf").press("enter") == "kit-Q8"
    assert await Asking("somewhere/else.gguf").press("enter") == "story-base"


async def test_what_was_typed_counts_where_nothing_was_found() -> None:
    assert await Asking(rows=()).press(*"m.gguf", "enter") == "m.gguf"
    assert await Asking(rows=()).press("enter") is None


async def test_what_is_wrong_and_what_is_too_large_is_said() -> None:
    asking = Asking()
    async with asking.app.run_test() as pilot:
        await asking.open(pilot)
        text = screen_text(pilot)
    assert "too large" in text
    assert "It is cut short." in text
    assert "4 models here" in text


async def test_where_nothing_fits_it_says_what_enter_does() -> None:
    asking = Asking()
    async with asking.app.run_test() as pilot:
        await asking.open(pilot)
        await pilot.press(*"zzz")
        assert "No model here fits that; Enter takes it as a path." in screen_text(pilot)
        await pilot.press(*["backspace"] * 3)
        assert "4 models here" in screen_text(pilot)


async def test_an_unused_gpu_is_told_how_to_be_used() -> None:
    screen = ModelScreen("m", lambda: ROWS, gpu_unused="NVIDIA")
    app = app_on(toast())
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(screen)
        await until(pilot, lambda: "here." in screen_text(pilot))
        assert "NVIDIA unused" in screen_text(pilot)
        assert "-DGGML_CUDA=on" in screen_text(pilot)


async def test_names_cannot_paint_the_screen() -> None:
    evil = ModelRow("x", "x", "[red]\x1b[31mx\x07", "[b]a", problem="[i]\x1b]0;title\x07")
    asking = Asking(rows=(evil,))
    async with asking.app.run_test() as pilot:
        await asking.open(pilot)
        assert "[red]␛[31mx␇" in screen_text(pilot)
        assert "\x1b" not in screen_text(pilot)


async def test_settings_that_cannot_be_read_are_said() -> None:
    def refuse() -> Sequence[ModelRow]:
        raise UsageError("config.toml sets zoom [b], which loom does not know.", "Mend it.")

    app = app_on(toast())
    async with app.run_test() as pilot:
        app.push_screen(ModelScreen("m", refuse))
        await until(pilot, lambda: "sets zoom [b]" in screen_text(pilot))


async def test_the_key_lists_the_machine_and_the_choice_is_taken(
    bare_machine: Path, story_base: Path
) -> None:
    (bare_machine.parent / "here" / "mine.gguf").symlink_to(story_base)
    session = toast()
    async with opened(session) as pilot:
        await pilot.press("at")
        await until(pilot, lambda: pilot.app.screen.query_one(OptionList).option_count)
        assert isinstance(pilot.app.focused, Input)
        await pilot.press("enter")
        await until(pilot, lambda: session.tree.model == "story-base")

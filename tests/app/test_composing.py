"""Writing: what was written before, another voice, and a person's own editor."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from textual.events import Paste

from loom.app.external_editor import edited
from loom.app.widgets.composer import MOST_WRAPPED
from loom.errors import LoomError

from .conftest import WIDE, main_screen, opened, screen_text, until
from .fake_session import FALL, TOAST, toast
from .test_snapshots import chat


async def test_up_brings_back_what_was_written_also_in_an_earlier_run() -> None:
    session = toast()
    async with opened(session, WIDE) as pilot:
        draft = main_screen(pilot).space.composer.draft
        await pilot.press("i", *"Stop.", "enter", "i", "up")
        assert draft.text == "Stop."
        await pilot.press("up")
        assert draft.text == " You are a murderer, Marco."
        await pilot.press("up", "up")
        assert draft.text == TOAST
        await pilot.press("down", "down")
        assert draft.text == "Stop."
        await pilot.press("down")
        assert draft.text == ""
        assert FALL not in draft.text


async def test_a_draft_is_not_lost_to_what_was_written_before() -> None:
    async with opened(toast(), WIDE) as pilot:
        draft = main_screen(pilot).space.composer.draft
        await pilot.press("i", *"half a", "up", "down", "up")
        assert draft.text == "half a"


async def test_in_a_chat_one_writes_as_oneself_the_model_or_the_system() -> None:
    session = chat()
    async with opened(session, WIDE) as pilot:
        composer = main_screen(pilot).space.composer
        assert composer.voice == "own"
        await pilot.press("ctrl+r")
        assert composer.voice == "answer"
        await pilot.press("ctrl+r")
        assert "holds for all that follows" in screen_text(pilot)
        await pilot.press(*"Speak in verse.", "enter")
        node = session.tree.node(session.tree.selected_id or "")
        assert (node.role, node.display_text()) == ("system", "Speak in verse.")
        assert session.tree.n_children(node.id) == 0
        await pilot.press("i", "ctrl+r", "ctrl+r", "ctrl+r")
        assert composer.voice == "own"


async def test_plain_text_has_no_other_voice() -> None:
    async with opened(toast(), WIDE) as pilot:
        await pilot.press("i", "ctrl+r")
        assert "This is plain text, without turns." in screen_text(pilot)


async def test_where_no_terminal_can_be_lent_the_editor_says_so() -> None:
    async with opened(toast(), WIDE) as pilot:
        await pilot.press("E")
        await pilot.pause()
        assert "cannot be lent to an editor" in screen_text(pilot)


async def test_the_draft_goes_through_the_editor(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def suspend() -> object:
        yield

    monkeypatch.setattr("loom.app.widgets.composer.edited", lambda text: text + " and more")
    async with opened(toast(), WIDE) as pilot:
        monkeypatch.setattr(pilot.app, "suspend", suspend)
        await pilot.press("i", *"Some", "ctrl+g")
        assert main_screen(pilot).space.composer.draft.text == "Some and more"


def editor(folder: Path, code: str) -> dict[str, str]:
    script = folder / "editor.py"
    script.write_text(f"import pathlib, sys\npath = pathlib.Path(sys.argv[1])\n{code}\n")
    return {"EDITOR": f"{sys.executable} {script}"}


def test_an_editor_is_run_on_the_text(tmp_path: Path) -> None:
    shout = editor(tmp_path, "path.write_text(path.read_text().upper() + chr(10))")
    assert edited("so it was", shout) == "SO IT WAS"
    assert edited("two\n", editor(tmp_path, "")) == "two\n"
    assert edited("half \udcff", editor(tmp_path, "")) == "half \udcff"


@pytest.mark.parametrize("command", ["/no/such/editor", "'"])
def test_an_editor_that_is_not_there_is_told(command: str) -> None:
    with pytest.raises(LoomError, match="cannot be run"):
        edited("x", {"VISUAL": command})


def test_an_editor_that_fails_changes_nothing(tmp_path: Path) -> None:
    with pytest.raises(LoomError, match="ended with an error"):
        edited("x", editor(tmp_path, "sys.exit(3)"))


async def test_a_very_long_paste_is_not_wrapped_and_what_is_written_next_is() -> None:
    session = toast()
    async with opened(session) as pilot:
        await pilot.press("i")
        draft = main_screen(pilot).space.composer.draft
        long = "the lake froze " * (MOST_WRAPPED // 15 + 1)
        pilot.app.post_message(Paste(long))
        await until(pilot, lambda: draft.text == long)
        assert not draft.soft_wrap
        await pilot.press("enter")
        await until(pilot, lambda: not draft.text)
        assert any(node.text == long.encode() for node in session.tree)
        await pilot.press("i", "a")
        assert draft.soft_wrap

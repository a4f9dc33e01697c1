"""Keys of a person's own: they do what the old ones did, and the screens say so."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import cast

import pytest

from loom.app.app import LoomApp
from loom.app.keymap import KEYMAP
from loom.app.rebinding import as_textual, rebound
from loom.errors import UsageError
from loom.session import Session

from .conftest import WIDE, screen_text
from .fake_session import toast


def app_with(session: object, given: Mapping[str, Sequence[str]]) -> LoomApp:
    app = LoomApp(cast(Session, session), keys=rebound(given))
    app.animation_level = "none"
    return app


def test_nothing_given_changes_nothing() -> None:
    assert rebound({}) == KEYMAP
    assert as_textual(rebound({})) == {}


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"hid": ["x"]}, "Did you mean hide?"),
        ({"zzzz": ["x"]}, "which is nothing"),
        ({"hide": ["u"]}, "undo has it"),
        ({"hide": ["ctrl+q"]}, "quit_anywhere has it"),
        ({"hide": ["ctrl+m"]}, "A terminal sends Enter for ctrl+m."),
        ({"hide": ["Ctrl X"]}, "which is none"),
        ({"enter_branch": ["x"]}, "are digits"),
    ],
)
def test_what_cannot_be_is_told(given: Mapping[str, Sequence[str]], what: str) -> None:
    with pytest.raises(UsageError, match=re.escape(what)):
        rebound(given)


def test_two_keys_may_change_places() -> None:
    table = {key.id: key for key in rebound({"undo": ["U"], "redo": ["u"]})}
    assert (table["undo"].keys, table["undo"].shown) == (("U",), "U")
    assert table["redo"].keys == ("u",)


async def test_another_key_does_it_and_the_old_one_no_longer() -> None:
    session = toast()
    here = session.tree.selected_id or ""
    given = {"bookmark": ["Z"], "unload": ["f6"], "parent": ["ctrl+u", "h"]}
    async with app_with(session, given).run_test(size=WIDE) as pilot:
        await pilot.press("b")
        assert not session.tree.marks(here).bookmarked
        await pilot.press("Z")
        assert session.tree.marks(here).bookmarked
        above = session.tree.node(here).parent_id
        await pilot.press("ctrl+u")
        assert session.tree.selected_id == above
        await pilot.press("left")
        assert session.tree.selected_id == above
        await pilot.press("h")
        assert session.tree.selected_id != above


async def test_what_had_no_key_can_be_given_one() -> None:
    session = toast()
    given = {"duplicate": ["f7"]}
    async with app_with(session, given).run_test(size=WIDE) as pilot:
        await pilot.press("f7")
        assert session.tree.n_visible == 7


async def test_footer_help_and_palette_say_the_new_key() -> None:
    given = {"grow": ["f5"], "bookmark": ["Z"], "unload": ["f6"]}
    app = app_with(toast(), given)
    async with app.run_test(size=(220, 110)) as pilot:
        await pilot.pause()
        assert "F5 grow" in screen_text(pilot)
        titles = [command.title for command in app.get_system_commands(app.screen)]
        assert "Mark: bookmark (Z)" in titles
        await pilot.press("question_mark")
        assert "F5      " in screen_text(pilot)

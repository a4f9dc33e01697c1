"""Words name the keys that a person has: never a key that is written into them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

import loom
from loom.app.key_names import KeyNames, shown_key, shown_keys
from loom.app.keymap import KEYMAP
from loom.app.rebinding import rebound

from .conftest import WIDE, main_screen, screen_text
from .fake_session import FakeSession, toast
from .test_rebinding import app_with
from .test_snapshots import grown

_LOOM = Path(loom.__file__).parent
_TABLES = {"keymap.py", "view_keys.py", "mark_keys.py", "replay_keys.py", "key_names.py", "keys.py"}

_VERBS = (
    "grows|writes|shows|stops|goes|keeps|opens|draws|makes|puts|picks|hides|undoes|asks|lets|"
    "chooses|bookmarks|tags|notes|copies|splits|folds|takes|looks|across|apart|back|why|scrolls"
)
_KEYS = "|".join(
    re.escape(shown)
    for key in KEYMAP
    if key.state in ("walking", "writing")
    for shown in key.shown.split()
    if shown not in ("Enter", "Esc", "↑", "↓", "←", "→", "I")
)
# Dialogs have keys that nobody can change, and may name those: Enter, Esc, arrows, Ctrl+letters.
_WRITTEN = re.compile(
    rf"(?:^|[\s·(\"])(?:{_KEYS}) (?:{_VERBS})\b|[Pp]ress (?!what|⟨)\S{{1,6}}[ ,.:]"
)


def texts_of(path: Path) -> Iterator[str]:
    """What a file says to somebody: its string constants, without docstrings."""
    tree = ast.parse(path.read_text())
    told = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def test_no_words_have_a_key_written_into_them() -> None:
    found = [
        f"{path.relative_to(_LOOM)}: {text}"
        for path in sorted(_LOOM.rglob("*.py"))
        if path.name not in _TABLES and "worlds" not in path.parts
        for text in texts_of(path)
        if _WRITTEN.search(text)
    ]
    assert not found


def test_every_name_in_words_is_one_of_the_table_of_keys() -> None:
    ids = {key.id for key in KEYMAP}
    named = {
        name
        for path in _LOOM.rglob("*.py")
        if path.name != "key_names.py"
        for text in texts_of(path)
        for name in re.findall("⟨([^⟩]+)⟩", text)
    }
    assert named
    assert named <= ids


def test_the_names_that_the_map_makes_of_others_are_in_the_table_too() -> None:
    ids = {key.id for key in KEYMAP}
    source = (_LOOM / "app" / "words.py").read_text()
    meets = source[source.index("def where_it_meets") : source.index("def _what_meets")]
    names = re.findall("⟨([^⟩]+)⟩", meets)
    assert names
    assert {f"map.{name}" for name in names} <= ids


def test_words_have_the_first_key_of_a_row_and_what_is_none_stays() -> None:
    named = KeyNames(rebound({"grow": ["ctrl+x", "f5"]}))
    assert named("⟨grow⟩ grows, ⟨write⟩ writes.") == "Ctrl+X grows, i writes."
    assert named("⟨nothing⟩ and ⟨Grow⟩ stay") == "⟨nothing⟩ and ⟨Grow⟩ stay"
    assert named("⟨merge⟩ merges") == "Ctrl+P merges"


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("x", "x"),
        ("X", "X"),
        ("+", "+"),
        ("ctrl+x", "Ctrl+X"),
        ("f5", "F5"),
        ("space", "Space"),
        ("shift+up", "⇧↑"),
        ("pageup", "PgUp"),
        ("escape", "Esc"),
        ("alt+enter", "Alt+Enter"),
    ],
)
def test_keys_are_read_as_they_stand_on_a_keyboard(name: str, read: str) -> None:
    assert shown_key(name) == read


def test_a_row_without_a_key_is_reached_by_the_palette() -> None:
    assert shown_keys([]) == "Ctrl+P"


_OWN = {
    "grow": ["f5"],
    "write": ["f6"],
    "help": ["f7"],
    "sessions": ["f8"],
    "model": ["f9"],
    "stop": ["f10"],
    "undo": ["f11"],
    "next_join": ["f12"],
    "markdown": ["f3"],
}


async def test_hints_notices_and_empty_pages_name_a_person_s_own_keys() -> None:
    empty = FakeSession()
    async with app_with(empty, _OWN).run_test(size=WIDE) as pilot:
        await pilot.pause()
        text = screen_text(pilot)
        assert "F6 writes a beginning; F5 grows from nothing at all." in text
        assert "F5 grows branches, arrows walk, F6 writes, F8" in text
        assert "F9 or run" in text
    async with app_with(toast(), _OWN).run_test(size=WIDE) as pilot:
        assert "F5 grows 5" in await told(pilot)
        await pilot.press("left_square_bracket")
        assert "F5 grows from the cut · F10 keeps all" in await told(pilot)
        await pilot.press("f10", "f3")
        assert "F3 back to marks and shades" in await told(pilot)
        await pilot.press("O", "escape", "f12")
        assert "F5 grows more of them." in notices(pilot)
    async with app_with(grown(), _OWN).run_test(size=WIDE) as pilot:
        main_screen(pilot).action_hide()
        await pilot.pause()
        assert "F11 shows it again." in notices(pilot)


async def told(pilot: Pilot[None]) -> str:
    await pilot.pause()
    return screen_text(pilot)


def notices(pilot: Pilot[None]) -> str:
    return " ".join(str(one.message) for one in pilot.app._notifications)

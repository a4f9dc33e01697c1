"""Where texts stand, by key and palette; all of it comes back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot

from loom.app.display import byte_shown_at, shown_range
from loom.app.keymap import KEYMAP
from loom.tree.graph import Tree

from .conftest import WIDE, main_screen, opened, screen_text, until
from .fake_session import FakeSession, toast
from .test_operating import at
from .test_snapshots import chat


def shape(tree: Tree) -> list[tuple[str, str | None]]:
    """What is to be seen, in the order of the outline."""
    order, found = list(reversed(tree.root_ids)), []
    while order:
        node = tree.node(order.pop())
        parent = None if node.parent_id is None else tree.node(node.parent_id).display_text()
        found.append((node.display_text(), parent))
        order += reversed(tree.child_ids(node.id))
    return found


def texts(session: FakeSession, ids: tuple[str, ...]) -> list[str]:
    return [session.tree.node(one).display_text() for one in ids]


async def test_a_text_is_split_at_the_cut_and_put_together_again() -> None:
    session = toast()
    before = shape(session.tree)
    async with opened(session, WIDE) as pilot:
        await pilot.press("z")
        assert "There is no cut here." in screen_text(pilot)
        await pilot.press("left_curly_bracket", "z")
        tree = session.tree
        here = tree.selected_id or ""
        assert tree.node(here).display_text() == " The room went still."
        assert texts(session, tree.child_ids(here)) == [" A spoon fell."]
        await pilot.press("right")
        main_screen(pilot).action_merge()
        assert tree.node(tree.selected_id or "").display_text() == (
            " The room went still. A spoon fell."
        )
        await pilot.press("u", "u")
        assert shape(tree) == before


async def test_a_chain_is_merged_and_taken_apart() -> None:
    session = toast()
    async with opened(session, WIDE) as pilot:
        screen, tree = main_screen(pilot), session.tree
        before = shape(tree)
        screen.action_merge_chain()
        merged = tree.node(tree.selected_id or "")
        assert merged.display_text().endswith("Marco. The room went still. A spoon fell.")
        screen.action_take_apart()
        assert shape(tree) == before
        screen.action_take_apart()
        await pilot.pause()
        assert "is not merged from nodes" in screen_text(pilot)


async def test_a_copy_stands_right_beside() -> None:
    session = toast()
    async with opened(session, WIDE) as pilot:
        await pilot.press("g", "right")
        main_screen(pilot).action_duplicate()
        root = session.tree.root_ids[0]
        twist, copy, *_ = session.tree.child_ids(root)
        assert session.tree.selected_id == copy
        assert texts(session, (twist,)) == texts(session, (copy,))
        assert len(list(session.tree.subtree_ids(copy))) == 3


async def test_siblings_change_places_and_stop_at_the_ends() -> None:
    session = toast()
    root = session.tree.root_ids[0]
    twist = session.tree.child_ids(root)[0]
    async with opened(session, WIDE) as pilot:
        await pilot.press("g", "right", "shift+down", "shift+down")
        assert session.tree.child_ids(root)[-1] == twist == session.tree.selected_id
        await pilot.press("shift+down")
        assert "It is the last of its siblings already." in screen_text(pilot)
        await pilot.press("shift+up", "u", "u", "u")
        assert session.tree.child_ids(root)[0] == twist


async def test_a_text_is_picked_up_and_put_elsewhere() -> None:
    session = toast()
    cheats, dares = at(session, "He cheats"), at(session, "Nobody else")
    async with opened(session, WIDE) as pilot:
        await pilot.press("V")
        assert "Nothing is picked up." in screen_text(pilot)
        screen = main_screen(pilot)
        screen._stand_at(cheats)
        await pilot.press("X")
        screen._stand_at(dares)
        await pilot.press("V")
        assert session.tree.node(cheats).parent_id == dares
        assert session.tree.selected_id == cheats
        await pilot.press("u")
        assert session.tree.node(cheats).parent_id == session.tree.root_ids[0]
        await pilot.press("X", "X", "V")
        assert "Nothing is picked up." in screen_text(pilot)


async def test_nothing_is_put_under_itself() -> None:
    session = toast()
    before = shape(session.tree)
    async with opened(session, WIDE) as pilot:
        await pilot.press("g", "X", "G", "V")
        assert "cannot hang from itself" in screen_text(pilot)
        assert shape(session.tree) == before


async def test_what_is_hidden_is_listed_and_shown_again() -> None:
    session = toast()
    async with opened(session, WIDE) as pilot:
        screen = main_screen(pilot)
        screen.action_restore()
        await pilot.pause()
        assert "Nothing is hidden." in screen_text(pilot)
        await pilot.press("g", "right", "x")
        screen.action_restore()
        await pilot.pause()
        assert "and 2 texts below" in screen_text(pilot)
        await pilot.press("enter")
        here = session.tree.selected_id or ""
        assert session.tree.node(here).display_text().startswith(" But there is something")


@pytest.mark.parametrize("name", ["merge", "merge_chain", "take_apart", "duplicate", "restore"])
async def test_what_has_no_key_is_in_the_palette(name: str) -> None:
    (row,) = [key for key in KEYMAP if key.id == name]
    async with opened(toast(), WIDE) as pilot:
        commands = pilot.app.get_system_commands(main_screen(pilot))
        assert f"{row.group}: {row.label}" in [command.title for command in commands]


# Saying it another way


async def test_an_edit_begins_with_the_text_and_stands_beside_it() -> None:
    session = toast()
    fall = session.tree.selected_id or ""
    async with opened(session, WIDE) as pilot:
        await pilot.press("e")
        assert "stands right beside the old wording" in screen_text(pilot)
        await pilot.press(*" Twice.", "enter")
        siblings = session.tree.sibling_ids(fall)
        assert texts(session, siblings) == [
            " The room went still. A spoon fell.",
            " The room went still. A spoon fell. Twice.",
        ]
        assert session.tree.selected_id == siblings[1]
        await pilot.press("e", "enter")
        assert "The new text is the old one." in screen_text(pilot)


async def test_a_message_said_another_way_is_answered() -> None:
    session = chat()
    asked = session.tree.child_ids(session.tree.root_ids[0])[0]
    session.select(asked)
    async with opened(session, WIDE) as pilot:
        await pilot.press("escape", "e", *" Really?", "enter")
        new = session.tree.selected_id or ""
        assert session.tree.node(new).display_text() == "Who won at cards last night? Really?"
        assert session.tree.n_children(new) == session.settings.n_branches


# By mouse


def place(pilot: Pilot[None], words: str) -> tuple[int, int]:
    """Where words stand in the reading pane."""
    reading = main_screen(pilot).space.reading
    rows = screen_text(pilot).splitlines()
    for y in range(reading.region.y, reading.region.bottom):
        if (x := rows[y].find(words, reading.region.x)) >= 0:
            return x, y
    raise AssertionError(f"{words!r} is not there")


async def test_a_click_in_the_text_cuts_there_and_one_before_goes_there() -> None:
    session = toast()
    here = session.tree.selected_id or ""
    async with opened(session, WIDE) as pilot:
        await pilot.click(offset=place(pilot, "A spoon"))
        cut = main_screen(pilot).space.cut
        assert session.tree.node(here).text[cut:] == b"A spoon fell."
        await pilot.press("z")
        assert session.tree.node(session.tree.selected_id or "").text == b" The room went still. "
        await pilot.press("u")
        pilot.app.clear_notifications()
        await until(pilot, lambda: "Undone" not in screen_text(pilot))
        await pilot.click(offset=place(pilot, "murderer"))
        assert session.tree.selected_id == at(session, "You are a murderer")


@given(st.text("ab é漢👩‍🚀\n\t\x1b", max_size=12), st.integers(0, 14))
def test_a_column_is_the_character_that_stands_there(text: str, column: int) -> None:
    raw = text.encode()
    byte = byte_shown_at(raw, column)
    assert 0 <= byte <= len(raw)
    assert shown_range(raw, 0, byte)[1] <= column or byte == 0
    if byte < len(raw):
        assert shown_range(raw, 0, byte + 1)[1] > column

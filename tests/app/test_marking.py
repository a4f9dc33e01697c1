"""Tags, notes, titles, chapters: put on a text, seen in the panes, found again, taken back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from loom.app.mark_list import marked_ids
from loom.app.marked import chips, known_tags
from loom.tree.changes import Tag

from .conftest import NARROW, WIDE, app_on, main_screen, opened, screen_text
from .fake_session import FakeSession, toast
from .test_snapshots import Snap, grown, three_sizes


def marks_here(session: FakeSession) -> object:
    return session.tree.marks(session.tree.selected_id or "")


async def test_a_tag_is_typed_seen_and_taken_away_again() -> None:
    session = toast()
    async with opened(session, WIDE) as pilot:
        await pilot.press("number_sign", *"turn", "down", "left", "down", "right", "enter")
        here = session.tree.selected_id or ""
        assert session.tree.marks(here).tags == (Tag("turn", "magenta", "ancestry"),)
        assert screen_text(pilot).count("#turn") == 2
        await pilot.press("number_sign", *"turn")
        assert "Enter takes it away" in screen_text(pilot)
        await pilot.press("enter")
        assert session.tree.marks(here).tags == ()
        await pilot.press("u")
        assert session.tree.marks(here).tags == (Tag("turn", "magenta", "ancestry"),)


async def test_a_name_that_is_used_is_completed_with_its_colour() -> None:
    session = toast()
    root = session.tree.root_ids[0]
    session.operations.marking.tag(root, Tag("opening", "green", "subtree"))
    async with opened(session, WIDE) as pilot:
        await pilot.press("number_sign", *"ope")
        await pilot.app.workers.wait_for_complete()
        await pilot.press("right", "enter")
        tags = session.tree.marks(session.tree.selected_id or "").tags
        assert tags == (Tag("opening", "green", "subtree"),)


async def test_a_tag_without_a_name_is_none() -> None:
    session = toast()
    async with opened(session, WIDE) as pilot:
        await pilot.press("number_sign", "enter", "escape")
        assert marked_ids(session.tree) == []
        assert pilot.app.screen is main_screen(pilot)


@pytest.mark.parametrize(
    ("key", "read"),
    [
        ("exclamation_mark", lambda marks: marks.note),
        ("T", lambda marks: marks.title),
        ("P", lambda marks: marks.chapter),
    ],
    ids=["note", "title", "chapter"],
)
async def test_words_are_put_on_a_text_and_an_empty_line_takes_them_away(
    key: str, read: Callable[[object], str]
) -> None:
    session = toast()
    async with opened(session, WIDE) as pilot:
        await pilot.press(key, *"Turning", "enter")
        assert read(marks_here(session)) == "Turning"
        assert "Turning" in screen_text(pilot)
        await pilot.press(key, *["backspace"] * len("Turning"), "enter")
        assert read(marks_here(session)) == ""
        assert "Turning" not in screen_text(pilot)
        await pilot.press(key, *"Not this", "escape")
        assert read(marks_here(session)) == ""


async def test_a_note_may_have_lines() -> None:
    session = toast()
    async with opened(session, WIDE) as pilot:
        await pilot.press("exclamation_mark", *"One.", "ctrl+j", *"Two.", "enter")
        assert "† One. ¶ Two." in screen_text(pilot)


async def test_the_session_is_renamed_from_the_palette_s_command() -> None:
    session = toast()
    async with opened(session, WIDE) as pilot:
        main_screen(pilot).action_title_session()
        await pilot.pause()
        await pilot.press("end", *" II", "enter")
        assert session.tree.title == "wedding-toast II"
        assert "wedding-toast II" in screen_text(pilot)


async def test_a_chapter_begins_on_a_line_of_its_own_and_goes_again() -> None:
    session = toast()
    twist = session.tree.child_ids(session.tree.root_ids[0])[0]
    async with opened(session, NARROW) as pilot:
        before = screen_text(pilot)
        session.operations.marking.chapter(twist, "The groom")
        main_screen(pilot)._take_news()
        await pilot.pause()
        lines = screen_text(pilot).splitlines()
        assert any(re.search(r"[○●] § The groom$", line.rstrip()) for line in lines)
        session.operations.undo()
        main_screen(pilot)._take_news()
        await pilot.pause()
        assert screen_text(pilot) == before


async def test_what_is_marked_is_listed_in_the_order_of_the_tree_and_gone_to() -> None:
    session = toast()
    root = session.tree.root_ids[0]
    twist, dares, _ = session.tree.child_ids(root)
    marking = session.operations.marking
    marking.note(dares, "Why nobody?")
    marking.title(twist, "Twist")
    async with opened(session, WIDE) as pilot:
        await pilot.press("B", "down", "enter")
        assert session.tree.selected_id == dares
        assert "† Why nobody?" in screen_text(pilot)
    assert marked_ids(session.tree) == [twist, dares]


async def test_where_nothing_is_marked_it_says_how_to_mark() -> None:
    async with opened(toast(), WIDE) as pilot:
        await pilot.press("B")
        assert "# tags, ! notes" in screen_text(pilot)


def test_tags_are_offered_by_how_much_they_are_used() -> None:
    session = toast()
    root = session.tree.root_ids[0]
    twist, dares, _ = session.tree.child_ids(root)
    for node_id, name in ((root, "once"), (twist, "twice"), (dares, "twice")):
        session.operations.marking.tag(node_id, Tag(name))
    assert [tag.name for tag in known_tags(session.tree)] == ["twice", "once"]


@pytest.mark.parametrize(
    ("room", "shown"),
    [(40, [" #good", " #bad one"]), (13, [" #good", " #bad …"]), (7, [" #good"]), (3, [])],
)
def test_tags_leave_what_room_there_is(room: int, shown: list[str]) -> None:
    tags = (Tag("good", "green"), Tag("bad one", "red"))
    assert [chip for chip, _ in chips(tags, room)] == shown


def marked() -> FakeSession:
    """The toast with all that can be put on texts."""
    session = grown()
    root = session.tree.root_ids[0]
    twist, dares, cheats = session.tree.child_ids(root)
    fall = session.tree.selected_id or ""
    marking = session.operations.marking
    marking.chapter(twist, "The groom")
    marking.tag(twist, Tag("arc", "blue", "subtree"))
    marking.title(dares, "Silence")
    marking.tag(dares, Tag("kept", "green"))
    marking.tag(dares, Tag("too quiet", "yellow"))
    marking.bookmark(cheats)
    marking.note(fall, "The spoon is the turn: everything after it has to answer for it.")
    marking.tag(fall, Tag("turn", "magenta"))
    session.drain()
    return session


@three_sizes
def test_marks_in_every_pane(snap_compare: Snap, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(marked()), terminal_size=size)


@three_sizes
def test_asking_for_a_tag(snap_compare: Snap, size: tuple[int, int]) -> None:
    keys = ["number_sign", *"tur"]
    assert snap_compare(app_on(marked()), press=keys, terminal_size=size)


@three_sizes
def test_writing_a_note(snap_compare: Snap, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(marked()), press=["exclamation_mark"], terminal_size=size)


@three_sizes
def test_the_list_of_what_is_marked(snap_compare: Snap, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(marked()), press=["B"], terminal_size=size)

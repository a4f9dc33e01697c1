"""Text selected with the mouse or by keys: copied as it is kept, and split where it begins."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from loom.app.widgets.reading_pane import ReadingPane

from .conftest import WIDE, app_on, main_screen, opened, screen_text
from .fake_session import FakeSession, toast

RAIL = 6
Snap = Callable[..., bool]


def two_texts() -> tuple[FakeSession, str, str]:
    session = FakeSession()
    root = session.type(None, "Friends, raise your glasses.\x1b[1m\n漢字 and".encode())
    (child,) = session.say(root, " Marco laughed.")
    return session, root, child


def in_pane(pilot: Pilot[None], x: int, y: int) -> tuple[int, int]:
    """A cell of the text, as the pilot counts them."""
    gutter = main_screen(pilot).space.reading.gutter
    return x + RAIL + gutter.left, y + gutter.top


async def drag(pilot: Pilot[None], start: tuple[int, int], end: tuple[int, int]) -> None:
    pressed, left = in_pane(pilot, *start), in_pane(pilot, *end)
    await pilot.mouse_down(ReadingPane, offset=pressed)
    await pilot.hover(ReadingPane, offset=left)
    await pilot.mouse_up(ReadingPane, offset=left)
    await pilot.pause()


def selected(pilot: Pilot[None]) -> str | None:
    found = main_screen(pilot).space.reading.selected
    return None if found is None else found.text.decode()


async def test_a_drag_selects_and_the_copy_is_what_is_kept() -> None:
    session, _, child = two_texts()
    async with opened(session, WIDE) as pilot:
        main_screen(pilot)._stand_at(child)
        await drag(pilot, (9, 0), (13, 0))
        assert selected(pilot) == "raise"
        assert "5 characters selected" in screen_text(pilot)
        await pilot.press("y")
        assert pilot.app.clipboard == "raise"
        assert main_screen(pilot).space.here == child


async def test_it_goes_over_lines_and_texts_and_backwards_and_takes_characters_whole() -> None:
    session, _, child = two_texts()
    async with opened(session, WIDE) as pilot:
        main_screen(pilot)._stand_at(child)
        await drag(pilot, (13, 1), (20, 0))
        assert selected(pilot) == "glasses.\x1b[1m\n漢字 and Marco"
        await drag(pilot, (1, 1), (2, 1))
        assert selected(pilot) == "漢字"


async def test_what_is_selected_is_seen_and_goes_with_a_click_with_escape_and_with_walking() -> (
    None
):
    session, root, child = two_texts()
    async with opened(session, WIDE) as pilot:
        screen = main_screen(pilot)
        screen._stand_at(child)
        await drag(pilot, (9, 0), (13, 0))
        line = screen.space.reading.draw_line(0)
        assert [line.plain[s.start : s.end] for s in line.spans if "reverse" in str(s.style)] == [
            "raise"
        ]
        await pilot.press("escape")
        assert selected(pilot) is None
        assert "selected" not in screen_text(pilot)
        await drag(pilot, (9, 0), (13, 0))
        await pilot.click(ReadingPane, offset=in_pane(pilot, 6, 1))
        assert selected(pilot) is None
        await drag(pilot, (9, 0), (13, 0))
        screen._stand_at(root)
        assert selected(pilot) is None


async def test_a_split_is_made_where_it_begins_in_whichever_text() -> None:
    session, _, child = two_texts()
    async with opened(session, WIDE) as pilot:
        main_screen(pilot)._stand_at(child)
        await drag(pilot, (9, 0), (13, 0))
        await pilot.press("z")
        tree = session.tree
        texts = [node.text.decode() for node in tree.path(child)]
        assert texts[0] == "Friends, "
        assert texts[1].startswith("raise your")
        assert texts[2] == " Marco laughed."


async def test_what_is_rendered_is_selected_as_it_is_written() -> None:
    session = FakeSession()
    session.type(None, b"## Head\n\n- one **two** three")
    async with opened(session, WIDE) as pilot:
        await pilot.press("asterisk")
        await drag(pilot, (6, 2), (10, 2))
        assert selected(pilot) == "two** t"
        line = main_screen(pilot).space.reading.draw_line(2)
        reverse = [line.plain[s.start : s.end] for s in line.spans if "reverse" in str(s.style)]
        assert "".join(reverse) == "two t"


@pytest.mark.parametrize("column", [-6, 200])
async def test_beside_the_text_is_its_edge(column: int) -> None:
    session, _, child = two_texts()
    async with opened(session, WIDE) as pilot:
        main_screen(pilot)._stand_at(child)
        reading = main_screen(pilot).space.reading
        end = min(column, reading.size.width - RAIL - 1)
        await drag(pilot, (9, 0), (end, 0))
        found = selected(pilot)
        assert found is not None
        assert found.startswith("raise your glasses.") if column > 0 else found == "Friends, r"


async def test_keys_select_words_and_lines_and_characters_whole() -> None:
    session, _, child = two_texts()
    async with opened(session, WIDE) as pilot:
        main_screen(pilot)._stand_at(child)
        await pilot.press("R")
        assert selected(pilot) == "M"
        assert "selecting" in screen_text(pilot)
        await pilot.press("w")
        assert selected(pilot) == "Marco"
        await pilot.press("w", "left")
        assert selected(pilot) == "Marco laughed"
        await pilot.press("o", "b", "b")
        assert selected(pilot) == "漢字 and Marco laughed"
        await pilot.press("l")
        assert selected(pilot) == "字 and Marco laughed"
        await pilot.press("k")
        assert str(selected(pilot)).endswith("\n漢字 and Marco laughed")
        await pilot.press("y")
        assert pilot.app.clipboard == selected(pilot)


async def test_who_has_selected_walks_again_after_escape_and_where_it_is_split() -> None:
    session, _, child = two_texts()
    async with opened(session, WIDE) as pilot:
        screen = main_screen(pilot)
        screen._stand_at(child)
        await pilot.press("R", "w", "escape")
        assert selected(pilot) is None
        assert screen.focused is None
        await pilot.press("left")
        assert screen.space.here != child
        await pilot.press("right", "shift+right", "w", "w", "o", "w", "l", "l")
        assert selected(pilot) == "laughed."
        await pilot.press("z")
        assert not screen.space.reading.is_selecting
        assert screen.focused is None
        assert session.tree.node(str(screen.space.here)).text == b" Marco "


async def test_without_a_text_there_is_nothing_to_select() -> None:
    async with opened(FakeSession(), WIDE) as pilot:
        await pilot.press("R")
        assert not main_screen(pilot).space.reading.is_selecting
        assert "There is no text yet." in screen_text(pilot)


def test_what_keys_select_is_seen_and_what_they_do_next(snap_compare: Snap) -> None:
    keys = ["1", "R", "w", "w", "down", "b"]
    assert snap_compare(app_on(toast()), press=keys, terminal_size=WIDE)

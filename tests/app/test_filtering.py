"""The outline filtered: what fits and what leads there, while one types."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loom.app.filtering import Filter, left
from loom.tree.changes import Tag

from .conftest import NARROW, WIDE, app_on, main_screen, opened, screen_text, until
from .fake_session import FakeSession, toast
from .test_marking import marked
from .test_snapshots import Snap, three_sizes


def said(session: FakeSession, line: str) -> list[str]:
    handfuls = left(session.tree, Filter.read(line), n_at_once=2)
    ids = [node_id for handful in handfuls for node_id in handful]
    return [session.tree.node(node_id).display_text().split()[0] for node_id in ids]


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("", Filter()),
        ("tag:kept by:you old joke", Filter(("kept",), ("you",), (), ("old", "joke"))),
        ('tag:"too quiet" "old joke"', Filter(("too quiet",), (), (), ("old joke",))),
        ("model:story", Filter(models=("story",))),
        ("tag:", Filter(words=("tag:",))),
        ('tag:"open', Filter(tags=("open",))),
    ],
)
def test_a_line_is_read_as_what_is_asked(line: str, asked: Filter) -> None:
    assert Filter.read(line) == asked


@given(st.text('abt:g"y ', max_size=20))
def test_any_line_is_read(line: str) -> None:
    assert bool(Filter.read(line)) == bool(line.replace('"', "").strip()) or '"' in line


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("tag:kept", ["Nobody"]),
        ("tag:KE", ["Nobody"]),
        ("tag:arc by:you", ["You"]),
        ("by:you", ["Friends,", "You"]),
        ("by:model mar", ["Then", "Nobody", '"Every', "Marco", "Then"]),
        ("by:story cheats", ["He"]),
        ("model:story spoon", ["The"]),
        ("model:other", []),
        ("Marco laughed nobody", ["Marco"]),
        ("NOBODY", []),
    ],
)
def test_all_that_is_asked_must_hold(line: str, expected: list[str]) -> None:
    assert said(marked(), line) == expected


def test_a_tag_about_what_leads_there_reaches_upwards() -> None:
    session = toast()
    session.operations.marking.tag(session.tree.selected_id or "", Tag("end", scope="ancestry"))
    assert said(session, "tag:end") == ["Friends,", "But", "You", "The"]


def test_what_is_hidden_is_not_found() -> None:
    session = toast()
    session.operations.hide(session.tree.child_ids(session.tree.root_ids[0])[2])
    assert said(session, "cheats") == []


async def test_the_outline_is_filtered_while_one_types_and_escape_shows_all() -> None:
    session = marked()
    async with opened(session, WIDE) as pilot:
        await pilot.press("ampersand", *"tag:kept")
        await until(pilot, lambda: "1 of 14 · tag:kept" in screen_text(pilot))
        assert "★ He cheats" not in screen_text(pilot)
        assert "Silence" in screen_text(pilot)
        assert "○ Friends, raise" in screen_text(pilot)
        await pilot.press("enter")
        assert pilot.app.screen is main_screen(pilot)
        assert "★ He cheats" not in screen_text(pilot)
        await pilot.press("escape")
        assert "★ He cheats" in screen_text(pilot)
        assert "outline · 14 nodes" in screen_text(pilot)


async def test_arrows_go_from_one_that_fits_to_the_next() -> None:
    session = marked()
    async with opened(session, WIDE) as pilot:
        await pilot.press("ampersand", *"by:you")
        await until(pilot, lambda: "2 of 14" in screen_text(pilot))
        tree = session.tree
        seen = []
        for key in ("down", "down", "down", "up"):
            await pilot.press(key)
            seen.append(tree.node(tree.selected_id or "").display_text().split()[0])
        assert seen == ["Friends,", "You", "Friends,", "You"]
        await pilot.press("escape")
        assert "outline · 14 nodes" in screen_text(pilot)


async def test_the_filter_is_there_to_be_changed_and_an_empty_one_is_none() -> None:
    session = marked()
    async with opened(session, NARROW) as pilot:
        await pilot.press("ampersand", *"cheats", "enter")
        await pilot.press("ampersand")
        await until(pilot, lambda: "filter cheats" in screen_text(pilot))
        await pilot.press(*["backspace"] * 6, "enter")
        await until(pilot, lambda: "14 nodes" in screen_text(pilot))


async def test_where_nothing_fits_it_says_so() -> None:
    async with opened(marked(), WIDE) as pilot:
        await pilot.press("ampersand", *"zebra")
        await until(pilot, lambda: "no text is so" in screen_text(pilot))


@three_sizes
def test_a_filtered_outline(snap_compare: Snap, size: tuple[int, int]) -> None:
    keys = ["ampersand", *"by:model joke"]
    assert snap_compare(app_on(marked()), press=keys, terminal_size=size)

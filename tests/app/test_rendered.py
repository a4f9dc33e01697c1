"""A path as Markdown: forks, walking, scrolling and clicking hold as they do in what is written."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot

from loom.app import rendered
from loom.app.rendered import RenderedManuscript
from loom.app.widgets.reading_pane import ReadingPane
from loom.tree.events import Role
from loom.tree.node import HUMAN, Node

from .conftest import NARROW, WIDE, app_on, main_screen, opened, screen_text
from .fake_session import FakeSession
from .test_snapshots import Snap, grown, three_sizes

_SIGNS = ["# ", "> ", "- ", "1. ", "*", "**", "`", "```", "\n", "\n\n", "\n \n", "    "]
_TABLE = "| a | b |\n|--|--|\n| 1 | 2 |\n"
scraps = st.sampled_from([*_SIGNS, "word ", "words ", "漢字", "é", _TABLE])
texts = st.lists(scraps, max_size=12).map("".join)
roles = st.sampled_from(["text", "text", "text", "user", "assistant"])
walks = st.lists(st.lists(st.tuples(texts, roles), max_size=5), min_size=1, max_size=4)


def node(number: int, text: str, role: Role = "text") -> Node:
    return Node(str(number), None, role, HUMAN, created_at=0.0, text=text.encode())


def drawn(page: RenderedManuscript) -> list[object]:
    return [page.runs(number) for number in range(len(page.lines))]


@given(walks, st.integers(12, 40))
def test_walking_renders_what_a_fresh_start_renders(
    walks: list[list[tuple[str, Role]]], width: int
) -> None:
    walked = RenderedManuscript(width)
    for walk in walks:
        nodes = [node(number, text, role) for number, (text, role) in enumerate(walk)]
        walked.show(nodes)
        fresh = RenderedManuscript(width)
        fresh.show(nodes)
        assert walked.lines == fresh.lines
        assert drawn(walked) == drawn(fresh)


@given(walks, st.integers(12, 40))
def test_lines_cover_the_text_in_order(walks: list[list[tuple[str, Role]]], width: int) -> None:
    walk = [(text + "x", role) for text, role in walks[0]]
    nodes = [node(number, text, role) for number, (text, role) in enumerate(walk)]
    page = RenderedManuscript(width)
    page.show(nodes)
    assert all(one.start <= other.start for one, other in pairwise(page.lines))
    if nodes:
        assert page.lines[-1].end == len(page.text)
    firsts = [page.first_line(number) for number in range(len(nodes))]
    assert firsts == sorted(firsts)


def test_a_node_begins_where_its_first_word_is_rendered() -> None:
    page = RenderedManuscript(40)
    page.show([node(0, "# One\n\ntwo **thr"), node(1, "ee** four\n\n- fi"), node(2, "ve\n- six")])
    lines = ["".join(run.text for run in page.runs(n) or ()) for n in range(len(page.lines))]
    assert lines == ["One", "", "two three four", "", "• five", "• six"]
    assert [page.first_line(number) for number in range(3)] == [0, 2, 4]
    # A word that is cut in two belongs to both.
    assert page.text[page.offset_at(2, 4) :].startswith("three")
    assert page.node_at(page.offset_at(2, 6)) == 0
    assert page.node_at(page.offset_at(2, 7)) == 1


def test_what_is_far_from_the_end_is_as_it_is_written_until_one_looks_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rendered, "_NEAR", 50)
    nodes = [node(number, f"**word {number}**\n\n") for number in range(30)]
    page = RenderedManuscript(40)
    page.show(nodes)
    assert page.runs(0) is None
    assert page.is_far(0, 5)
    assert not page.is_far(len(page.lines) - 4, len(page.lines))
    looked_at = RenderedManuscript(40, eye=0)
    looked_at.show(nodes)
    assert not looked_at.is_far(0, 5)
    assert looked_at.runs(0) is not None


def marked_up() -> tuple[FakeSession, list[str]]:
    session = FakeSession()
    root = session.type(None, b"# The toast\n\nFriends, **raise** your")
    return session, session.say(root, " *glasses*.\n\n- one\n- two", " hands.")


async def test_the_key_renders_and_says_so_and_turns_it_off_again() -> None:
    session, (first, _) = marked_up()
    async with opened(session, WIDE) as pilot:
        main_screen(pilot)._stand_at(first)
        assert "**raise**" in screen_text(pilot)
        await pilot.press("asterisk")
        text = screen_text(pilot)
        assert "**raise**" not in text
        assert "Friends, raise your glasses." in text
        assert "• two" in text
        assert "Markdown rendered" in text
        await pilot.press("asterisk")
        assert "**raise**" in screen_text(pilot)
        assert "Markdown rendered" not in screen_text(pilot)


async def test_forks_are_jumped_to_and_texts_clicked_where_they_are_rendered() -> None:
    session, (first, _) = marked_up()
    async with opened(session, WIDE) as pilot:
        screen = main_screen(pilot)
        screen._stand_at(first)
        await pilot.press("asterisk")
        labelled = screen.space.reading.label_forks()
        assert list(labelled.values()) == [first]
        screen.space.reading.drop_labels()
        await pilot.click(ReadingPane, offset=(8, 0))
        assert screen.space.here == session.tree.root_ids[0]


async def test_a_cut_shows_in_what_is_rendered() -> None:
    session, (first, _) = marked_up()
    async with opened(session, WIDE) as pilot:
        screen = main_screen(pilot)
        screen._stand_at(first)
        await pilot.press("asterisk", "left_square_bracket")
        reading = screen.space.reading
        line = reading.draw_line(len(reading._page.lines) - 1)
        struck = [
            line.plain[one.start : one.end] for one in line.spans if "strike" in str(one.style)
        ]
        assert line.plain.endswith("• two")
        assert struck == ["two"]


async def test_scrolling_far_back_renders_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendered, "_NEAR", 400)
    session = FakeSession()
    session.type(None, b"\n\n".join(b"**paragraph %d** *of many*" % n for n in range(300)))
    async with opened(session, NARROW) as pilot:
        await pilot.press("asterisk")
        reading = main_screen(pilot).space.reading
        for place in (0, 200, 590, 0):
            reading.put_at_top(place)
            await pilot.pause()
            await pilot.pause()
            shown = screen_text(pilot)
            assert "paragraph" in shown
            assert "**" not in "\n".join(
                reading.draw_line(line).plain
                for line in range(reading.top, reading.top + reading.height)
            )


async def test_a_growing_branch_is_rendered_as_it_comes() -> None:
    session = grown()
    async with opened(session, WIDE) as pilot:
        await pilot.press("asterisk", "right")
        reading = main_screen(pilot).space.reading
        assert reading.is_rendered
        before = reading.top
        reading.redraw([reading._page.nodes[-1].id])
        assert reading.top == before


def letter() -> tuple[FakeSession, str]:
    """A text with a bit of everything."""
    session = FakeSession()
    root = session.type(
        None, b"# The toast\n\nFriends, raise *your* glasses. I have **known** Marco for years.\n\n"
    )
    (what,) = session.say(root, "What to say:\n\n1. the truth\n2. or `nothing`\n   - at all\n\n")
    program = "```python\ndef toast(who):\n    return f'To {who}!'  # loud\n```\n\n"
    (code,) = session.say(what, program)
    table = "| guest | glasses |\n|:--|--:|\n| Marco | 1 |\n| 漢字 | 22 |\n\n> A toast, then"
    (said,) = session.say(code, table)
    last, *_ = session.say(said, " a song.\n\nSee [the letter](http://quill.example).", " a dance.")
    return session, last


@three_sizes
def test_a_text_with_everything(snap_compare: Snap, size: tuple[int, int]) -> None:
    session, last = letter()

    async def run(pilot: Pilot[None]) -> None:
        await pilot.pause()
        main_screen(pilot)._stand_at(last)
        await pilot.press("asterisk")

    assert snap_compare(app_on(session), run_before=run, terminal_size=size)

"""What keys do to texts that are there, and that all of it comes back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from loom.tree.nearest import nearest_visible

from .conftest import NARROW, WIDE, app_on, main_screen, opened, screen_text, until
from .fake_session import FALL, FakeSession, toast
from .test_app import here, said


def at(session: FakeSession, words: str) -> str:
    """The node to be seen that says this."""
    (found,) = [n.id for n in session.tree.visible() if words in n.display_text()]
    return found


def outline(pilot: Pilot[None]) -> str:
    """What the outline shows, on the left of a wide screen."""
    return "\n".join(line[:37] for line in screen_text(pilot).splitlines()[2:])


async def test_a_hidden_text_leaves_outline_and_branches_and_u_brings_it_back() -> None:
    session = toast()
    async with opened(session, WIDE) as pilot:
        main_screen(pilot)._stand_at(at(session, "Nobody else dares"))
        await pilot.press("x")
        assert here(pilot) == at(session, "He cheats")
        assert "Nobody else" not in screen_text(pilot)
        assert "outline · 5 nodes" in screen_text(pilot).lower()
        await pilot.press("u")
        assert here(pilot) == at(session, "Nobody else dares")
        assert "Nobody else" in outline(pilot)
        assert said(pilot, "Undone: hiding “Nobody else dares to.”")
        await pilot.press("U")
        assert "Nobody else" not in outline(pilot)
        assert said(pilot, "Redone: hiding")


async def test_hiding_takes_the_subtree_along() -> None:
    session = toast()
    async with opened(session, WIDE) as pilot:
        main_screen(pilot)._stand_at(at(session, "But there is something"))
        await pilot.press("x")
        assert "murderer" not in outline(pilot)
        await pilot.press("u")
        assert "murderer" in outline(pilot)


async def test_everything_can_be_undone_down_to_an_empty_page_and_come_back() -> None:
    session = toast()
    async with opened(session, WIDE) as pilot:
        before = outline(pilot)
        n = len(session.tree.history.done)
        await pilot.press(*["u"] * n)
        assert main_screen(pilot).space.here is None
        assert "An empty page" in screen_text(pilot)
        await pilot.press("u")
        assert said(pilot, "There is nothing to undo.")
        await pilot.press(*["U"] * n)
        assert re.sub(r"[◆○●]", "·", outline(pilot)) == re.sub(r"[◆○●]", "·", before)


async def test_the_cut_moves_by_words_and_sentences_and_esc_lets_it_go() -> None:
    session = toast()
    async with opened(session, WIDE) as pilot:
        space, text = main_screen(pilot).space, FALL.encode()
        assert here(pilot) == at(session, "The room went still")
        await pilot.press("left_square_bracket")
        assert space.cut == text.index(b" fell")
        await pilot.press("left_curly_bracket")
        assert space.cut == text.index(b" A spoon")
        assert "Space grows from the cut" in screen_text(pilot)
        await pilot.press("right_square_bracket")
        assert space.cut == text.index(b" spoon")
        await pilot.press("right_curly_bracket")
        assert space.cut is None
        await pilot.press("left_square_bracket", "escape")
        assert space.cut is None
        await pilot.press("left_square_bracket", "left")
        assert space.cut is None
        assert session.n_stops == 0


async def test_space_grows_from_the_cut_and_the_tail_stays_as_a_sibling() -> None:
    session = toast()
    async with opened(session, WIDE) as pilot:
        await pilot.press("left_curly_bracket", "space")
        head = here(pilot)
        assert session.tree.node(head).display_text() == " The room went still."
        session.release()
        await pilot.pause()
        children = [session.tree.node(i).display_text() for i in session.tree.child_ids(head)]
        assert children[0] == " A spoon fell."
        assert len(children) == 1 + session.settings.n_branches
        await pilot.press("u")
        assert len(session.tree.child_ids(head)) == 1
        await pilot.press("u")
        assert here(pilot) == at(session, "A spoon fell")
        assert session.tree.node(here(pilot)).display_text() == FALL


async def test_a_text_that_grows_cannot_be_cut() -> None:
    session = toast()
    async with opened(session) as pilot:
        await pilot.press("space", "right")
        session.release(4)
        await pilot.pause()
        assert session.tree.node(here(pilot)).state == "growing"
        await pilot.press("left_square_bracket")
        assert main_screen(pilot).space.cut is None


async def test_a_bookmark_stands_in_the_outline_and_goes_again() -> None:
    session = toast()
    async with opened(session, WIDE) as pilot:
        marked = here(pilot)
        await pilot.press("b", "left")
        assert "★" in outline(pilot)
        assert session.tree.marks(marked).bookmarked
        await pilot.press("right", "b", "left")
        assert "★" not in outline(pilot)


async def test_an_answer_cut_short_grows_on_although_it_was_the_persons_turn() -> None:
    session = FakeSession(mode="chat", finishes=("eos",), scripts=("Not so.",))
    asked = session.type(None, b"Who won?", "user")
    session.grow(asked)
    session.release()
    session.drain()
    session.select(session.tree.child_ids(asked)[0])
    async with opened(session, NARROW) as pilot:
        await pilot.press("escape", "left_square_bracket", "space")
        session.release()
        await pilot.pause()
        head = here(pilot)
        assert session.tree.node(head).display_text() == "Not"
        assert session.tree.n_children(head) == 1 + session.settings.n_branches


async def test_one_who_stood_on_a_hidden_text_opens_beside_it() -> None:
    session = toast()
    hidden = at(session, "Nobody else dares")
    session.operations.hide(hidden)
    session.drain()
    session.select(hidden)
    async with opened(session) as pilot:
        assert here(pilot) == nearest_visible(session.tree, hidden) == at(session, "He cheats")


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "130x40"])
def test_where_a_text_is_cut(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    async def drive(pilot: Pilot[None]) -> None:
        await pilot.press("left", "b", "right", "left_curly_bracket", "left_square_bracket")
        pilot.app.clear_notifications()

    assert snap_compare(app_on(toast()), run_before=drive, terminal_size=size)


async def test_enter_where_no_branches_meet_says_so() -> None:
    async with opened(toast(), WIDE) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "No branches meet yet." in screen_text(pilot))

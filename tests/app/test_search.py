"""Searching the texts of a tree."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from loom.app.searching import MOST_FOUND, search

from .conftest import NARROW, WIDE, main_screen, opened, screen_text, until
from .fake_session import FakeSession
from .test_snapshots import grown, hostile

scraps = st.text("abA.* ", max_size=8)


@given(st.lists(scraps, max_size=12), scraps, st.integers(1, 5))
def test_every_text_that_says_it_is_found_once(
    texts: list[str], words: str, n_at_once: int
) -> None:
    session = FakeSession()
    for text in texts:
        session.type(None, text.encode())
    found = [hit for hits in search(session.tree, words, n_at_once) for hit in hits]
    fold = (lambda text: text) if "A" in words else str.lower
    expected = [n.id for n in session.tree if fold(words) in fold(n.display_text())]
    assert [hit.node_id for hit in found] == (expected if words.strip() else [])
    for hit in found:
        assert hit.before + hit.words + hit.after in session.tree.node(hit.node_id).display_text()


def test_it_ends_when_enough_is_found() -> None:
    session = FakeSession()
    for _ in range(2 * MOST_FOUND):
        session.type(None, b"the same")
    handfuls = list(search(session.tree, "same", 50))
    assert sum(map(len, handfuls)) == MOST_FOUND


async def test_what_is_found_while_typing_is_gone_to() -> None:
    session = grown()
    async with opened(session, WIDE) as pilot:
        await pilot.press("slash", *"old joke")
        await until(pilot, lambda: "4 texts say that." in screen_text(pilot))
        await pilot.press("down", "down", "up", "enter")
        await until(pilot, lambda: pilot.app.screen is main_screen(pilot))
        assert session.tree.node(session.tree.selected_id or "").text.startswith(b" His bride")
        assert "◆2" in screen_text(pilot)


async def test_what_nobody_says_is_told_and_escape_goes_back() -> None:
    session = grown()
    async with opened(session, NARROW) as pilot:
        before = session.tree.selected_id
        await pilot.press("slash", *"zebra")
        await until(pilot, lambda: "No text says that." in screen_text(pilot))
        await pilot.press("enter", "escape")
        assert pilot.app.screen is main_screen(pilot)
        assert session.tree.selected_id == before


async def test_what_is_found_is_shown_and_never_interpreted() -> None:
    async with opened(hostile(), WIDE) as pilot:
        await pilot.press("slash", *"no markup")
        await until(pilot, lambda: "1 text says that." in screen_text(pilot))
        assert "[bold red]" in screen_text(pilot)

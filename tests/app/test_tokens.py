"""The pane of tokens, by its keys."""

from __future__ import annotations

from loom.errors import LoomError
from loom.tree.node import HUMAN

from .conftest import NARROW, WIDE, main_screen, opened, screen_text, until
from .test_snapshots import grown
from .test_speaking import answered

HUGE = (220, 60)


async def test_t_shows_what_else_could_stand_there_and_esc_goes_back() -> None:
    async with opened(grown(), NARROW) as pilot:
        await pilot.press("right", "t")
        text = screen_text(pilot)
        assert "tokens · “Then”" in text
        assert "surprisal" in text
        assert "branch 1 of 8" not in text
        assert "grow from it" in text
        await pilot.press("escape")
        assert "branch 1 of 8" in screen_text(pilot)
        assert main_screen(pilot).focused is None
        await pilot.press("t", "t")
        assert "branch 1 of 8" in screen_text(pilot)


async def test_arrows_walk_over_tokens_and_across_texts_while_it_is_open() -> None:
    session = grown()
    async with opened(session, WIDE) as pilot:
        await pilot.press("right", "t")
        here = session.tree.selected_id
        await pilot.press("right", "l")
        assert "“laughed,”" in screen_text(pilot)
        await pilot.press("left", "h", "h")
        assert "“fell.”" in screen_text(pilot)
        await pilot.press("pageup", "pageup")
        assert "“You”" in screen_text(pilot)
        await pilot.press("pagedown", "pagedown", "pagedown")
        assert "what comes next" in screen_text(pilot)
        assert session.tree.selected_id == here


async def test_a_chosen_token_grows_a_branch_and_the_old_text_stays() -> None:
    session = grown()
    before = {node.id: node.text for node in session.tree}
    async with opened(session, WIDE) as pilot:
        await pilot.press("right", "t", "right", "right", "down", "enter")
        (new,) = [n for n in session.tree if n.id not in before and n.author == HUMAN]
        assert new.text.startswith(b" Then Marco")
        assert new.text != before[session.tree.sibling_ids(new.id)[0]][: len(new.text)]
        assert session.tree.selected_id == new.id
        assert new.token_ids is not None
        session.release()
        await until(pilot, lambda: session.tree.n_children(new.id) == 1)
        assert "fork" not in screen_text(pilot)
        assert all(session.tree.node(node_id).text == text for node_id, text in before.items())


async def test_what_comes_next_is_chosen_below() -> None:
    session = grown()
    here = session.tree.selected_id
    assert here is not None
    async with opened(session, WIDE) as pilot:
        await pilot.press("t", "pagedown", "down", "enter")
        node = session.tree.node(session.tree.selected_id or "")
        assert node.parent_id == here


async def test_the_end_of_the_text_is_told_to_be_no_way_on() -> None:
    session = grown()
    n_nodes = len(session.tree)
    async with opened(session, WIDE) as pilot:
        await pilot.press("right", "t")
        tokens = main_screen(pilot).space.tokens
        assert tokens.law is not None
        ends = [choice.special for choice in tokens.law.choices].index(True)
        await pilot.press(*["down"] * ends, "enter")
        assert "ends the text" in screen_text(pilot)
        assert len(session.tree) == n_nodes


async def test_a_typed_text_is_scored_when_one_stands_on_it() -> None:
    session = grown()
    session.laws.holds_back = True
    session.select(session.tree.root_ids[0])
    async with opened(session, WIDE) as pilot:
        await pilot.press("t")
        assert "the model reads this…" in screen_text(pilot)
        session.laws.answer()
        session._wake()
        await until(pilot, lambda: "“Friends,”" in screen_text(pilot))


async def test_a_model_that_cannot_be_asked_is_told_of_once() -> None:
    session = grown()
    session.laws.failure = LoomError("The model is not there.", "Press @.")
    session.select(session.tree.root_ids[0])
    async with opened(session, WIDE) as pilot:
        await pilot.press("t", "up", "down", "left")
        assert screen_text(pilot).count("The model is not there.") == 1
        assert "not known yet" in screen_text(pilot)


async def test_writing_and_growing_work_while_tokens_are_shown() -> None:
    session = grown()
    async with opened(session, WIDE) as pilot:
        await pilot.press("right", "t", "i", *"left", "escape")
        assert main_screen(pilot).focused is main_screen(pilot).space.tokens
        await pilot.press("right")
        assert "“Marco”" in screen_text(pilot)
        await pilot.press("space")
        session.release()
        here = session.tree.selected_id or ""
        await until(pilot, lambda: session.tree.n_children(here) == 8)
        assert "“Marco”" in screen_text(pilot)


async def test_a_large_screen_shows_tokens_and_branches_together() -> None:
    async with opened(grown(), HUGE) as pilot:
        await pilot.press("right", "t")
        text = screen_text(pilot)
        assert "tokens · " in text
        assert "branch 1 of 8" in text
        await pilot.press("o")
        assert "outline ·" not in screen_text(pilot)
        await pilot.resize_terminal(*NARROW)
        await until(pilot, lambda: "branch 1 of 8" not in screen_text(pilot))


async def test_a_click_chooses_a_token() -> None:
    session = grown()
    async with opened(session, WIDE) as pilot:
        await pilot.press("right", "t")
        tokens = main_screen(pilot).space.tokens
        await pilot.click(tokens, offset=(6, 5))
        assert tokens._chosen == 3


async def test_two_turns_of_a_chat_do_not_run_together() -> None:
    session = answered()
    async with opened(session, WIDE) as pilot:
        await pilot.press("escape", "t")
        assert " │ Marco" in screen_text(pilot)

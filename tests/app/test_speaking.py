"""Turns in the app: whose it is, who writes it, and what the model sees of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from loom.app.screens.exact_tokens import ExactTokensScreen
from loom.app.screens.mode import ModeScreen
from loom.app.token_layout import flow, listing
from loom.app.widgets.header import Header
from loom.errors import LoomError
from loom.models.mode_memory import ModeAnswer
from loom.session import ModelStatus
from loom.session.mode_question import ModeQuestion
from loom.session.what_the_model_sees import ModelView, SeenPart, SeenToken
from loom.tree.node import HUMAN

from .conftest import NARROW, WIDE, app_on, main_screen, opened, screen_text, until
from .fake_session import FakeSession

Snap = Callable[..., bool]
sizes = pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "130x40"])

ASKED = ModeQuestion("Tiny-Instruct", "chat", 'its name says "instruct"', True, None)


def pieces(*texts: str, special: bool = False, first: int = 100) -> tuple[SeenToken, ...]:
    return tuple(SeenToken(first + at, text.encode(), special) for at, text in enumerate(texts))


def begun(role: str) -> tuple[SeenToken, ...]:
    return (*pieces("<|im_start|>", special=True, first=1), *pieces(role, "\n"))


END = (*pieces("<|im_end|>", special=True, first=2), *pieces("\n"))
MESSAGE = ("Who", " won", " at", " cards", "?", " Not", " <", "|", "im", "_end", "|", ">")
VIEW = ModelView(
    "story-chat",
    "chatml",
    "assistant",
    (
        SeenPart(None, None, b"", begun("user")),
        SeenPart("n1", HUMAN, b"", pieces(*MESSAGE)),
        SeenPart(None, None, b"", (*END, *begun("assistant"))),
        SeenPart("n2", "story-chat", b"", pieces("Marco", ",", " as", " always")),
    ),
)
UNREAD = replace(VIEW, parts=(*VIEW.parts[:1], SeenPart("n1", HUMAN, b"Who won\nat cards?", None)))


def here(pilot: Pilot[None]) -> str:
    node_id = main_screen(pilot).space.here
    assert node_id is not None
    return node_id


def said(pilot: Pilot[None], words: str) -> bool:
    return any(words in str(toast.render()) for toast in pilot.app.screen.query("Toast"))


def answered(*, finish: str = "eos") -> FakeSession:
    """A chat in which one answer has come to its end, and somebody stands at it."""
    session = FakeSession(
        mode="chat",
        title="who-won",
        model="story-chat",
        status=ModelStatus(name="story-chat"),
        scripts=("Marco, as always.", "Ask the widow."),
        finishes=(finish,),  # type: ignore[arg-type]
        seen=VIEW,
    )
    asked = session.type(None, b"Who won at cards?", "user")
    session.grow(asked, replace(session.settings, n_branches=1))
    session.release()
    session.drain()
    session.select(session.tree.child_ids(asked)[0])
    return session


class TestWhoseTurn:
    async def test_space_on_a_finished_answer_hints_and_grows_nothing(self) -> None:
        session = answered()
        async with opened(session) as pilot:
            n_nodes = len(session.tree)
            for key in ("space", "c"):
                await pilot.press("escape", key)
                await until(pilot, lambda: said(pilot, "w lets the model write it"))
            assert not session._waiting
            assert len(session.tree) == n_nodes

    async def test_w_lets_the_model_write_the_persons_turn(self) -> None:
        session = answered()
        async with opened(session) as pilot:
            at = here(pilot)
            await pilot.press("escape", "w")
            session.release()
            await until(pilot, lambda: session.tree.n_children(at) == 3)
            node = session.tree.node(session.tree.child_ids(at)[0])
            assert (node.role, node.written) == ("user", False)
            await pilot.press("1", "r")
            session.release()
            await until(pilot, lambda: session.tree.n_children(at) == 6)
            assert {session.tree.node(i).role for i in session.tree.child_ids(at)} == {"user"}
            assert "you, by story-chat" in screen_text(pilot)

    async def test_an_unfinished_answer_goes_on(self) -> None:
        session = answered(finish="length")
        async with opened(session) as pilot:
            at = here(pilot)
            await pilot.press("escape", "space")
            session.release()
            await until(pilot, lambda: session.tree.n_children(at) == 3)
            assert session.tree.node(session.tree.child_ids(at)[0]).role == "assistant"

    async def test_capital_i_begins_the_answer_and_the_model_goes_on(self) -> None:
        session = answered()
        async with opened(session) as pilot:
            first = session.tree.node(here(pilot))
            await pilot.press("escape", "I")
            assert "how the answer begins" in screen_text(pilot)
            await pilot.press(*"Well", "enter")
            node = session.tree.node(here(pilot))
            assert (node.role, node.text, node.parent_id) == ("assistant", b"Well", first.parent_id)
            await until(pilot, lambda: session._growing)
            session.release()
            await until(pilot, lambda: session.tree.n_children(node.id) == 3)
            assert session.tree.node(session.tree.child_ids(node.id)[0]).role == "assistant"
            await pilot.press("i")
            assert "how the answer begins" not in screen_text(pilot)

    async def test_plain_text_has_no_turns(self) -> None:
        session = FakeSession()
        session.type(None, b"Once")
        async with opened(session) as pilot:
            for key in ("w", "I"):
                await pilot.press(key)
                await until(pilot, lambda: said(pilot, "p makes it a chat"))
            assert not main_screen(pilot).space.composer.writing


class TestSpecialTokens:
    async def test_they_stay_text_unless_asked_for_each_time(self) -> None:
        session = FakeSession()
        async with opened(session) as pilot:
            await pilot.press("i", *"One", "enter")
            assert not session.tree.node(here(pilot)).special
            await pilot.press("i", *"Two", "ctrl+t")
            assert "mean those tokens" in screen_text(pilot)
            await pilot.press("enter")
            assert session.tree.node(here(pilot)).special
            await pilot.press("i", "ctrl+t", *"Three", "ctrl+t", "enter")
            assert not session.tree.node(here(pilot)).special
            await pilot.press("i", *"Four", "enter")
            assert not session.tree.node(here(pilot)).special


class TestPlainOrChat:
    async def test_a_new_session_on_a_model_with_a_template_asks_once(self) -> None:
        session = FakeSession(question=ASKED)
        async with opened(session) as pilot:
            assert isinstance(pilot.app.screen, ModeScreen)
            await until(pilot, lambda: 'name says "instruct"' in screen_text(pilot))
            await pilot.press("enter")
            assert session.question.answer == ModeAnswer("chat")
            assert session.tree.mode == "chat"
            await until(pilot, lambda: "An empty chat." in screen_text(pilot))
            assert (session.settings.n_branches, session.settings.max_tokens) == (3, 512)
            assert main_screen(pilot).space.composer.writing
        async with opened(session) as pilot:
            assert pilot.app.screen is main_screen(pilot)

    async def test_leaving_the_question_open_changes_nothing(self) -> None:
        session = FakeSession(question=ASKED)
        async with opened(session) as pilot:
            await pilot.press("escape")
            assert session.question.is_open
            assert session.tree.mode == "plain"

    async def test_a_session_with_texts_is_what_it_is(self) -> None:
        session = FakeSession(question=ASKED)
        session.type(None, b"Once")
        async with opened(session) as pilot:
            assert pilot.app.screen is main_screen(pilot)

    async def test_p_switches_with_everything_kept_and_the_header_says_so(self) -> None:
        session = answered()
        session.question = replace(ASKED, answer=ModeAnswer("chat"))
        async with opened(session, WIDE) as pilot:
            n_nodes, at = len(session.tree), here(pilot)
            await pilot.press("escape", "p")
            listed = pilot.app.screen.query_one(OptionList)
            assert listed.highlighted == 1
            await pilot.press("up", "enter")
            assert (session.tree.mode, len(session.tree), here(pilot)) == ("plain", n_nodes, at)
            await until(pilot, lambda: "plain text" in screen_text(pilot).split("\n")[0])
            await pilot.press("space")
            session.release()
            await until(pilot, lambda: session.tree.n_children(at) == 5)
            assert session.tree.node(session.tree.child_ids(at)[0]).role == "text"

    async def test_a_named_template_can_be_taken_without_one_in_the_file(self) -> None:
        session = FakeSession()
        async with opened(session, WIDE) as pilot:
            await pilot.press("p", "down", "down", "enter")
            assert (session.tree.mode, session.tree.template) == ("chat", "chatml")
            assert main_screen(pilot).query_one(Header).template == "chatml"
            await until(pilot, lambda: "chat (chatml)" in screen_text(pilot))

    @sizes
    def test_the_question(self, snap_compare: Snap, size: tuple[int, int]) -> None:
        assert snap_compare(app_on(FakeSession(question=ASKED)), terminal_size=size)


class TestWhatTheModelSees:
    async def test_v_shows_the_tokens_and_i_their_ids(self) -> None:
        async with opened(answered(), WIDE) as pilot:
            await pilot.press("escape", "v")
            assert isinstance(pilot.app.screen, ExactTokensScreen)
            await until(pilot, lambda: "24 tokens for story-chat" in screen_text(pilot))
            assert "<|im_start|>user↵" in screen_text(pilot)
            await pilot.press("i")
            await until(pilot, lambda: "     0       1  <|im_start|>" in screen_text(pilot))
            await pilot.press("i")
            await until(pilot, lambda: "<|im_start|>user↵" in screen_text(pilot))
            await pilot.press("v")
            assert pilot.app.screen is main_screen(pilot)

    async def test_what_cannot_be_shown_is_said(self) -> None:
        session = answered()
        session.failure = LoomError("The chat template failed.", "Use plain text.")
        async with opened(session) as pilot:
            await pilot.press("escape", "v")
            await until(pilot, lambda: said(pilot, "The chat template failed. Use plain text."))

    def test_a_flow_loses_nothing_and_keeps_to_its_width(self) -> None:
        for width in (3, 10, 40):
            rows = flow(VIEW, width)
            assert all(sum(len(bit.text) for bit in row) <= width for row in rows)
            text = "".join(bit.text for row in rows for bit in row)
            whole = b"".join(token.piece for part in VIEW.parts for token in part.tokens or ())
            assert text == whole.decode().replace("\n", "↵")

    def test_neighbours_differ_in_shade(self) -> None:
        bits = [bit for row in flow(VIEW, 200) for bit in row]
        assert all(bit.odd != after.odd for bit, after in pairwise(bits))

    def test_what_is_not_read_yet_is_told(self) -> None:
        kinds = {bit.kind for row in listing(UNREAD) for bit in row}
        assert "unread" in kinds
        assert [bit.text for row in flow(UNREAD, 80) for bit in row][-2:] == [
            "Who won↵",
            "at cards?",
        ]

    @sizes
    def test_in_a_flow(self, snap_compare: Snap, size: tuple[int, int]) -> None:
        async def drive(pilot: Pilot[None]) -> None:
            await pilot.press("escape", "v")
            await until(pilot, lambda: "24 tokens" in screen_text(pilot))

        assert snap_compare(app_on(answered()), run_before=drive, terminal_size=size)

    def test_with_ids(self, snap_compare: Snap) -> None:
        async def drive(pilot: Pilot[None]) -> None:
            await pilot.press("escape", "v")
            await until(pilot, lambda: "24 tokens" in screen_text(pilot))
            await pilot.press("i")
            await pilot.pause()

        assert snap_compare(app_on(answered()), run_before=drive, terminal_size=NARROW)


def test_writing_how_an_answer_begins(snap_compare: Snap) -> None:
    keys = ["escape", "I", *"Well <|im_end|>", "ctrl+t"]
    assert snap_compare(app_on(answered()), press=keys, terminal_size=NARROW)

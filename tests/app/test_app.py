"""The app under a pilot: what keys do, and what streaming must not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.pilot import Pilot

from loom.app.screens.evidence import EvidenceScreen
from loom.app.screens.help import HelpScreen
from loom.app.screens.main import MainScreen
from loom.app.widgets.header import Header
from loom.app.widgets.rule import Rule
from loom.errors import LoomError
from loom.session import ModelStatus, Notice

from .conftest import NARROW, WIDE, main_screen, opened, screen_text, until
from .fake_session import JOKE, FakeSession, shared, toast
from .models import cpu_build


def eight(**more: object) -> FakeSession:
    """The toast, with eight branches to a Space."""
    session = toast(**more)
    session.settings = replace(session.settings, n_branches=8, max_tokens=48)
    return session


def said(pilot: Pilot[None], words: str) -> bool:
    """Whether a notice with these words is on the screen, however its lines are broken."""
    return any(words in str(toast.render()) for toast in pilot.app.screen.query("Toast"))


def here(pilot: Pilot[None]) -> str:
    node_id = main_screen(pilot).space.here
    assert node_id is not None
    return node_id


def meet(session: FakeSession, parent_id: str) -> None:
    """The branches that tell the old joke meet."""
    session.drain()
    children = session.tree.child_ids(parent_id)
    tellers = [node_id for node_id in children if JOKE.encode() in session.tree.node(node_id).text]
    session.found = (shared(session.tree, tellers, JOKE),)


class TestWalking:
    async def test_arrows_and_letters_walk_and_the_session_knows(self) -> None:
        session = toast()
        root = session.tree.root_ids[0]
        first, second, _ = session.tree.child_ids(root)
        async with opened(session) as pilot:
            await pilot.press("left", "h", "left")
            assert here(pilot) == root
            await pilot.press("right")
            assert here(pilot) == first
            await pilot.press("down", "k", "j")
            assert here(pilot) == session.tree.selected_id == second
            await pilot.press("left", "l")
            assert here(pilot) == second
            await pilot.press("up", "right", "right", "right")
            leaf = here(pilot)
            await pilot.press("g")
            assert here(pilot) == root
            await pilot.press("G")
            assert here(pilot) == leaf

    async def test_digits_enter_what_is_numbered_on_the_screen(self) -> None:
        session = eight()
        async with opened(session) as pilot:
            parent = here(pilot)
            await pilot.press("space")
            session.release()
            await until(pilot, lambda: not session.tree.growing_ids)
            branches = session.tree.child_ids(parent)
            await pilot.press("3")
            assert here(pilot) == branches[2]
            await pilot.press("8")
            assert here(pilot) == branches[7]
            await pilot.press("9")
            assert here(pilot) == branches[7]

    async def test_clicks_go_where_they_point(self) -> None:
        session = eight()
        async with opened(session, WIDE) as pilot:
            await pilot.click("Outline", offset=(5, 0))
            assert here(pilot) == session.tree.root_ids[0]
            await pilot.click("Branches", offset=(50, 1))
            assert here(pilot) == session.tree.child_ids(session.tree.root_ids[0])[1]

    async def test_page_keys_scroll_and_do_not_walk(self) -> None:
        session = FakeSession()
        session.type(None, b"A line of it.\n" * 60)
        async with opened(session) as pilot:
            reading, at = main_screen(pilot).space.reading, here(pilot)
            await pilot.press("pagedown")
            down = reading.top
            await pilot.press("pageup")
            assert down > reading.top == 0
            assert here(pilot) == at


class TestGrowing:
    async def test_room_is_made_before_the_model_is_there(self) -> None:
        session = eight(holds_back=True)
        async with opened(session) as pilot:
            session.status = ModelStatus("loading", "story-base")
            await pilot.press("space")
            assert "8   waiting" in screen_text(pilot)
            assert "opening story-base…" in screen_text(pilot)
            session.begin()
            session.release(3)
            await until(pilot, lambda: "Then Marco" in screen_text(pilot))
            assert "waiting" not in screen_text(pilot)

    @pytest.mark.parametrize("size", [NARROW, WIDE])
    async def test_streaming_moves_neither_selection_nor_scroll(
        self, size: tuple[int, int]
    ) -> None:
        session = eight(scripts=["word " * 400])
        session.type(session.tree.root_ids[0], b"\nline" * 50)
        async with opened(session, size) as pilot:
            space, at = main_screen(pilot).space, here(pilot)
            await pilot.press("space", "right")
            branch = here(pilot)
            space.outline.put_at_top(3)
            space.reading.put_at_top(1)
            await pilot.pause()
            before = (space.outline.top, space.reading.top, space.branches.top)
            for _ in range(5):
                session.release(80)
                await until(pilot, lambda: not session._news)
            await until(pilot, lambda: session.tree.node(branch).n_tokens > 300)
            assert (space.outline.top, space.reading.top, space.branches.top) == before
            assert here(pilot) == branch != at

    async def test_rows_that_come_above_do_not_push_the_outline_down(self) -> None:
        session = eight()
        below = session.tree.root_ids[0]
        for _ in range(60):
            below = session.type(below, b"a text")
        async with opened(session, WIDE) as pilot:
            outline = main_screen(pilot).space.outline
            outline.put_at_top(10)
            await pilot.pause()
            top_row = outline._rows.rows(10, 11)[0].item
            session.grow(here(pilot))
            session.release(3)
            await until(pilot, lambda: session.tree.growing_ids)
            assert outline._rows.rows(outline.top, outline.top + 1)[0].item == top_row

    async def test_many_wakings_make_one_frame(self, monkeypatch: pytest.MonkeyPatch) -> None:
        session = eight()
        async with opened(session) as pilot:
            await pilot.press("space")
            drains = 0
            drain = session.drain

            def counted() -> object:
                nonlocal drains
                drains += 1
                return drain()

            monkeypatch.setattr(session, "drain", counted)
            for _ in range(50):
                session.release(1)
            await until(pilot, lambda: not session.tree.growing_ids)
            assert drains == 1

    async def test_escape_stops_and_what_is_there_is_kept(self) -> None:
        session = eight()
        async with opened(session) as pilot:
            parent = here(pilot)
            await pilot.press("space")
            session.release(4)
            await until(pilot, lambda: "Then Marco laughed," in screen_text(pilot))
            await pilot.press("escape")
            await until(pilot, lambda: not session.tree.growing_ids)
            assert session.n_stops == 1
            branch = session.tree.node(session.tree.child_ids(parent)[0])
            assert (branch.state, branch.text) == ("partial", b" Then Marco laughed,")
            assert "stopped 4" in screen_text(pilot)

    async def test_control_c_stops_first_and_quits_when_meant(self) -> None:
        session = eight()
        async with opened(session) as pilot:
            app = pilot.app
            await pilot.press("space", "ctrl+c")
            assert session.n_stops == 1
            await until(pilot, lambda: not session.tree.growing_ids)
            await pilot.press("ctrl+c")
            assert app.is_running
            await until(pilot, lambda: said(pilot, "Ctrl+C again quits"))
            await pilot.press("ctrl+c")
        assert app.return_code == 0

    async def test_more_like_this_grows_siblings(self) -> None:
        session = eight()
        async with opened(session) as pilot:
            parent = session.tree.node(here(pilot)).parent_id
            assert parent is not None
            await pilot.press("r")
            await until(pilot, lambda: session.tree.n_children(parent) == 9)
            await pilot.press("g", "r")
            await until(pilot, lambda: said(pilot, "This is the beginning"))

    async def test_what_cannot_grow_is_said_in_a_sentence(self) -> None:
        session = eight()
        session.failure = LoomError("This branch is still growing.", "Wait for it.")
        async with opened(session) as pilot:
            await pilot.press("space")
            await until(pilot, lambda: said(pilot, "This branch is still growing. Wait for it."))
            assert "waiting" not in screen_text(pilot)

    async def test_a_failing_model_is_told_and_awaits_nothing(self) -> None:
        session = eight(holds_back=True)
        async with opened(session) as pilot:
            await pilot.press("space")
            session.status = ModelStatus("failed", "story-base")
            session.tell(Notice("error", "The model file is cut short.", "Get it again."))
            await until(pilot, lambda: said(pilot, "cut short. Get it again."))
            assert "story-base is not running" in screen_text(pilot)
            await until(pilot, lambda: "waiting" not in screen_text(pilot))

    async def test_branches_and_tokens_are_set_by_key(self) -> None:
        session = toast()
        session.settings = replace(session.settings, n_branches=2, max_tokens=16)
        async with opened(session) as pilot:
            await pilot.press("plus", "plus", "minus", "greater_than_sign")
            assert (session.settings.n_branches, session.settings.max_tokens) == (3, 24)
            assert "3 × 24 tokens" in screen_text(pilot)
            await pilot.press(*["minus"] * 4, *["less_than_sign"] * 4)
            assert (session.settings.n_branches, session.settings.max_tokens) == (1, 8)


class TestMeeting:
    async def test_m_goes_to_a_meeting_and_n_from_branch_to_branch(self) -> None:
        session = eight()
        async with opened(session, WIDE) as pilot:
            parent = here(pilot)
            await pilot.press("space")
            session.release()
            meet(session, parent)
            await until(pilot, lambda: "words meet at 4 places" in screen_text(pilot))
            tellers = session.found[0].nodes
            await pilot.press("m")
            for node_id in (*tellers[1:], tellers[0]):
                await pilot.press("n")
                assert here(pilot) == node_id
                assert session.found[0].sentence in screen_text(pilot)
            await pilot.press("N")
            assert here(pilot) == tellers[-1]
            await pilot.press("escape")
            assert session.found[0].sentence not in screen_text(pilot)

    async def test_enter_lists_where_the_words_stand_and_goes_there(self) -> None:
        session = eight()
        async with opened(session) as pilot:
            parent = here(pilot)
            await pilot.press("space")
            session.release()
            meet(session, parent)
            await until(pilot, lambda: main_screen(pilot).space.meetings.joins)
            await pilot.press("m", "enter")
            assert isinstance(pilot.app.screen, EvidenceScreen)
            assert screen_text(pilot).count(JOKE) >= 4
            await pilot.press("down", "enter")
            assert here(pilot) == session.found[0].nodes[1]
            assert session.found[0].sentence[:40] in screen_text(pilot)
            assert "branch 2 of 4" in screen_text(pilot)

    async def test_without_joins_m_says_so(self) -> None:
        async with opened(toast()) as pilot:
            await pilot.press("m")
            await until(pilot, lambda: said(pilot, "No branches meet yet."))


class TestWriting:
    async def test_a_text_is_added_below_and_walking_goes_on(self) -> None:
        session = toast()
        async with opened(session) as pilot:
            parent = here(pilot)
            await pilot.press("i", *"Stop", "ctrl+j", *"Now")
            assert "writing" in screen_text(pilot)
            assert "2 tokens" in screen_text(pilot)
            await pilot.press("enter")
            node = session.tree.node(here(pilot))
            assert (node.parent_id, node.text, node.role) == (parent, b"Stop\nNow", "text")
            assert "walking" in screen_text(pilot)
            assert not session.tree.growing_ids

    async def test_escape_keeps_the_draft(self) -> None:
        session = toast()
        async with opened(session) as pilot:
            n_nodes = len(session.tree)
            await pilot.press("i", *"Stop", "escape")
            assert "draft: Stop" in screen_text(pilot)
            await pilot.press("left", "i", *"!")
            assert main_screen(pilot).space.composer.draft.text == "Stop!"
            assert len(session.tree) == n_nodes

    async def test_keys_are_letters_while_writing(self) -> None:
        session = toast()
        async with opened(session) as pilot:
            at = here(pilot)
            await pilot.press("i", "q", "h", "j", "space", "1", "question_mark")
            assert main_screen(pilot).space.composer.draft.text == "qhj 1?"
            assert here(pilot) == at

    async def test_a_space_at_the_end_gets_a_hint(self) -> None:
        async with opened(toast()) as pilot:
            await pilot.press("i", *"Stop", "space")
            assert "It ends in a space." in screen_text(pilot)
            await pilot.press("x")
            assert "It ends in a space." not in screen_text(pilot)

    async def test_nothing_is_not_added(self) -> None:
        session = toast()
        async with opened(session) as pilot:
            n_nodes = len(session.tree)
            await pilot.press("i", "enter")
            assert len(session.tree) == n_nodes

    async def test_the_first_text_of_an_empty_session_is_its_root(self) -> None:
        session = FakeSession()
        async with opened(session) as pilot:
            assert "An empty page." in screen_text(pilot)
            await pilot.press("i", *"Once", "enter")
            assert session.tree.root_ids == (here(pilot),)
            assert "An empty page." not in screen_text(pilot)


class TestChat:
    async def test_a_chat_opens_writing_and_a_message_is_answered(self) -> None:
        session = FakeSession(mode="chat", scripts=("Marco did.",), finishes=("eos",))
        async with opened(session) as pilot:
            assert main_screen(pilot).space.composer.writing
            await pilot.press(*"Who", "enter")
            message = session.tree.node(here(pilot))
            assert (message.role, message.text) == ("user", b"Who")
            session.release()
            await until(pilot, lambda: session.tree.n_children(message.id) == 3)
            await until(pilot, lambda: "3 answers" in screen_text(pilot))

    async def test_another_wording_stands_beside_the_message(self) -> None:
        session = FakeSession(mode="chat", scripts=("Marco did.",))
        asked = session.type(None, b"Who won?", "user")
        (answer,) = session.say(asked, "Marco.", role="assistant")
        session.select(asked)
        async with opened(session) as pilot:
            assert not main_screen(pilot).space.composer.writing
            await pilot.press("i", *"Why", "enter")
            assert session.tree.node(here(pilot)).parent_id is None
            session.release()
            await until(pilot, lambda: not session.tree.growing_ids)
            await pilot.press("up", "right")
            assert here(pilot) == answer
            assert "your turn" in screen_text(pilot).lower()

    async def test_an_answer_that_stopped_early_can_be_gone_on_with(self) -> None:
        session = FakeSession(mode="chat")
        asked = session.type(None, b"Who won?", "user")
        (answer,) = session.say(asked, "Marco, as", role="assistant")
        session.select(answer)
        async with opened(session) as pilot:
            assert "Space goes on with this answer." in screen_text(pilot)


class TestAround:
    async def test_a_person_who_is_new_is_told_what_to_press(self) -> None:
        session = eight()
        session.select(session.tree.root_ids[0])
        async with opened(session) as pilot:
            assert "only one made-up town" in screen_text(pilot)
            await pilot.press("space")
            await until(pilot, lambda: session.tree.growing_ids)
            assert "only one made-up town" not in screen_text(pilot)

    async def test_a_person_who_has_walked_here_before_is_told_it_no_more(self) -> None:
        async with opened(eight()) as pilot:
            assert "only one made-up town" not in screen_text(pilot)

    async def test_a_model_of_ones_own_needs_no_introduction(self) -> None:
        session = toast(model="/models/mine.gguf")
        async with opened(session) as pilot:
            assert "only one made-up town" not in screen_text(pilot)

    async def test_the_outline_takes_the_place_of_the_text_or_leaves_its_column(self) -> None:
        for size, shown_first in ((NARROW, False), (WIDE, True)):
            async with opened(toast(), size) as pilot:
                outline = main_screen(pilot).space.outline
                assert outline.display is shown_first
                await pilot.press("o")
                assert outline.display is not shown_first
                assert main_screen(pilot).space.reading.display is (size == WIDE)
                await pilot.press("o")
                assert outline.display is shown_first

    @pytest.mark.parametrize("keys", [("o", "o"), ("t", "escape"), ("o", "t", "escape", "o")])
    @pytest.mark.parametrize("size", [NARROW, WIDE, (220, 60)])
    async def test_what_was_put_away_and_comes_back_has_the_room_that_it_had(
        self, size: tuple[int, int], keys: tuple[str, ...]
    ) -> None:
        async with opened(toast(), size) as pilot:
            await pilot.pause()
            before = screen_text(pilot)
            await pilot.press(*keys)
            await until(pilot, lambda: screen_text(pilot) == before)

    async def test_a_screen_that_becomes_narrow_and_wide_again_looks_as_before(self) -> None:
        async with opened(toast(), WIDE) as pilot:
            await pilot.press("o")
            await pilot.pause()
            before = screen_text(pilot)
            await pilot.resize_terminal(*NARROW)
            await until(pilot, lambda: main_screen(pilot).space.outline.display)
            await pilot.resize_terminal(*WIDE)
            await until(pilot, lambda: screen_text(pilot) == before)

    async def test_copying_says_what_was_copied(self) -> None:
        session = toast()
        async with opened(session) as pilot:
            await pilot.press("y")
            assert pilot.app.clipboard == session.tree.node(here(pilot)).display_text()
            await pilot.press("Y")
            assert pilot.app.clipboard.encode() == session.tree.path_text(here(pilot))
            await until(pilot, lambda: said(pilot, "Copied everything up to here"))

    async def test_another_model_is_a_path_away(self) -> None:
        session = toast()
        async with opened(session) as pilot:
            await pilot.press("at", *"mine.gguf", "enter")
            assert session.chosen == ["mine.gguf"]
            await until(pilot, lambda: pilot.app.screen is main_screen(pilot))
            await pilot.press("at", "escape")
            assert session.chosen == ["mine.gguf"]

    async def test_help_shows_every_key_and_goes_away(self) -> None:
        async with opened(toast(), (220, 120)) as pilot:
            await pilot.press("question_mark")
            assert isinstance(pilot.app.screen, HelpScreen)
            for words in ("Grow new branches here", "To the next meeting", "Ctrl+J", "Marks"):
                assert words in screen_text(pilot)
            await pilot.press("escape")
            assert isinstance(pilot.app.screen, MainScreen)

    async def test_q_quits_at_once(self) -> None:
        async with opened(toast()) as pilot:
            app = pilot.app
            await pilot.press("q")
        assert app.return_code == 0

    @pytest.mark.parametrize("size", [(39, 24), (80, 11), (1, 1)])
    async def test_too_small_a_terminal_gets_a_sentence(self, size: tuple[int, int]) -> None:
        async with opened(toast(), size) as pilot:
            assert "wedding" not in screen_text(pilot)
            if size != (1, 1):
                assert "please" in screen_text(pilot)

    async def test_nothing_is_lost_by_resizing_to_nothing_and_back(self) -> None:
        session = eight()
        async with opened(session, WIDE) as pilot:
            await pilot.press("space", "1", "i", *"Stop")
            session.release(5)
            await until(pilot, lambda: "Nobody moved." in screen_text(pilot))
            before = screen_text(pilot)
            for size in ((0, 0), (1, 1), (30, 5), NARROW, WIDE):
                await pilot.resize_terminal(*size)
                await pilot.pause()
            await until(pilot, lambda: screen_text(pilot) == before)

    @pytest.mark.parametrize("width", [100, 130, 170])
    async def test_lines_that_cross_meet(self, width: int) -> None:
        async with opened(toast(), (width, 40)) as pilot:
            rows = screen_text(pilot).splitlines()
            edge = rows[1].index("┬")
            assert "├" in {row[edge] for row in rows}
            assert {row[edge] for row in rows[2:20]} == {"│"}
            assert [row[edge] for row in rows].count("┴") == 1

    async def test_a_gpu_that_is_not_used_is_named(self) -> None:
        session = toast()
        session.status = ModelStatus("ready", "mistral", cpu_build("mistral", "RTX 4090"))
        async with opened(session, WIDE) as pilot:
            assert "mistral (CPU build, GPU unused)" in screen_text(pilot)
            await pilot.resize_terminal(*NARROW)
            await pilot.pause()
            assert "CPU build, GPU unused" in screen_text(pilot)

    async def test_a_notice_takes_the_place_of_the_one_before_however_many_there_are(self) -> None:
        async with opened(toast()) as pilot:
            for _ in range(20):
                await pilot.press("b")
                await until(pilot, lambda: "Bookmarked" in screen_text(pilot))
                await pilot.press("b")
                await until(pilot, lambda: "The bookmark is gone." in screen_text(pilot))
                await until(pilot, lambda: "Bookmarked" not in screen_text(pilot))
            assert len(pilot.app.screen.query("ToastHolder")) == 1

    async def test_facts_that_have_no_room_are_left_out_whole(self) -> None:
        session = toast()
        session.status = ModelStatus("ready", "mistral", cpu_build("mistral", "RTX 4090"))
        async with opened(session, (40, 16)) as pilot:
            facts = screen_text(pilot).splitlines()[-2]
            assert "saved · 6 nodes" in facts
            assert "CPU" not in facts

    async def test_the_key_unloads_what_is_loaded(self) -> None:
        session = toast()
        session.status = ModelStatus("ready", "mistral", cpu_build("mistral"), others=("gemma",))
        async with opened(session, WIDE) as pilot:
            await pilot.press("Z")
            assert session.status.state == "unloaded"
            assert session.n_stops == 1
            text = " ".join(screen_text(pilot).split())
            assert "mistral and gemma were unloaded" in text
            await pilot.press("Z")
            await pilot.pause()
            assert "No model is loaded" in screen_text(pilot)

    async def test_the_first_row_says_how_branches_are_drawn(self) -> None:
        session = toast()
        async with opened(session, WIDE) as pilot:
            header = pilot.app.query_one(Header)
            assert str(header.render()).split("story-base")[1] == (
                " · plain text · T 1 min-p .05 · 5 × 64 tokens "
            )
            assert pilot.app.query_one("#top", Rule).label == "outline · 6 nodes"


class TestLargeTrees:
    async def test_ten_thousand_deep_can_be_walked(self) -> None:
        session = FakeSession()
        node_id = session.type(None, b"Once.")
        for _ in range(10_000):
            node_id = session.type(node_id, b" And then.")
        session.drain()
        session.select(node_id)
        async with opened(session, WIDE) as pilot:
            await pilot.press("left", "left", "right")
            assert here(pilot) == session.tree.node(node_id).parent_id
            await pilot.press("g")
            assert here(pilot) == session.tree.root_ids[0]

    async def test_a_fork_of_sixty_scrolls_and_keeps_the_chosen_one_in_view(self) -> None:
        session = FakeSession()
        root = session.type(None, b"Once.")
        ways = session.say(root, *(f"Way number {n}." for n in range(60)))
        session.select(ways[30])
        async with opened(session) as pilot:
            assert "◆31   Way number 30." in screen_text(pilot)
            await pilot.press(*["down"] * 6)
            assert "◆37   Way number 36." in screen_text(pilot)


class TestOutlineShape:
    async def test_a_node_is_folded_and_opened_again_by_walking_into_it(self) -> None:
        session = eight()
        async with opened(session, WIDE) as pilot:
            outline = main_screen(pilot).space.outline
            n_rows = len(outline._rows)
            await pilot.press("home", "f")
            assert len(outline._rows) == 1
            assert "▸" in screen_text(pilot)
            await pilot.press("right")
            assert len(outline._rows) == n_rows

    async def test_all_but_the_way_here_is_folded_and_unfolded(self) -> None:
        session = eight()
        other = session.tree.child_ids(session.tree.root_ids[0])[1]
        session.type(session.type(other, b"deeper"), b"and deeper")
        async with opened(session, WIDE) as pilot:
            outline = main_screen(pilot).space.outline
            n_rows = len(outline._rows)
            await pilot.press("F")
            assert len(outline._rows) == n_rows - 2
            await pilot.press("F")
            assert len(outline._rows) == n_rows

    async def test_a_subtree_is_looked_at_alone(self) -> None:
        session = eight()
        async with opened(session, WIDE) as pilot:
            outline = main_screen(pilot).space.outline
            n_rows = len(outline._rows)
            await pilot.press("H")
            assert len(outline._rows) == 1
            await pilot.press("left")
            assert here(pilot) == session.tree.path(here(pilot))[-1].id
            assert len(outline._rows) == n_rows

    async def test_siblings_page_by_ten(self) -> None:
        session = eight()
        at = session.tree.selected_id
        assert at is not None
        for number in range(25):
            session.type(at, f" way {number}".encode())
        session.drain()
        async with opened(session, WIDE) as pilot:
            assert "1-10 of 25" in screen_text(pilot)
            await pilot.press("right", "up", *["down"] * 10)
            assert "11-20 of 25" in screen_text(pilot)

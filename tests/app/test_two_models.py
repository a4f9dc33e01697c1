"""Two models in one tree: chosen by key, grown with both, side by side in the tokens."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from textual.pilot import Pilot

from loom.app.model_glyphs import ModelGlyphs
from loom.app.token_place import law_beside
from loom.engine.client import Listener
from loom.engine.local import LocalEngine
from loom.engine.request import LoadSpec
from loom.session import ModelStatus
from loom.session.session import Beginning, Session
from loom.session.settings import GrowSettings

from .conftest import WIDE, app_on, main_screen, opened, screen_text, until
from .fake_laws import laws_of
from .fake_session import FakeSession, toast
from .test_snapshots import Snap, grown, three_sizes


async def chosen(pilot: Pilot[None], model: str = "story-chat") -> None:
    await pilot.pause()
    main_screen(pilot)._choose_second(model)
    await pilot.pause()


async def test_a_second_model_is_chosen_told_and_put_away() -> None:
    session = toast()
    async with opened(session, WIDE) as pilot:
        await pilot.press("A")
        assert "A second model, beside the first" in screen_text(pilot)
        await pilot.press("escape")
        await chosen(pilot)
        assert "story-base + story-chat ·" in screen_text(pilot)
        session.status = ModelStatus("loading", "story-chat")
        main_screen(pilot).space.show_state()
        await until(pilot, lambda: "story-base + opening story-chat…" in screen_text(pilot))
        await pilot.press("A")
        assert session.second.reference is None
        assert "story-base + story-chat" not in screen_text(pilot)


async def test_the_model_that_grows_already_is_refused() -> None:
    async with opened(toast(), WIDE) as pilot:
        await chosen(pilot, "story-base")
        await until(pilot, lambda: "grows here already" in screen_text(pilot))


async def test_both_grow_where_one_stands() -> None:
    session = toast()
    async with opened(session, WIDE) as pilot:
        await pilot.press("quotation_mark")
        assert "There is no second model yet. A chooses one." in screen_text(pilot)
        await chosen(pilot)
        await pilot.press("quotation_mark")
        assert session.grown_with == [None, "story-chat"]


async def test_the_words_of_both_stand_side_by_side() -> None:
    session = toast()
    async with opened(session, WIDE) as pilot:
        await chosen(pilot)
        await pilot.press("t")
        lines = screen_text(pilot).splitlines()
        assert any("story-base · entropy" in x and "story-chat · entropy" in x for x in lines)
        await pilot.press("escape", "A", "t")
        assert "story-chat · entropy" not in screen_text(pilot)


async def test_while_the_second_model_reads_it_says_so() -> None:
    session = toast()
    session.second.laws.holds_back = True
    async with opened(session, WIDE) as pilot:
        await chosen(pilot)
        await pilot.press("g", "t")
        assert "story-chat reads this…" in screen_text(pilot)


def test_where_the_second_model_cuts_otherwise_nothing_is_compared() -> None:
    session = FakeSession()
    root = session.type(None, b"So")
    (said,) = session.say(root, " Marco laughed.")
    node = session.tree.node(said)
    own = laws_of([b" Marco", b" laughed", b"."])
    others = laws_of([b" Mar", b"co", b" laughed."], model="other")
    assert law_beside(node, own, others, 0) is not None
    law = law_beside(node, own, others, 1)
    assert law is not None
    assert law.taken is not None
    assert law.taken.piece == b" laughed."
    assert law_beside(node, own, others, 2) is None
    assert law_beside(node, own, None, 0) is None


async def test_each_branch_shows_whose_it_is(tmp_path: Path) -> None:
    def nobody(spec: LoadSpec, listener: Listener) -> LocalEngine:
        raise AssertionError("a world needs no process")

    beginning = Beginning("t", "golden-mean", prompt="1011")
    with closing(Session.create(tmp_path / "t.loom", beginning, nobody)) as session:
        session.settings = GrowSettings(2, 8, seed=1)
        async with opened(session, WIDE) as pilot:
            root = session.tree.root_ids[0]
            assert ModelGlyphs(session.tree).legend() == ""
            await chosen(pilot, "even")
            await pilot.press("quotation_mark")
            await until(pilot, lambda: session.tree.n_children(root) == 4)
            await until(pilot, lambda: not session.tree.growing_ids)
            await until(pilot, lambda: "● golden-mean ■ even" in screen_text(pilot))
            await until(pilot, lambda: screen_text(pilot).count("■") >= 5)
            assert screen_text(pilot).count("●") >= 5
            assert session.status.name == "golden-mean"
            settings = session.settings
            assert settings == replace(settings, model=None)


@three_sizes
def test_the_tokens_of_two_models(snap_compare: Snap, size: tuple[int, int]) -> None:
    async def drive(pilot: Pilot[None]) -> None:
        await chosen(pilot)
        pilot.app.clear_notifications()
        await pilot.press("1", "t", "right", "down")

    assert snap_compare(app_on(grown()), run_before=drive, terminal_size=size)

"""Findings on the screen: their marks, and the panel with their evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from loom.app.evidence_rows import aligned_rows, interval_rows, telling_rows
from loom.app.meetings import Meetings
from loom.app.screens.evidence import EvidenceScreen
from loom.records import JudgingCost, TellingWord
from loom.session.judging.service import JudgingStatus

from .conftest import NARROW, WIDE, app_on, main_screen, opened, screen_text, until
from .fake_session import JOKE, FakeSession, shared, toast
from .findings import NOT_ONE_ROAD, ONE_ROAD, TELLING, futures, judged_toast

HUGE = (220, 60)
Snap = Callable[..., bool]
three_sizes = pytest.mark.parametrize(
    "size", [NARROW, WIDE, HUGE], ids=["80x24", "130x40", "220x60"]
)


def panel(pilot: Pilot[None]) -> EvidenceScreen:
    assert isinstance(pilot.app.screen, EvidenceScreen)
    return pilot.app.screen


@three_sizes
def test_marks_of_every_kind(snap_compare: Snap, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(judged_toast()), press=["m"], terminal_size=size)


@three_sizes
def test_why_a_join_is_one(snap_compare: Snap, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(judged_toast()), press=["m", "enter"], terminal_size=size)


@three_sizes
def test_why_a_look_alike_is_none(snap_compare: Snap, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(judged_toast()), press=["5", "enter"], terminal_size=size)


def test_marks_without_colour(snap_compare: Snap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(app_on(judged_toast()), press=["m"], terminal_size=WIDE)


async def test_every_branch_has_the_marks_of_its_findings() -> None:
    async with opened(judged_toast(), WIDE) as pilot:
        text = screen_text(pilot)
        rows = [line for line in text.splitlines() if "Nobody moved" in line]
        assert any("?" in row for row in rows)
        assert "joins 1 · judged 14 of 60 pairs, 3.1 s" in text


async def test_a_place_far_down_in_a_long_text_comes_into_view() -> None:
    session = FakeSession()
    root = session.type(None, b"The town.")
    long = "The goose went down to the harbour and nobody said a word about it. " * 12
    ids = session.say(root, f"{long}{JOKE} once.", f"It rained. {JOKE} twice.")
    session.found = (shared(session.tree, ids, JOKE),)
    session.select(root)
    async with opened(session) as pilot:
        await pilot.press("m")
        assert session.tree.selected_id == ids[0]
        words = " ".join(screen_text(pilot).replace("│", " ").replace("≈", " ").split())
        assert f"{JOKE} once." in words


async def test_what_is_found_moves_nothing_that_is_read() -> None:
    session = judged_toast()
    later, session.found = session.found, ()
    async with opened(session, NARROW) as pilot:
        await pilot.press("1")
        space = main_screen(pilot).space
        before = space.here, space.reading.top, space.branches.top, space.outline.top
        words = [space.reading.draw_line(n).plain[6:] for n in range(space.reading.height)]
        session.found = later
        session._wake()
        await until(pilot, lambda: space.meetings.joins == later)
        assert (space.here, space.reading.top, space.branches.top, space.outline.top) == before
        assert [space.reading.draw_line(n).plain[6:] for n in range(space.reading.height)] == words


async def test_space_looks_further_and_the_bar_gets_narrower() -> None:
    session = judged_toast()
    async with opened(session, WIDE) as pilot:
        await pilot.press("m", "enter")
        assert ONE_ROAD[:40] in screen_text(pilot)
        before = screen_text(pilot).count("━")
        await pilot.press("space")
        assert session.judged_joins == [session.found[0]]
        join = session.found[0]
        assert join.evidence.predictive is not None
        sharper = replace(join.evidence.predictive, best_guess_low=0.53, best_guess_high=0.55)
        session.judge_again(join, sharper)
        await until(pilot, lambda: "54 in 100 (53 to 55)" in screen_text(pilot))
        assert screen_text(pilot).count("━") < before


async def test_x_says_that_it_is_no_join_and_takes_it_back() -> None:
    session = judged_toast()
    async with opened(session, WIDE) as pilot:
        await pilot.press("m", "enter", "x")
        (said,) = session.tree.denied
        assert {place.node for place in said} == set(session.found[0].nodes)
        session.found = (replace(session.found[0], denied=True), *session.found[1:])
        session._wake()
        await until(
            pilot,
            lambda: "but none to you" in str(panel(pilot).query_one("#evidence").border_title),
        )
        await pilot.press("x")
        assert not session.tree.denied
        await pilot.press("escape", "u")
        assert session.tree.denied


async def test_a_look_alike_needs_nobody_to_deny_it() -> None:
    session = judged_toast()
    async with opened(session, WIDE) as pilot:
        await pilot.press("5", "enter", "x")
        assert NOT_ONE_ROAD[:40] in screen_text(pilot)
        assert not session.tree.denied


async def test_judging_is_begun_when_news_is_in_and_on_a_key() -> None:
    session = judged_toast()
    async with opened(session, WIDE) as pilot:
        assert session.unasked.n_advances
        await pilot.press("J")
        assert session.unasked.asked_at == [main_screen(pilot).space.here]
        session.judging.status = JudgingStatus(True, JudgingCost(3, 9, 100, 0.5))
        session._wake()
        await until(pilot, lambda: "judging, 3 of 9 pairs" in screen_text(pilot))


async def test_why_nothing_is_judged_unasked_is_said() -> None:
    session = toast()
    session.unasked.why_not = "running on battery"
    async with opened(session, WIDE) as pilot:
        assert "not judging: running on battery" in screen_text(pilot)


def test_the_interval_stands_between_chance_and_certainty() -> None:
    bar, scale, legend = interval_rows(
        futures(("1", "2"), "apart", (0.75, 0.7, 0.8)), "alike", 0.62, 70
    )
    cells = bar.plain[3 : bar.plain.index("  best")]
    assert cells[len(cells) // 2] == "●"
    first, last = cells.index("━"), cells.rindex("━")
    assert len(cells) // 2 - first == last - len(cells) // 2
    assert cells.index("┊") < cells.index("╎") < first
    assert scale.plain.split() == ["50", "60", "70", "80", "90", "100"]
    assert "same place twice 52" in legend.plain


@pytest.mark.parametrize("width", [40, 72, 200])
def test_words_stand_in_the_middle_of_their_bars(width: int) -> None:
    head, *rows = telling_rows(
        (*TELLING, TellingWord("中文", 1.0, 0.0)), ["1", "5"], "alike", width
    )
    assert all(row.cell_length <= width for row in (head, *rows))
    assert "71 %" in rows[0].plain
    assert rows[0].plain.index("fiddles") < rows[0].plain.index("71 %")


def test_shared_words_are_folded_and_the_others_are_not() -> None:
    shared = " ".join(f"word{n}" for n in range(20))
    rows = aligned_rows([b"He " + shared.encode(), b"She " + shared.encode()], ["1", "2"], "alike")
    assert [name for name, _ in rows] == ["1", "2", "both"]
    assert rows[0][1].plain == "He"
    assert rows[2][1].plain == "word0 word1 word2 … 14 words … word17 word18 word19"


def test_mere_words_recede_once_something_was_judged() -> None:
    session = judged_toast()
    ids = session.tree.child_ids(session.tree.selected_id or "")
    words = shared(session.tree, [ids[1], ids[4]], "the band")
    alone, beside = Meetings((words,)), Meetings((*session.found, words))
    assert [name for _, name in alone.tinted(ids[4], None)] == ["met--words"]
    assert [name for _, name in beside.tinted(ids[4], None)] == ["met--alike"]
    assert [look.mark for look in beside.looks(ids[4])] == ["a", "≈"]
    assert [join.mark for join in beside.walked(None)] == ["A", "a", "?"]
    assert [join.mark for join in beside.walked(words.id)] == ["A", "a", "?", "≈"]
    assert [join.mark for join in alone.walked(None)] == ["≈"]

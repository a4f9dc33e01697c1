"""The tour's sessions and words: judged as they are, and every figure computed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from loom.errors import LoomError
from loom.session.tour.figures import figures_of
from loom.session.tour.making import CHAPTERS
from loom.session.tour.steps import of_100
from loom.session.tour.tour import Tour


def no_model(*_: object) -> object:
    raise LoomError("A model was asked for.", "")


@pytest.fixture(scope="module")
def tour() -> Iterator[Tour]:
    begun = Tour.begin(no_model)  # type: ignore[arg-type]
    yield begun
    begun.close()


def test_the_three_worlds_have_one_entropy_and_three_kinds_of_meeting() -> None:
    known = [figures_of(chapter.world) for chapter in CHAPTERS]
    assert [one.bits for one in known] == pytest.approx([2 / 3] * 3, abs=1e-6)
    assert [one.n_states for one in known] == [2, 2, 5]
    assert [one.same_last(4) for one in known] == pytest.approx([100, 1300 / 17, 45.5], abs=0.05)


def test_what_looks_alike_one_symbol_ahead_is_told_apart_two_ahead() -> None:
    coins = figures_of("rrxor")
    assert coins.guess("001010", "001011", 1) == pytest.approx(50)
    assert coins.guess("001010", "001011", 2) == pytest.approx(100)


def test_what_was_judged_is_what_is_known_of_each_world(tour: Tour) -> None:
    for chapter, session in zip(CHAPTERS, tour.sessions, strict=True):
        known, tree = figures_of(chapter.world), session.tree
        joined = [join for join in session.joins() if join.verdict == "joined"]
        assert len(joined) >= 2
        for join in joined:
            first, *others = (tree.path_text(node_id).decode() for node_id in join.nodes)
            for other in others:
                assert known.guess(first, other, 16) == pytest.approx(50)


def test_the_words_hold_the_figures_and_no_step_is_long(tour: Tour) -> None:
    words = [f"{step.title} {step.words}" for step in tour.steps]
    assert "0.67 bits a symbol" in words[0]
    assert "1.59 choices" in words[0]
    assert "60 in 100 are one road, with the same last four 76, the last eight 90" in words[4]
    assert "all 4 ways are one road" in words[5]
    assert "right 50 times in 100. From two symbols it is right 100 times" in words[6]
    assert re.search(r"Even +0\.67 +1\.59 +2 +60 +76 +2", words[7])
    assert all(len(one.split()) < 100 for one in words)
    assert sum(len(one.split()) for one in words) < 620


def test_what_is_not_quite_all_is_not_said_to_be() -> None:
    assert [of_100(share) for share in (100.0, 99.8, 99.2, 50.0)] == ["100", "over 99", "99", "50"]


def test_nothing_is_left_behind() -> None:
    begun = Tour.begin(no_model)  # type: ignore[arg-type]
    paths = [session.path for session in begun.sessions]
    assert all(path.exists() for path in paths)
    begun.close()
    assert not any(path.parent.exists() for path in paths)

"""What undo and redo say."""

from __future__ import annotations

import time
from typing import get_args

import pytest

from loom.session.step_words import told
from loom.tree.history import Step
from loom.tree.kinds import Verb
from tests.session.operating import Bench
from tests.store.specimens import written

NOW = 1_700_000_000.0


def step(verb: Verb = "hide", node_id: str | None = "n", age_s: float = 0.0) -> Step:
    return Step("o", verb, node_id, NOW - age_s, "human")


@pytest.fixture
def bench() -> Bench:
    bench = Bench()
    bench.take([written("n", b"\n\nThe room \x1b[1m went still and nobody said a word")])
    return bench


@pytest.mark.parametrize("verb", get_args(Verb))
def test_every_verb_has_words(bench: Bench, verb: Verb) -> None:
    assert told(step(verb), bench.tree, "Undone", NOW).startswith("Undone: ")


def test_the_place_is_told_by_its_first_words_and_nothing_in_them_is_obeyed(bench: Bench) -> None:
    said = told(step(), bench.tree, "Redone", NOW)
    assert said == "Redone: hiding “The room ␛[1m went still and no…”, just now."
    assert "this session" in told(step("title", None), bench.tree, "Undone", NOW)


@pytest.mark.parametrize(
    ("age_s", "when"),
    [
        (59, "just now"),
        (60, "1 minute ago"),
        (3_599, "59 minutes ago"),
        (3_600, "1 hour ago"),
        (86_399, "23 hours ago"),
        (-500, "just now"),
    ],
)
def test_the_time_is_told_as_people_say_it(bench: Bench, age_s: float, when: str) -> None:
    assert told(step(age_s=age_s), bench.tree, "Undone", NOW).endswith(f", {when}.")


def test_what_is_days_old_has_a_date(bench: Bench) -> None:
    day = time.strftime("%d %B %Y", time.localtime(NOW - 200_000))
    assert f"on {day} at " in told(step(age_s=200_000), bench.tree, "Undone", NOW)

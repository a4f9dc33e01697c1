"""The bars of the story models: a world clears its own, and not another's."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from assets.check_story_models import bars_of
from assets.checking.drawing import continuations, logprobs_after
from assets.checking.faults import _first, first_faults
from assets.checking.known import Known, naming_words, word_around
from loom.records import Sampling
from loom.worlds.backend import WorldBackend
from loom.worlds.grammar import Place
from loom.worlds.quill import QUILL

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def quill() -> Known:
    return Known.of(QUILL)


def test_a_world_clears_all_its_bars(chat: WorldBackend[Place]) -> None:
    bars = list(bars_of("story-chat", chat.alone(), 3, 1))
    assert len(bars) == 8
    assert [bar.name for bar in bars if not bar.holds] == []
    for bar in bars:
        exact = 0.0 if bar.side == "at most" else 1.0
        assert bar.value == pytest.approx(exact, abs=1e-6)


def test_another_world_s_laws_miss_them(story: WorldBackend[Place]) -> None:
    bars = {bar.name: bar for bar in bars_of("story-chat", story.alone(), 3, 1)}
    missed = {name for name, bar in bars.items() if not bar.holds}
    assert {"cross-entropy above the world's entropy", "favourite number off by"} <= missed
    # One in 101 in place of one in five.
    assert bars["favourite number off by"].value == pytest.approx(1 - 1 / 101 / 0.209, abs=0.05)
    assert all(bars[name].line.startswith("MISSED") for name in missed)
    assert bars["noise floor f_16"].value == pytest.approx(0, abs=1e-9)


def test_what_is_drawn_costs_what_the_filter_says(story: WorldBackend[Place], quill: Known) -> None:
    world = story.alone()
    history = [quill.end, *quill.vocabulary.encode("Friends, raise your glasses.")]
    as_is = Sampling(min_p=None)
    drawn = continuations(world, history, 40, 9, as_is, 3, (quill.end,))
    assert drawn == continuations(world, history, 40, 9, as_is, 3, (quill.end,))
    assert {len(tokens) for tokens in drawn} == {9}
    before = quill.filter.follow(quill.filter.start(), history[1:]).belief
    exact = [-sum(quill.filter.follow(before, tokens).bits) for tokens in drawn[:32]]
    found = logprobs_after(world, history, drawn[:32])
    assert found == pytest.approx([bits * 0.6931471805599453 for bits in exact], abs=1e-4)


def test_documents_end_and_fit_a_window(quill: Known) -> None:
    documents = list(quill.documents(5, seed=1))
    assert all(document[-1] == quill.end for document in documents)
    assert max(map(len, documents)) <= 1_000
    assert documents == list(quill.documents(5, seed=1))


def test_a_wrong_name_is_known_for_one(quill: Known) -> None:
    text = "Marco the baker, and the Bastian."
    tokens = quill.vocabulary.encode(text)
    words = [word_around(quill.vocabulary, tokens, i) for i in range(len(tokens))]
    assert {"Marco", "baker", "Bastian"} <= set(words)
    assert {"Marco", "Bastian", "Lindqvist"} <= naming_words()
    assert not {"the", "and"} & naming_words()


def test_what_a_model_says_that_cannot_be_is_told_in_its_place(
    chat: WorldBackend[Place], quill: Known
) -> None:
    *_, counted = first_faults(chat.alone(), quill, 4)
    assert counted == "0 of 4 documents: none"
    tokens = quill.vocabulary.encode("The wedding of Marco and zebra")
    beat, told = _first(quill, tokens) or ("", "")
    assert beat == "wedding"
    assert told.startswith("'The wedding of Marco and'")


def test_it_ends_with_one_where_a_model_is_not_there(tmp_path: Path) -> None:
    words = ["-m", "assets.check_story_models", "--only", "story-base", "--models", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "make_story_models" in done.stderr
    assert "Traceback" not in done.stderr


def test_it_prints_json(tmp_path: Path) -> None:
    words = ["-m", "assets.check_story_models", "--only", "story-base", "--world", "--json"]
    done = subprocess.run(
        [sys.executable, *words, "--documents", "1", "--pairs", "1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (result,) = json.loads(done.stdout)["results"]
    assert result["model"] == "story-world"
    assert all(bar["holds"] for bar in result["bars"])

"""`loom joins`: what was compared, what it is called, and what could not be."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from loom.models.random_weights import write_random_model

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def loom(tmp_path: Path) -> Run:
    """Run `loom` in a folder of its own, with no terminal."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "loom", *words]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    return run


def test_futures_are_compared_kept_and_told(loom: Run) -> None:
    loom("new", "t.loom", "--model", "rrxor", "--prompt", "0110101101")
    loom("grow", "t.loom", "-n", "5", "--tokens", "10", "--seed", "1")
    done = loom("joins", "t.loom", "--level", "futures", "--budget", "all", "--json")
    assert done.returncode == 0, done.stderr
    assert "pairs compared under rrxor at temperature 1 with nothing cut." in done.stderr
    found = json.loads(done.stdout)
    assert set(found) == {"joins", "roads", "not_judged", "judging"}
    joined = [join for join in found["joins"] if join["verdict"] == "joined"]
    assert joined
    shares = [join["weight"] for join in joined]
    assert shares == sorted(shares, reverse=True)
    for join in joined:
        assert set(join) == {
            *("id", "verdict", "kind", "nodes", "spans", "weight", "sentence", "evidence"),
            *("mark", "denied"),
        }
        assert join["kind"] in ("full", "paraphrase", "same_road", "hidden")
        assert join["evidence"]["predictive"]["verdict"] == "joined"
        assert len(join["spans"]) == len(join["nodes"]) >= 2
    assert [road["id"] for road in found["roads"]] == [join["id"] for join in joined]
    for road, join in zip(found["roads"], joined, strict=True):
        assert set(road) == {"id", "mark", "fork", "n_branches", "n_compared", "ways_in"}
        assert [way["node"] for way in road["ways_in"]] == join["nodes"]
        assert [way["n_tokens"] for way in road["ways_in"]] == [
            span["end_token"] for span in join["spans"]
        ]
        assert road["n_branches"] / road["n_compared"] == join["weight"]
        assert sum(way["n_branches"] for way in road["ways_in"]) == road["n_branches"]
    # Without options nothing is loaded, and what was found before is told again.
    assert json.loads(loom("joins", "t.loom", "--json").stdout)["joins"] == found["joins"]
    lines = loom("joins", "t.loom").stdout.splitlines()
    assert lines[0] == f"{joined[0]['mark']}  {joined[0]['sentence']}"
    words = json.loads(loom("joins", "t.loom", "--level", "words", "--json").stdout)["joins"]
    assert all(join["verdict"] == "not_judged" for join in words)


def test_two_branches_are_compared_by_name(loom: Run) -> None:
    loom("new", "t.loom", "--model", "even", "--prompt", "0110")
    grown = loom("grow", "t.loom", "-n", "2", "--tokens", "8", "--seed", "1", "--json").stdout
    one, other = (json.loads(line)["id"] for line in grown.splitlines())
    done = loom("joins", "t.loom", "--pair", one[:6], other[:6], "--json")
    (join,) = json.loads(done.stdout)["joins"]
    assert join["nodes"] == [one, other]
    looks = join["evidence"]["predictive"]["n_futures"]
    more = loom("joins", "t.loom", "--pair", one, other, "--more", "--json")
    (again,) = json.loads(more.stdout)["joins"]
    assert again["evidence"]["predictive"]["n_futures"] > looks


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--budget", "much"), "'much' is no budget."),
        (("--level", "words", "--more"), "--level words compares no futures."),
        (("--budget", "all"), "This tree has one branch, and it takes two to meet."),
    ],
)
def test_what_cannot_be_meant_is_refused(loom: Run, words: tuple[str, ...], said: str) -> None:
    loom("new", "t.loom", "--model", "even", "--prompt", "0110")
    done = loom("joins", "t.loom", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_another_model_may_judge_and_the_json_says_which_at_what_cost(loom: Run) -> None:
    loom("new", "t.loom", "--model", "golden-mean", "--prompt", "0101")
    loom("grow", "t.loom", "-n", "3", "--tokens", "8", "--seed", "1")
    assert json.loads(loom("joins", "t.loom", "--json").stdout)["judging"] is None
    done = loom("joins", "t.loom", "--model", "even", "--budget", "4000", "--json")
    assert done.returncode == 0, done.stderr
    judging = json.loads(done.stdout)["judging"]
    assert judging["model_name"] == "even"
    assert judging["settings"]["joined_below"] == 0.2
    assert 0 < judging["spent"]["n_judged"] <= judging["spent"]["n_pairs"]
    wrong = loom("joins", "t.loom", "--model", "nothing-like-it")
    assert wrong.returncode == 1
    assert "nothing-like-it" in wrong.stderr


def test_what_was_said_is_compared_by_the_embedding_model_that_a_person_has(
    loom: Run, tmp_path: Path
) -> None:
    write_random_model(tmp_path / "tiny.gguf", "bert", seed=1)
    loom("new", "t.loom", "--model", "rrxor", "--prompt", "0110101101")
    loom("grow", "t.loom", "-n", "6", "--tokens", "24", "--seed", "1")
    done = loom("joins", "t.loom", "--embedder", "tiny.gguf", "--budget", "9000", "--json")
    assert done.returncode == 0, done.stderr
    assert "What was said before is compared by the embedding model." in done.stderr
    semantic = [join["evidence"]["semantic"] for join in json.loads(done.stdout)["joins"]]
    assert {one["measure"] for one in semantic if one is not None} == {"embedding model"}


@pytest.mark.parametrize("options", [("--embedder", "nowhere.gguf"), ("--budget", "soon")])
def test_what_cannot_be_is_said_in_a_sentence_before_anything_is_opened(
    loom: Run, tmp_path: Path, options: tuple[str, str]
) -> None:
    loom("new", "t.loom", "--model", "rrxor", "--prompt", "0110101101")
    before = (tmp_path / "t.loom").read_bytes()
    done = loom("joins", "t.loom", *options)
    assert done.returncode in (1, 2)
    assert options[1] in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "t.loom").read_bytes() == before

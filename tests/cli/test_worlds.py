"""Worlds from the command line: every command takes one where it takes a model."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from loom.worlds.catalogue import chat_world, story_world
from loom.worlds.names import SKETCHES

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def loom(tmp_path: Path) -> Run:
    """Run `loom` in a folder of its own, with no terminal."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "loom", *words]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    return run


def test_a_world_is_grown_shown_and_searched_for_joins(loom: Run) -> None:
    prompt = "Friends, raise your glasses."
    made = loom("new", "t.loom", "--model", "story-world", "--prompt", prompt)
    assert (made.returncode, made.stderr) == (0, "")
    seen = json.loads(loom("show", "t.loom", "--tokens", "--json").stdout)
    grow = ("grow", "t.loom", "-n", "6", "--tokens", "50", "--seed", "3", "--json")
    grown = loom(*grow)
    assert (grown.returncode, grown.stderr) == (0, "")
    nodes = [json.loads(line) for line in grown.stdout.splitlines()]
    assert {(n["author"], n["state"], n["n_asked"]) for n in nodes} == {("story-world", "done", 6)}
    again = [json.loads(line)["text"] for line in loom(*grow).stdout.splitlines()]
    assert sorted(again) == sorted(node["text"] for node in nodes)

    shown = json.loads(loom("show", "t.loom", "--json").stdout)
    provenance = shown["session"]["requests"][0]["provenance"]
    info = story_world().info
    assert provenance["model"]["fingerprint"] == info.fingerprint
    assert provenance["model"]["architecture"] == "world"
    assert provenance["prompt_sha256"] == seen["sha256"]
    assert provenance["n_prompt_tokens"] == seen["n_tokens"]
    assert seen["model"] == "story-world"

    joins = json.loads(loom("joins", "t.loom", "--json").stdout)["joins"]
    assert joins
    assert {join["verdict"] for join in joins} == {"not_judged"}


def test_the_chat_world_begins_a_chat_unless_told_otherwise(loom: Run) -> None:
    chat = ("--model", "story-world-chat", "--prompt", "Pick a number between 0 and 100.")
    loom("new", "c.loom", *chat)
    loom("new", "p.loom", *chat, "--plain")
    modes = [
        json.loads(loom("show", f"{name}.loom", "--tokens", "--json").stdout)["mode"]
        for name in ("c", "p")
    ]
    assert modes == ["chat", "plain"]
    grown = loom("grow", "c.loom", "-n", "3", "--seed", "1", "--json")
    answers = [json.loads(line) for line in grown.stdout.splitlines()]
    assert {(node["role"], node["finish"]) for node in answers} == {("assistant", "eos")}
    fingerprint = chat_world().info.fingerprint
    shown = json.loads(loom("show", "c.loom", "--json").stdout)
    assert shown["session"]["requests"][0]["provenance"]["model"]["fingerprint"] == fingerprint


def test_growing_by_coverage_and_exactly_works_on_a_world(loom: Run) -> None:
    loom("new", "t.loom", "--model", "null-trees", "--prompt", "ab")
    covered = loom("grow", "t.loom", "--cover", "1", "--tokens", "3", "--json")
    nodes = [json.loads(line) for line in covered.stdout.splitlines()]
    assert sorted(node["text"][0] for node in nodes) == list("abcd")
    exact = loom("grow", "t.loom", "-n", "2", "--tokens", "9", "--seed", "1", "--exact", "--json")
    assert len(exact.stdout.splitlines()) == 2


def test_worlds_are_listed_behind_the_models(loom: Run) -> None:
    listed = loom("models", "list")
    names = [line.split()[0] for line in listed.stdout.splitlines()]
    assert names[-len(SKETCHES) :] == list(SKETCHES)
    assert names.index("story-base") < names.index("story-world")
    told = loom("models", "info", "rrxor").stdout
    assert SKETCHES["rrxor"].about in told
    assert json.loads(loom("models", "info", "rrxor", "--json").stdout)[0]["n_parameters"] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("new", "t.loom", "--model", "storyworld"), "Did you mean story-world?"),
        (("bench", "--model", "story-world"), "story-world is a world"),
        (("new", "t.loom", "--model", "even", "--template", "tarot"), "tarot"),
    ],
)
def test_what_cannot_be_is_told_in_one_sentence(
    loom: Run, words: tuple[str, ...], said: str
) -> None:
    done = loom(*words)
    assert done.returncode in (1, 2)
    assert done.stdout == ""
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_step_that_a_world_cannot_draw_with_is_told(loom: Run) -> None:
    loom("new", "t.loom", "--model", "story-world", "--prompt", "One morning")
    done = loom("grow", "t.loom", "--repeat-penalty", "1.1")
    assert done.returncode == 1
    assert "A world does not draw with penalties" in done.stderr


def test_a_window_that_is_too_large_is_said_and_the_session_made(loom: Run) -> None:
    done = loom("new", "t.loom", "--model", "even", "--prompt", "11", "--ctx", "100000")
    assert (done.returncode, done.stdout) == (0, "t.loom\n")
    assert "even reads at most 8,192 tokens, not 100,000." in done.stderr

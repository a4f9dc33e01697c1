"""`loom grow` as a person or a script runs it, on the bundled model."""

from __future__ import annotations

import json
import os
import pty
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
LOOM = [sys.executable, "-m", "loom"]
Node = dict[str, object]


@pytest.fixture
def loom(tmp_path: Path) -> Run:
    """Run `loom` in a folder with a session, with no terminal."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*LOOM, *words],
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    assert run("new", "t.loom", "--prompt", "One morning the baker").returncode == 0
    return run


def grow(loom: Run, *words: str) -> list[Node]:
    """Grow and read what is printed: nothing but a node on each line."""
    done = loom("grow", "t.loom", *words, "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_levels_hang_from_one_another_and_the_estimate_is_talk(loom: Run) -> None:
    done = loom("grow", "t.loom", "-n", "2", "--depth", "3", "--tokens", "6", "--json")
    assert done.stderr.startswith("Growing up to 14 branches and 84 tokens")
    nodes = [json.loads(line) for line in done.stdout.splitlines()]
    ids = {node["id"] for node in nodes}
    assert sum(node["parent"] not in ids for node in nodes) == 2
    assert 2 < len(nodes) <= 14


def test_one_seed_grows_the_same_levels_again(loom: Run) -> None:
    args = ("-n", "2", "--depth", "2", "--tokens", "5", "--seed", "9")
    first, second = (
        sorted((str(n["text"]), n["index"]) for n in grow(loom, *args)) for _ in range(2)
    )
    assert first == second


def test_every_end_grows_within_a_budget(loom: Run) -> None:
    grow(loom, "-n", "3", "--tokens", "5", "--seed", "2")
    nodes = grow(loom, "--leaves", "-n", "2", "--tokens", "10", "--budget", "25")
    assert sum(int(str(node["n_tokens"])) for node in nodes) == 25


def test_branches_end_with_their_sentence_or_a_text(loom: Run) -> None:
    until = grow(loom, "-n", "4", "--tokens", "60", "--until", "sentence")
    assert {node["finish"] for node in until} == {"until"}
    stopped = grow(loom, "-n", "4", "--tokens", "60", "--stop", "e", "--stop", "a")
    assert {node["finish"] for node in stopped} == {"stop"}
    assert all(str(node["text"]).count("e") + str(node["text"]).count("a") for node in stopped)
    longer = grow(loom, "-n", "4", "--tokens", "60", "--stop", "e", "--min-tokens", "7")
    assert all(int(str(node["n_tokens"])) >= 7 for node in longer)


def test_covering_grows_as_many_as_the_law_asks_for(loom: Run) -> None:
    nodes = grow(loom, "--cover", "0.97", "--min-probability", "0.002", "--tokens", "3")
    shown = json.loads(loom("show", "t.loom", "--json").stdout)
    (request,) = shown["session"]["requests"]
    assert request["cover"]["share"] == 0.97
    assert 0 < request["cover"]["mass"] <= 1
    assert {node["n_asked"] for node in nodes} == {request["n_asked"]} == {len(nodes)}


def test_exact_is_said_where_the_text_came_from(loom: Run) -> None:
    first = grow(loom, "-n", "2", "--tokens", "6", "--seed", "4", "--exact")
    again = grow(loom, "-n", "2", "--tokens", "6", "--seed", "4", "--exact")
    assert [node["text"] for node in first] == [node["text"] for node in again]
    shown = json.loads(loom("show", "t.loom", "--json").stdout)
    assert {request["mode"] for request in shown["session"]["requests"]} == {"exact"}


def test_what_a_request_asked_for_is_in_the_session(loom: Run) -> None:
    grow(loom, "-n", "1", "--tokens", "4", "--until", "paragraph", "--stop", "\n", "--stop", "x")
    shown = json.loads(loom("show", "t.loom", "--json").stdout)
    (request,) = shown["session"]["requests"]
    assert request["ending"] == {"min_tokens": 0, "stop": ["\n", "x"], "until": "paragraph"}
    assert request["cover"] is None


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--exact", "--cover", "0.5"), 2, "--exact"),
        (("--depth", "0"), 2, "--depth"),
        (("--budget", "0"), 2, "--budget"),
        (("--cover", "1.5"), 2, "--cover"),
        (("--until", "noon"), 2, "--until"),
    ],
)
def test_what_cannot_be_asked_for_is_told(
    loom: Run, words: tuple[str, ...], code: int, said: str
) -> None:
    done = loom("grow", "t.loom", *words)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_large_plan_at_a_terminal_has_to_be_meant(loom: Run, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    words = [*LOOM, "grow", "t.loom", "--depth", "8", "--tokens", "100"]
    done = subprocess.run(
        words, cwd=tmp_path, stdin=theirs, capture_output=True, text=True, check=False
    )
    os.close(ours)
    os.close(theirs)
    assert (done.returncode, done.stdout) == (2, "")
    assert "488,280 branches and 48,828,000 tokens" in done.stderr
    assert "--yes" in done.stderr


def test_one_interrupt_stops_all_levels_and_keeps_them(loom: Run, tmp_path: Path) -> None:
    words = [*LOOM, "grow", "t.loom", "-n", "3", "--depth", "9", "--tokens", "20", "--json"]
    with subprocess.Popen(
        words,
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as growing:
        wait_for_branches(tmp_path / "t.loom", 6)
        os.kill(growing.pid, signal.SIGINT)
        out, err = growing.communicate()
    assert growing.returncode == 130
    assert b"all is kept" in err
    nodes = json.loads(loom("show", "t.loom", "--json").stdout)["nodes"][1:]
    assert len(nodes) >= len(out.splitlines()) >= 3
    assert all(node["text"] and node["finish"] for node in nodes)


def wait_for_branches(path: Path, n: int) -> None:
    """Until so many have begun; the file itself is the event."""
    while True:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
            query = "SELECT count(*) FROM event WHERE kind = 'branch_opened'"
            if db.execute(query).fetchone()[0] >= n:
                return


def test_a_session_without_a_text_grows_from_nothing_and_holds(loom: Run) -> None:
    assert loom("new", "n.loom").returncode == 0
    done = loom("grow", "n.loom", "-n", "2", "--tokens", "6", "--json")
    nodes = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(nodes) == 2
    assert all(node["text"] for node in nodes)
    told = json.loads(loom("show", "n.loom", "--json").stdout)
    (root,) = (node for node in told["nodes"] if node["parent"] is None)
    assert (root["text"], root["author"]) == ("", "human")
    assert {node["parent"] for node in nodes} == {root["id"]}
    more = loom("grow", "n.loom", "-n", "1", "--tokens", "4", "--at", nodes[0]["id"])
    assert more.returncode == 0
    assert loom("verify", "n.loom").returncode == 0


def test_a_chat_without_a_message_says_that_it_needs_one(loom: Run) -> None:
    assert loom("new", "c.loom", "--chat").returncode == 0
    done = loom("grow", "c.loom")
    assert done.returncode == 1
    assert done.stderr == "loom: This chat has no message yet. Write the first one.\n"

"""The command line, run as a person runs it, with the bundled model."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from loom.cli import cli

Run = Callable[..., subprocess.CompletedProcess[str]]
LOOM = [sys.executable, "-m", "loom"]


@pytest.fixture
def loom(tmp_path: Path) -> Run:
    """Run `loom` in a folder of its own, with no terminal."""

    def run(*words: str, text: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*LOOM, *words], cwd=tmp_path, input=text, capture_output=True, text=True, check=False
        )

    return run


def test_eight_branches_from_a_new_session(loom: Run) -> None:
    assert loom("new", "t.loom", "--prompt", "The wedding of").stdout == "t.loom\n"
    grown = loom("grow", "t.loom", "-n", "8", "--tokens", "60", "--seed", "1", "--json")
    assert grown.returncode == 0, grown.stderr
    nodes = [json.loads(line) for line in grown.stdout.splitlines()]
    assert len(nodes) == 8
    assert {node["state"] for node in nodes} == {"done"}
    assert len({node["text"] for node in nodes}) >= 4
    assert {node["author"] for node in nodes} == {"story-base"}
    assert all(node["n_tokens"] <= 60 and node["n_asked"] == 8 for node in nodes)

    loom("new", "again.loom", "--prompt", "The wedding of")
    again = loom("grow", "again.loom", "-n", "8", "--tokens", "60", "--seed", "1", "--json")
    texts = {node["index"]: node["text"] for node in nodes}
    assert {n["index"]: n["text"] for n in map(json.loads, again.stdout.splitlines())} == texts

    shown = json.loads(loom("show", "t.loom", "--json").stdout)
    assert shown["nodes"][0]["text"] == "The wedding of"
    assert len(shown["nodes"]) == 9
    assert shown["session"]["selected"] == shown["nodes"][0]["id"]
    assert shown["session"]["requests"][0]["provenance"]["model"]["name"] == "story-base"

    found = json.loads(loom("joins", "t.loom", "--json").stdout)
    runs = [tuple(sorted((s["node"], s["start_byte"]) for s in j["spans"])) for j in found["joins"]]
    assert len(runs) == len(set(runs))
    texts_of = {node["id"]: node["text"].encode() for node in shown["nodes"]}
    for join in found["joins"]:
        assert join["verdict"] == "not_judged"
        assert join["kind"] in ("shared_words", "prompt_echo")
        assert join["evidence"]["predictive"] is None
        shared = {texts_of[s["node"]][s["start_byte"] : s["end_byte"]] for s in join["spans"]}
        assert shared

    assert loom("joins", "t.loom").stdout.count("\n") == len(found["joins"])
    assert loom("show", "t.loom", "--text").stdout == "The wedding of"
    assert loom("show", "t.loom").stdout.count("\n") == 9
    assert loom("export", "t.loom", "--format", "md").stdout.startswith("# t\n")
    assert loom("export", "t.loom", "--format", "json", "-o", "t.json").returncode == 0


def test_growing_goes_on_from_a_node_by_part_of_its_id(loom: Run) -> None:
    loom("new", "t.loom", "--prompt", "-", text="One morning")
    first = json.loads(loom("grow", "t.loom", "-n", "1", "--tokens", "5", "--json").stdout)
    args = ("--at", first["id"][:6], "-n", "2", "--tokens", "5", "--json")
    children = [json.loads(line) for line in loom("grow", "t.loom", *args).stdout.splitlines()]
    assert {child["parent"] for child in children} == {first["id"]}
    path = loom("show", "t.loom", "--text", "--at", children[0]["id"]).stdout
    assert path == "One morning" + first["text"] + children[0]["text"]


def test_temperature_nought_is_greedy_and_grows_one(loom: Run) -> None:
    loom("new", "t.loom", "--prompt", "One morning")
    grown = loom("grow", "t.loom", "-n", "4", "--tokens", "5", "--temperature", "0", "--json")
    assert len(grown.stdout.splitlines()) == 1


def test_the_file_is_closed_behind_every_command(loom: Run, tmp_path: Path) -> None:
    loom("new", "t.loom", "--prompt", "One morning")
    loom("grow", "t.loom", "-n", "1", "--tokens", "3")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["t.loom"]


def test_interrupting_keeps_what_is_written(tmp_path: Path, loom: Run) -> None:
    loom("new", "t.loom", "--prompt", "One morning")
    words = [*LOOM, "grow", "t.loom", "-n", "2", "--tokens", "900"]
    with subprocess.Popen(words, cwd=tmp_path, stderr=subprocess.PIPE) as growing:
        wait_for_draft(tmp_path / "t.loom")
        os.kill(growing.pid, signal.SIGINT)
        assert growing.stderr is not None
        assert b"Traceback" not in growing.stderr.read()
    assert growing.returncode == 130
    nodes = json.loads(loom("show", "t.loom", "--json").stdout)["nodes"]
    assert len(nodes) == 3
    assert all(node["state"] in ("partial", "done") and node["text"] for node in nodes)


def wait_for_draft(path: Path) -> None:
    """Until tokens of a growing branch are on disk; the file itself is the event."""
    while True:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
            if db.execute("SELECT count(*) FROM draft").fetchone()[0]:
                return


BAD: dict[str, tuple[tuple[str, ...], int, str]] = {
    "no such session": (("show", "none.loom"), 1, "no file none.loom"),
    "no session": (("show", "text.txt"), 1, "not a loom session"),
    "a folder": (("show", "."), 1, "not a file"),
    "no such node": (("grow", "t.loom", "--at", "zzz"), 1, "no node 'zzz'"),
    "an unknown format": (("export", "t.loom", "--format", "tarot"), 2, "'tarot'"),
    "a file that exists": (("new", "t.loom"), 1, "already there"),
    "a model that is none": (("new", "u.loom", "--model", "none.gguf"), 1, "none.gguf"),
    "a model that is text": (("models", "info", "text.txt"), 1, "text.txt"),
    "plain text with a template": (
        ("new", "u.loom", "--plain", "--template", "chatml"),
        2,
        "--plain",
    ),
    "no terminal": (("t.loom",), 1, "terminal"),
    "too few branches": (("grow", "t.loom", "-n", "0"), 2, "-n"),
    "an unknown option": (("grow", "t.loom", "--wat"), 2, "--wat"),
    "an export to nowhere": (
        ("export", "t.loom", "--format", "json", "-o", "none/x.json"),
        1,
        "cannot be written",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_is_told_in_one_sentence(case: str, loom: Run, tmp_path: Path) -> None:
    words, code, said = BAD[case]
    loom("new", "t.loom", "--prompt", "One morning")
    (tmp_path / "text.txt").write_text("The harbour was quiet.")
    done = loom(*words)
    assert done.returncode == code
    assert done.stdout == ""
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_prompt_longer_than_the_window_says_how_long_and_keeps_the_session(loom: Run) -> None:
    loom("new", "t.loom", "--prompt", "-", text="The harbour was quiet. " * 400)
    done = loom("grow", "t.loom", "-n", "2")
    assert done.returncode == 1
    assert "1,024" in done.stderr
    assert len(json.loads(loom("show", "t.loom", "--json").stdout)["nodes"]) == 1


@pytest.mark.parametrize("damage", ["empty", "cut short", "another kind of file"])
def test_a_broken_model_file_is_told_in_one_sentence(
    damage: str, loom: Run, tmp_path: Path, story_base: Path
) -> None:
    whole = story_base.read_bytes()
    content = {"empty": b"", "cut short": whole[: len(whole) // 2], "another kind of file": b"PK"}
    (tmp_path / "broken.gguf").write_bytes(whole)
    loom("new", "t.loom", "--model", "broken.gguf", "--prompt", "One")
    (tmp_path / "broken.gguf").write_bytes(content[damage])
    begun_anew = loom("new", "u.loom", "--model", "broken.gguf", "--prompt", "One")
    assert not (tmp_path / "u.loom").exists()
    for done in (begun_anew, loom("grow", "t.loom", "-n", "1")):
        assert (done.returncode, done.stdout) == (1, "")
        assert "Traceback" not in done.stderr
        (sentence,) = done.stderr.splitlines()
        assert "broken.gguf" in sentence


def test_models_lists_the_bundled_ones(loom: Run) -> None:
    bundled = [m for m in json.loads(loom("models", "--json").stdout) if m["bundled"]]
    models = {m["name"]: m for m in bundled if m["architecture"] != "world"}
    assert models.keys() == {"story-base", "story-chat"}
    listed = loom("models", "list").stdout
    for name, model in models.items():
        assert model["architecture"] == "llama"
        assert model["n_bytes"] <= 6_000_000
        assert name in listed
        assert json.loads(loom("models", "info", name, "--json").stdout) == [model]


def test_a_new_chat_is_with_the_bundled_chat_model(loom: Run) -> None:
    loom("new", "t.loom", "--chat", "--prompt", "Who are you?")
    answer = json.loads(loom("grow", "t.loom", "-n", "1", "--seed", "1", "--json").stdout)
    assert (answer["role"], answer["author"], answer["finish"]) == (
        "assistant",
        "story-chat",
        "eos",
    )


def test_the_configured_model_is_what_a_new_session_begins_with(
    loom: Run, loom_home: Path, tmp_path: Path, story_base: Path
) -> None:
    other = tmp_path / "other.gguf"
    other.write_bytes(story_base.read_bytes())
    (loom_home / "config.toml").write_text(f'model = "{other.as_posix()}"')
    loom("new", "t.loom", "--prompt", "One")
    assert json.loads(loom("show", "t.loom", "--json").stdout)["session"]["model"] == str(other)
    (loom_home / "config.toml").write_text('modle = "x"')
    done = loom("new", "u.loom", "--prompt", "One")
    assert done.returncode == 2
    assert "Did you mean model?" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_file_whose_name_is_no_utf8_is_printed_by_its_bytes(tmp_path: Path) -> None:
    name = b"a\xffb.loom"

    def run(*words: bytes | str) -> bytes:
        # Standard output as it is where the locale is an ordinary one.
        env = os.environ | {"PYTHONIOENCODING": "utf-8:strict"}
        command = [*LOOM, *words]
        return subprocess.run(
            command, cwd=tmp_path, env=env, capture_output=True, check=True
        ).stdout

    assert run("new", name, "--prompt", "Once") == name + b"\n"
    assert json.loads(run("show", name, "--json"))["session"]["title"] == "a\udcffb"
    assert name in run("sessions", "list", ".")
    (one,) = json.loads(run("sessions", "list", ".", "--json"))["sessions"]
    assert os.fsencode(one["file"]) == name
    assert run("recover", name) == b"a\xffb-recovered.loom\n"


def test_the_help_lists_every_command_once_with_its_whole_sentence(loom: Run) -> None:
    told = loom("--help").stdout
    assert "..." not in told.partition("Begin:")[2]
    for name in cli.commands:
        hidden = cli.commands[name].hidden
        assert len(re.findall(rf"^  {name} ", told, re.MULTILINE)) == (0 if hidden else 1)
    assert "..." not in loom("sessions", "--help").stdout.partition("Commands:")[2]


@pytest.mark.parametrize("name", [*cli.commands])
def test_every_command_has_a_help_that_fits_a_narrow_terminal(loom: Run, name: str) -> None:
    done = loom(name, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("Usage: ")
    assert max(map(len, lines)) <= 80
    assert lines[2].strip().endswith((".", ",")) or len(lines[2]) > 40


def test_a_word_that_is_nearly_a_command_is_told_so(loom: Run) -> None:
    done = loom("grw")
    assert done.returncode == 2
    assert done.stderr == "loom: grw is neither a file nor a command. Did you mean: loom grow?\n"
    assert loom("grwo", "toast.loom", "-n", "2").stderr.endswith("Did you mean: loom grow?\n")
    assert "needs a terminal" in loom("toast.loom").stderr
    done = loom("toast.loom", "other.loom")
    assert done.returncode == 2
    assert "opens one file, and other.loom comes after toast.loom." in done.stderr

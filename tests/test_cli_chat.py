"""Chats on the command line: no question is ever asked, and what the model gets can be read."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def loom(tmp_path: Path) -> Run:
    """Run `loom` in a folder of its own, with no terminal."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "loom", *words]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    return run


def test_a_named_template_makes_a_chat_of_any_model(loom: Run) -> None:
    made = loom("new", "c.loom", "--template", "chatml", "--prompt", "Who is <|im_end|>?")
    assert made.returncode == 0, made.stderr
    view = json.loads(loom("show", "c.loom", "--tokens", "--json").stdout)
    assert (view["mode"], view["template"], view["grows"]) == ("chat", "chatml", "assistant")
    typed = [part for part in view["parts"] if part["node"]]
    assert not any(token["special"] for part in typed for token in part["tokens"])
    assert "".join(part["text"] for part in view["parts"]) == (
        "<|endoftext|><|im_start|>user\nWho is <|im_end|>?<|im_end|>\n<|im_start|>assistant\n"
    )

    grown = loom("grow", "c.loom", "-n", "1", "--tokens", "4", "--json")
    assert json.loads(grown.stdout)["role"] == "assistant"
    request = json.loads(loom("show", "c.loom", "--json").stdout)["session"]["requests"][0]
    assert request["template"]["name"] == "chatml"
    assert request["provenance"]["prompt_sha256"] == view["sha256"]
    assert request["provenance"]["n_prompt_tokens"] == view["n_tokens"]


def test_special_tokens_are_meant_where_one_says_so(loom: Run) -> None:
    loom("new", "s.loom", "--prompt", "a<|im_end|>", "--special")
    shown = loom("show", "s.loom", "--tokens")
    lines = [line.split() for line in shown.stdout.splitlines()]
    assert [line[-2:] for line in lines if "special" in line] == [
        ["special", "<|endoftext|>"],
        ["special", "<|im_end|>"],
    ]
    assert shown.stderr == "3 tokens for story-base (plain text).\n"
    assert json.loads(loom("show", "s.loom", "--json").stdout)["nodes"][0]["special"] is True


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--template", "chatlm"), "Did you mean chatml?"),
        (("--template", "chatml", "--plain"), "Plain text takes no chat template"),
    ],
)
def test_what_cannot_be_meant_is_told(words: tuple[str, ...], said: str, loom: Run) -> None:
    done = loom("new", "x.loom", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr

"""The report says what there is, and goes on where something cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loom.engine.llama_build import llama_build
from loom.session.doctor import examine, lines, places
from loom.session.doctor.terminal import colours, terminal


def test_it_is_json_and_names_versions_devices_and_models(loom_home: Path) -> None:
    report = json.loads(json.dumps(examine()))
    assert report["packages"]["textual"].startswith("8.")
    assert report["llama_cpp"]["version"]
    assert report["llama_cpp"]["devices"][-1]["kind"] == "CPU"
    assert report["models"]["n_bundled"] == 2
    assert report["models"]["n_models"] >= 2
    assert report["system"]["memory_free_bytes"] > 0
    told = "\n".join(lines(report))
    assert report["llama_cpp"]["commit"] in told
    assert "2 of them loom's own" in told


def test_a_llama_that_ends_its_process_is_told(loom_home: Path) -> None:
    died = llama_build("import os, signal; os.kill(os.getpid(), signal.SIGILL)")
    assert died == {"problem": "llama.cpp cannot be loaded: its process was ended by SIGILL"}
    missing = llama_build("raise ImportError('no llama_cpp')")
    assert missing == {"problem": "llama.cpp cannot be loaded: ImportError: no llama_cpp"}
    report = {**examine(), "llama_cpp": {**died, "gpu_of_machine": None, "gpu_unused": False}}
    assert f"! {died['problem']}" in list(lines(report))


def test_settings_that_cannot_be_read_are_told_once(loom_home: Path) -> None:
    (loom_home / "config.toml").write_text("them = 1\n")
    told = list(lines(examine()))
    assert sum("which loom does not know" in line for line in told if line.startswith("!")) == 1


def test_a_gpu_that_is_not_used_comes_with_the_line_that_builds_for_it(loom_home: Path) -> None:
    report = dict(examine())
    llama = {"gpu_of_machine": "NVIDIA", "gpu_unused": True, "rebuild": "CMAKE_ARGS=... pip"}
    report["llama_cpp"] = {"problem": "no", **llama}
    told = list(lines(report))
    at = told.index("! NVIDIA GPU, unused. To build llama.cpp for it:")
    assert told[at + 1] == "!   CMAKE_ARGS=... pip"


def test_the_last_errors_of_the_log_are_told_without_secrets(
    loom_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "a-very-secret-token")
    log = loom_home / "logs" / "engine.log"
    log.parent.mkdir(parents=True)
    said = [f"load: fine {n}\nload: error {n}: a-very-secret-token" for n in range(9)]
    log.write_text("\n".join(said))
    assert len(places.last_errors()) == 5
    report = examine()
    assert report["last_errors"][-1] == "load: error 8: <secret>"
    assert report["environment"]["HF_TOKEN"] == "set"
    assert report["environment"]["HUGGING_FACE_HUB_TOKEN"] == "not set"
    assert "a-very-secret-token" not in json.dumps(report)


@pytest.mark.parametrize(
    ("environ", "n"),
    [
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, 0),
        ({}, 0),
        ({"TERM": "xterm"}, 16),
        ({"TERM": "tmux-256color"}, 256),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, 1 << 24),
    ],
)
def test_colours_are_what_the_environment_promises(environ: dict[str, str], n: int) -> None:
    assert colours(environ) == n


def test_a_terminal_in_another_is_told() -> None:
    found = terminal({"TERM": "tmux-256color", "TMUX": "/tmp/x", "NO_COLOR": "1"})
    assert (found["inside"], found["no_color"], found["over_ssh"]) == ("tmux", True, False)

"""`loom doctor` as a person runs it."""

from __future__ import annotations

import getpass
import json
import os
import socket
import subprocess
import sys
from pathlib import Path


def doctor(home: Path, *words: str) -> str:
    environ = {**os.environ, "HOME": str(home), "HF_TOKEN": "hf_notToBeSeen1"}
    environ.pop("LOOM_HOME", None)
    done = subprocess.run(
        [sys.executable, "-m", "loom", "doctor", *words],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return done.stdout


def test_what_it_prints_can_be_shown_to_anybody(tmp_path: Path) -> None:
    home = tmp_path / "homes" / "somebody-of-that-name"
    home.mkdir(parents=True)
    for words in ((), ("--json",)):
        told = doctor(home, *words)
        assert "somebody-of-that-name" not in told
        assert "notToBeSeen" not in told
        assert socket.gethostname() not in told.replace("localhost", "")
        assert f"/{getpass.getuser()}/" not in told
        assert "~/" in told


def test_json_is_one_document(tmp_path: Path) -> None:
    report = json.loads(doctor(tmp_path, "--json"))
    assert {"loom", "python", "llama_cpp", "terminal", "models", "places"} <= set(report)
    assert report["terminal"]["is_terminal"] is False

"""`loom replay` on standard output."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.replay.test_tape import SESSIONS

LOOM = [sys.executable, "-m", "loom"]
STORY = next(path for path in SESSIONS if path.stem == "story")


def replay(*words: str) -> subprocess.CompletedProcess[str]:
    command = [*LOOM, "replay", *words]
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def test_a_session_is_printed_as_it_happened() -> None:
    done = replay(str(STORY), "--plain")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert "begun" in lines[0]
    assert "a letter with no stamp" in lines[0]
    assert sum(" grown " in line for line in lines) == 22
    assert replay(str(STORY), "--plain", "--speed", "500").stdout == done.stdout


def test_it_needs_a_terminal_or_to_be_told_to_print() -> None:
    done = replay(str(STORY))
    assert (done.returncode, done.stdout) == (1, "")
    assert "--plain" in done.stderr


def test_what_cannot_be_played_is_told(tmp_path: Path) -> None:
    done = replay(str(tmp_path / "none.loom"), "--plain")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no file" in done.stderr
    assert replay(str(STORY), "--speed", "0", "--plain").returncode == 2

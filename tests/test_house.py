"""The house rules, so that one command checks everything: style, types, rooms, documents."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent

CHECKS = {
    "lint": ("ruff", "check", "."),
    "format": ("ruff", "format", "--check", "."),
    "types": ("mypy",),
    "rooms": ("lint-imports", "--no-cache"),
}


@pytest.mark.parametrize("check", CHECKS)
def test_the_house_is_in_order(check: str) -> None:
    command = [str(BIN / CHECKS[check][0]), *CHECKS[check][1:]]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_asking_for_help_loads_neither_the_screen_nor_the_model() -> None:
    code = (
        "import sys; from loom.cli import cli; "
        "cli.main(['--help'], standalone_mode=False); "
        "print([m for m in ('textual', 'llama_cpp', 'networkx', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_opening_a_session_does_not_load_llama_cpp() -> None:
    code = "import sys, loom.app.app, loom.session.opening; print('llama_cpp' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_only_one_room_touches_llama_cpp() -> None:
    def imports(path: Path) -> set[str]:
        tree = ast.parse(path.read_text())
        names = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        names |= {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
        return {name.split(".")[0] for name in names}

    room = ROOT / "loom" / "engine" / "llama"
    found = {p for p in (ROOT / "loom").rglob("*.py") if "llama_cpp" in imports(p)}
    assert found
    assert all(path.is_relative_to(room) for path in found)


def test_no_address_of_a_package_registry_is_written_anywhere() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    pattern = re.compile(rb"(files\.pythonhosted|pypi|npmjs|registry\.npm)\.(org|com)")
    names = filter(None, listed.stdout.split("\0"))
    assert [n for n in names if pattern.search((ROOT / n).read_bytes())] == []


def test_python_files_stay_short() -> None:
    long = {
        str(path.relative_to(ROOT)): n
        for path in (ROOT / "loom").rglob("*.py")
        if (n := len(path.read_text().splitlines())) > 400
    }
    assert long == {}

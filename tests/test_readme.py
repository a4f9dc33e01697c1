"""The README tells the truth: its commands run, its keys and options are the program's."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click

from loom.app.keymap import GROUPS, KEYMAP
from loom.cli import cli
from loom.formats.table import FORMATS
from loom.worlds.names import SKETCHES

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def shell_lines() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def keys_table() -> str:
    """The table of keys as the README holds it."""
    rows = ["| key | does |", "|---|---|"]
    for group in GROUPS:
        rows.append(f"| **{group}** | |")
        rows += [
            f"| {key.shown.replace('|', '&#124;')} | {key.help} |"
            for key in KEYMAP
            if key.group == group
        ]
    return "\n".join(rows)


def test_every_command_runs_in_the_order_in_which_it_is_shown(tmp_path: Path) -> None:
    commands = [line for line in shell_lines() if line.startswith("loom ")]
    assert len(commands) > 8
    for line in commands:
        words = [sys.executable, "-m", "loom", *shlex.split(line)[1:]]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{line}\n{done.stderr}"
        assert done.stdout or done.stderr


def test_both_install_lines_make_their_own_environment_and_stand_alone() -> None:
    lines = [line for line in shell_lines() if "venv" in line]
    assert [line.split(" && ")[-1] for line in lines] == [".venv/bin/loom", ".venv/bin/pytest"]
    for line in lines:
        make, install, _ = line.split(" && ")
        assert make == "python3 -m venv .venv"
        assert install.startswith(".venv/bin/pip install ")


def test_the_continuous_check_runs_the_test_line() -> None:
    (test_line,) = [line for line in shell_lines() if line.endswith("pytest")]
    found = subprocess.run(
        ["grep", "-m1", "pytest$", "README.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == test_line


def test_the_table_of_keys_is_the_program_s() -> None:
    written = re.search(r"<!-- keys:.*?-->\n(.*?)\n<!-- end of keys -->", README, re.DOTALL)
    assert written is not None
    assert written[1].strip() == keys_table()


def test_every_command_and_option_is_told_and_no_other() -> None:
    table = README[README.index("| command | does |") : README.index("## Where branches meet")]
    told = {line.split("`")[1].split()[1] for line in table.splitlines() if "`loom " in line}
    told.discard("[FILE]")
    assert told == {name for name, command in cli.commands.items() if not command.hidden}
    options = {
        option
        for command in cli.commands.values()
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    words = re.findall(r"(?<![\w-])--?[a-z][a-z-]*(?![\w-])", table)
    assert set(words) <= options


def test_every_option_of_growing_and_opening_is_told() -> None:
    options = {
        option
        for name in ("new", "grow", "show")
        for parameter in cli.commands[name].params
        if isinstance(parameter, click.Option)
        for option in (*parameter.opts, *parameter.secondary_opts)
        if option.startswith("--") and option != "--branches"
    }
    told = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", README))
    assert options - told == set()


def test_every_format_is_told() -> None:
    for name in (name for row in FORMATS for name in (row.name, *row.aliases)):
        assert f"`{name}`" in README


def test_every_world_is_told_as_it_tells_itself() -> None:
    for name, sketch in SKETCHES.items():
        assert f"| `{name}` | {sketch.about} |" in README


def test_every_room_is_in_the_layout() -> None:
    rooms = {path.parent.name for path in (ROOT / "loom").glob("*/__init__.py")}
    assert {f"{room}/" for room in rooms} <= set(README.split())

"""The README tells the truth: its commands run, its keys and options are the program's."""

from __future__ import annotations

import asyncio
import html
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
from textual.pilot import Pilot

from loom.app.keymap import GROUPS, KEYMAP
from loom.app.replay_keys import REPLAY_KEYS
from loom.cli import cli
from loom.engine.devices import rebuild_line
from loom.engine.process import connect_to_child
from loom.formats.table import FORMATS
from loom.session.examples import EXAMPLES
from loom.session.opening import open_any
from loom.session.session import Session
from loom.worlds.names import SKETCHES
from tests.app.conftest import WIDE, app_on, screen_text

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


def test_the_table_of_replay_keys_is_the_program_s() -> None:
    found = re.search(r"<!-- replay keys:.*?-->\n(.*?)\n<!-- end of replay", README, re.DOTALL)
    assert found is not None
    rows = [f"| {key.shown} | {key.help} |" for key in REPLAY_KEYS]
    assert found[1].strip().splitlines() == ["| key of a replay | does |", "|---|---|", *rows]


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


def test_every_example_is_told_as_it_tells_itself() -> None:
    for name, about in EXAMPLES.items():
        assert f"| `{name}` | {about} |" in README


def test_the_line_that_builds_for_a_gpu_is_the_program_s() -> None:
    (line,) = re.findall(r"^CMAKE_ARGS=.*$", README, re.MULTILINE)
    flags, _, rest = rebuild_line("NVIDIA").partition(" ")
    assert line.startswith(f"{flags} .venv/bin/python -m pip install ")
    assert rest.endswith(line.split()[-1])


def test_the_picture_is_of_the_example_and_loads_nothing() -> None:
    (path,) = re.findall(r"!\[[^\]]*\]\((.*?)\)", README)
    picture = (ROOT / path).read_text()
    shown = html.unescape(re.sub(r"<[^>]*>", "", picture)).replace("\xa0", " ")
    assert "a letter with no stamp" in shown
    assert "one road" in shown
    assert "url(http" not in picture


def test_the_ten_minutes_go_as_they_are_told(loom_home: Path, tmp_path: Path) -> None:
    asyncio.run(walk(walk_steps(), tmp_path))


def walk_steps() -> list[tuple[list[str], list[str]]]:
    """What is pressed at each step, and what is to be seen then."""
    table = README[README.index("<!-- walk") : README.index("<!-- end of walk")]
    rows = [line.split("|") for line in table.splitlines() if line.startswith("| `")]
    return [(re.findall("`(.*?)`", row[1]), re.findall("“(.*?)”", row[2])) for row in rows]


NAMED = {"Enter": "enter", "Esc": "escape", "Space": "space", "→": "right", "↓": "down"}
CHARACTERS = {" ": "space", "?": "question_mark", "{": "left_curly_bracket"}


async def walk(steps: list[tuple[list[str], list[str]]], folder: Path) -> None:
    """The app, from step to step, and over to the session that is opened meanwhile."""
    (command, seen), *rest = steps
    assert command == ["loom"]
    assert len(rest) > 10
    file: Path | None = None
    while rest:
        session = open_any(file, connect_to_child(folder / "engine.log"))
        try:
            file = await walk_in(session, rest, seen)
        finally:
            session.close()
        seen = []
    assert file is None


async def walk_in(
    session: Session, steps: list[tuple[list[str], list[str]]], first_seen: list[str]
) -> Path | None:
    """Take steps in one session until the app ends, and give what it goes over to."""
    app = app_on(session)
    async with app.run_test(size=WIDE, notifications=True) as pilot:
        await until_seen(pilot, first_seen)
        while steps and app.is_running and app.return_value is None:
            words, seen = steps.pop(0)
            await pilot.press(*(key for word in words for key in keys_of(word)))
            await until_seen(pilot, seen)
            while session.progress is not None and app.is_running:
                await pilot.pause(0.01)
    return app.return_value


def keys_of(word: str) -> list[str]:
    if word in NAMED:
        return [NAMED[word]]
    return [CHARACTERS.get(character, character) for character in word]


async def until_seen(pilot: Pilot[Path], seen: list[str]) -> None:
    """Let the app go on until all of it stands on the screen, or the app has ended."""
    for _ in range(20_000):
        app = pilot.app
        if not app.is_running or app.return_value is not None:
            return
        screen = " ".join(screen_text(pilot).split())
        if all(words in screen for words in seen):
            return
        await pilot.pause(0.01)
    raise AssertionError(f"{seen} never stood on the screen:\n{screen_text(pilot)}")

"""Playing a session again."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loom.cli.group import cli
from loom.cli.opened import FILE, check_for_terminal
from loom.cli.sessions import run_app

if TYPE_CHECKING:
    from loom.replay.telling import Line
    from loom.session.replaying import Replay


@cli.command()
@click.argument("file", type=FILE)
@click.option(
    "--speed",
    metavar="X",
    type=click.FloatRange(0, 1000, min_open=True),
    help="X seconds of it in one (1; with --plain at once, unless this is given).",
)
@click.option("--plain", is_flag=True, help="Print what happened, a line each.")
def replay(file: Path, speed: float | None, plain: bool) -> None:
    """Play a session as it happened, long pauses shortened; no model is loaded."""
    from loom.session.replaying import Replay

    if plain:
        _print_lines(Replay(file), speed)
        return
    check_for_terminal(
        "A replay in the app needs a terminal to draw on.",
        "Without one, print it: loom replay FILE --plain.",
    )
    from loom.app.replay_app import ReplayApp
    from loom.config import load_config

    taken_over = ReplayApp.of(Replay(file), speed or 1.0, load_config().theme).run()
    if taken_over is not None:
        run_app(taken_over)


def _print_lines(replay: Replay, speed: float | None) -> None:
    began_s = time.monotonic()
    for second, line in replay.lines():
        if speed is not None:
            time.sleep(max(0.0, began_s + second / speed - time.monotonic()))
        click.echo(_printed(second, line))
        if speed is not None:
            sys.stdout.flush()


def _printed(second: float, line: Line) -> str:
    minutes, rest = divmod(second, 60)
    return f"{minutes:>3.0f}:{rest:04.1f}  {line.kind:<8}{line.node_id:<12}{line.words}".rstrip()

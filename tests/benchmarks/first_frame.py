"""How long a person waits for the first frame of the app, without a model.

    python -m tests.benchmarks.first_frame [--rounds 9]

Each round is a process of its own on a session that is there already: Python starts, loads loom,
opens the session and draws (Textual without a terminal, 130x40). What is loaded was compiled
before, as an installer does it. The clock of the round runs from before the process was started;
beside it stands the processor's own time, which other programs on the machine do not lengthen.
The last line is what no program of this kind can be quicker than: Textual with one line of text.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

SEE = """
import asyncio, time

async def see(app):
    shown = []
    display = app._display

    def displayed(*args):
        display(*args)
        shown.append((time.time(), time.process_time()))

    app._display = displayed
    async with app.run_test(size=(130, 40)):
        pass
    print(*shown[0])
"""

BARE = """
import gc
gc.disable()
from textual.app import App
from textual.widgets import Static

class Bare(App):
    def compose(self):
        yield Static("loom")

asyncio.run(see(Bare()))
"""

LOOM = """
from loom.app.pauses import look_for_no_garbage
look_for_no_garbage()
from loom.app.app import LoomApp
from loom.app.pauses import look_for_garbage_when_asked
from loom.cli.opened import connect
from loom.session.opening import open_any

session = open_any(None, connect())
look_for_garbage_when_asked()
asyncio.run(see(LoomApp(session)))
session.close()
"""


def first_frame_s(home: Path, app: str) -> tuple[float, float]:
    """Seconds by the clock and of the processor until an app has drawn."""
    environment = os.environ | {"LOOM_HOME": str(home), "PYTHONPYCACHEPREFIX": str(home / "pyc")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-c", SEE + app]
    began_s = time.time()
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    shown_s, used_s = map(float, done.stdout.split())
    return shown_s - began_s, used_s


def main() -> None:
    """Print the median and the quickest round."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="loom-bench-") as folder:
        for name, app in (("first frame", LOOM), ("with nothing in it", BARE)):
            # The first one compiles, and copies the session that comes with loom.
            first_frame_s(Path(folder), app)
            clock, used = zip(
                *(first_frame_s(Path(folder), app) for _ in range(options.rounds)), strict=True
            )
            print(
                f"{name}: by the clock median {median(clock):.2f} s, quickest {min(clock):.2f} s;"
                f" of the processor median {median(used):.2f} s, quickest {min(used):.2f} s"
            )


if __name__ == "__main__":
    main()

"""How long a person waits for the first frame of the app, without a model.

    python -m tests.benchmarks.first_frame [--rounds 9]

Each round is a process of its own on a session that is there already: Python starts, loads loom,
opens the session and draws (Textual without a terminal, 130x40). The clock of the round runs from
before the process was started; beside it stands the processor's own time, which other programs on
the machine do not lengthen.
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

ROUND = """
import asyncio, time
from loom.app.pauses import look_for_no_garbage
look_for_no_garbage()
from loom.app.app import LoomApp
from loom.app.pauses import look_for_garbage_when_asked
from loom.cli.opened import connect
from loom.session.opening import open_any

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

session = open_any(None, connect())
look_for_garbage_when_asked()
asyncio.run(see(LoomApp(session)))
session.close()
"""


def first_frame_s(home: Path) -> tuple[float, float]:
    """Seconds by the clock and of the processor."""
    began_s = time.time()
    environment = os.environ | {"LOOM_HOME": str(home)}
    command = [sys.executable, "-c", ROUND]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    shown_s, used_s = map(float, done.stdout.split())
    return shown_s - began_s, used_s


def main() -> None:
    """Print the median and the quickest round."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="loom-bench-") as folder:
        # The first one copies the session that comes with loom.
        first_frame_s(Path(folder))
        rounds = [first_frame_s(Path(folder)) for _ in range(options.rounds)]
    for name, seconds in zip(
        ("by the clock", "of the processor"), zip(*rounds, strict=True), strict=True
    ):
        print(f"first frame {name}: median {median(seconds):.2f} s, quickest {min(seconds):.2f} s")


if __name__ == "__main__":
    main()

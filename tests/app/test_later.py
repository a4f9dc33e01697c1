"""What is to be done in a while is done, however late."""

from __future__ import annotations

import time
from pathlib import Path

from textual.app import App

import loom
from loom.app.later import later

from .conftest import until


async def test_what_is_late_already_is_done_all_the_same() -> None:
    done: list[str] = []
    app = App[None]()
    async with app.run_test() as pilot:
        later(app, 0.001, lambda: done.append("first"))
        taken_back = later(app, 0.001, lambda: done.append("taken back"))
        taken_back.cancel()
        began_s = time.monotonic()
        while time.monotonic() < began_s + 0.01:
            pass
        later(app, 0.0, lambda: done.append("second"))
        await until(pilot, lambda: len(done) == 2)
    assert done == ["first", "second"]


def test_nothing_waits_in_a_timer_that_may_be_left_out() -> None:
    package = Path(loom.__file__).parent
    assert not [path for path in package.rglob("*.py") if ".set_timer(" in path.read_text()]

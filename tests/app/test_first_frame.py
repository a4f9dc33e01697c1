"""What the first frame waits for: nothing that it does not need is loaded before it."""

from __future__ import annotations

import subprocess
import sys

import pytest

FIRST_FRAME = """
import asyncio, sys
from loom.app.app import LoomApp
from loom.cli.opened import connect
from loom.cli import sessions
from loom.session.opening import open_any

async def see(app):
    async with app.run_test(size=(130, 40)) as pilot:
        await pilot.pause()
        print(*sys.modules)

session = open_any(None, connect())
asyncio.run(see(LoomApp(session, None, sessions._begin_tour)))
session.close()
"""

LATER = (
    "llama_cpp",
    "jinja2",
    "markdown_it",
    "httpx",
    "huggingface_hub",
    "loom.app.screens.help",
    "loom.app.screens.search",
    "loom.convergence.judge",
    "loom.engine.engine",
    "loom.formats.importing",
    "loom.formats.table",
    "loom.formats.writeup",
    "loom.models.discovery",
    "loom.replay",
    "loom.session.exporter",
    "loom.session.importing",
    "loom.session.model_listing",
    "loom.session.tour",
    "loom.session.verifying",
    "loom.worlds.catalogue",
)
"""Everything that is needed by a key, or by the model, and by no frame before it."""


@pytest.mark.usefixtures("loom_home")
def test_the_first_frame_loads_nothing_that_only_a_key_needs() -> None:
    command = [sys.executable, "-c", FIRST_FRAME]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "loom.app.screens.main" in loaded
    assert sorted(loaded.intersection(LATER)) == []

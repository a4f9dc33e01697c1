"""What every test may rely on: a home of its own, and the bundled model."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

ASSETS = Path(__file__).parent.parent / "assets"

# A shared machine may stall any example for a second; that says nothing about loom.
settings.register_profile("loom", deadline=None)
settings.load_profile("loom")


@pytest.fixture(autouse=True)
def loom_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sessions, settings and logs of a person who has just installed loom."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("LOOM_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def story_base() -> Path:
    """The bundled model."""
    return ASSETS / "story-base.gguf"

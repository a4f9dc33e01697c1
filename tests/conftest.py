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


@pytest.fixture
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder with no models of any program in it, seen from an empty folder beside it."""
    home, here = tmp_path / "home", tmp_path / "here"
    home.mkdir()
    here.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in ("HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name in ("OLLAMA_MODELS", "LOOM_MODELS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LLAMA_CACHE", str(home / "llama"))
    monkeypatch.chdir(here)
    return home


@pytest.fixture(scope="session")
def story_base() -> Path:
    """The bundled model."""
    return ASSETS / "story-base.gguf"

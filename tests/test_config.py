"""Settings are few, and a slip in the file is answered with the key and what was meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from loom.config import Config, config_path, load_config
from loom.errors import UsageError


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOM_HOME", str(tmp_path))


def test_no_file_means_no_settings() -> None:
    assert load_config() == Config()


def test_settings_are_read() -> None:
    config_path().write_text('theme = "nord"\nmodel = "story-base"\n', "utf-8")
    assert load_config() == Config(theme="nord", model="story-base")


def test_keys_are_one_or_several() -> None:
    config_path().write_text('[keys]\nhide = "X"\nparent = ["left", "h"]\n', "utf-8")
    assert load_config().keys == {"hide": ("X",), "parent": ("left", "h")}


@pytest.mark.parametrize(
    ("text", "what", "remedy"),
    [
        ("keys = 3", "a table of keys", "hide ="),
        ("[keys]\nhide = 3", "a table of keys", "hide ="),
        ("[keys]\nhide = []", "a table of keys", "hide ="),
        ('thme = "nord"', "thme", "theme"),
        ("zoom = 3", "zoom", "unload_after_minutes and keys"),
        ("unload_after_minutes = 'soon'", "unload_after_minutes", "unload_after_minutes = 10"),
        ("unload_after_minutes = 0", "0", "unload_after_minutes = 10"),
        ("unload_after_minutes = true", "True", "unload_after_minutes = 10"),
        ("theme = 3", "theme", 'theme = "..."'),
        ("[model]\nname = 'x'", "model", 'model = "..."'),
        ("theme = ", "TOML", "remove"),
    ],
)
def test_a_slip_is_explained(text: str, what: str, remedy: str) -> None:
    config_path().write_text(text, "utf-8")
    with pytest.raises(UsageError) as caught:
        load_config()
    assert str(config_path()) in caught.value.what
    assert what in caught.value.what
    assert remedy in caught.value.remedy


def test_a_file_that_is_not_text_is_explained() -> None:
    config_path().write_bytes(b"theme = '\xff'")
    with pytest.raises(UsageError, match="not valid TOML"):
        load_config()
    config_path().unlink()
    config_path().mkdir()
    with pytest.raises(UsageError, match="cannot be read"):
        load_config()

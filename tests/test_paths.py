"""Where loom keeps things, and that one variable moves all of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from loom import paths


def test_loom_home_moves_everything_under_one_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOM_HOME", str(tmp_path / "loom"))
    folders = [paths.data_dir(), paths.sessions_dir(), paths.config_dir(), paths.log_dir()]
    assert all(folder.is_relative_to(tmp_path / "loom") for folder in folders)
    assert len({paths.data_dir(), paths.sessions_dir(), paths.log_dir()}) == 3
    assert not (tmp_path / "loom").exists()


def test_without_it_the_folders_of_the_platform_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LOOM_HOME", raising=False)
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    for folder in (paths.data_dir(), paths.sessions_dir(), paths.config_dir(), paths.log_dir()):
        assert folder.is_relative_to(tmp_path)
        assert "loom" in folder.parts


def test_loom_home_may_be_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOM_HOME", "here")
    monkeypatch.chdir(tmp_path)
    assert paths.config_dir() == tmp_path / "here"


def test_what_came_with_loom_is_found_and_what_did_not_is_said() -> None:
    assert paths.bundled_file("story-base.gguf").is_file()
    assert paths.bundled_file("story-base.gguf") in paths.bundled_files(".gguf")
    with pytest.raises(FileNotFoundError, match=r"nothing\.gguf"):
        paths.bundled_file("nothing.gguf")

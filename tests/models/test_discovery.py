"""Models are found by name, by path and where other programs keep them."""

from __future__ import annotations

from pathlib import Path

import pytest

from loom.errors import ModelFileError
from loom.models.discovery import bundled_models, find_model, list_models
from loom.models.random_weights import RandomLlama, write_random_llama

from .vocabularies import write_vocabulary

SHAPE = RandomLlama(n_layers=1, n_embd=32, n_heads=1, n_kv_heads=1, n_ff=32, n_vocab=260, n_ctx=64)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing on it, seen from an empty folder."""
    home = tmp_path / "home"
    here = tmp_path / "here"
    home.mkdir()
    here.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in ("HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LLAMA_CACHE", str(home / "llama"))
    monkeypatch.chdir(here)
    return home


def model_at(path: Path, seed: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_random_llama(path, SHAPE, seed)
    return path


def found_names() -> list[str]:
    return [found.file.name for found in list_models() if not found.file.bundled]


def test_the_bundled_model_is_found_by_name_and_is_sound() -> None:
    model = find_model("story-base")
    assert model in bundled_models()
    assert model.path.is_file()
    first = list_models()[0]
    assert first.file.bundled
    assert first.problem is None


def test_a_file_is_found_by_its_path_and_by_its_name(tmp_path: Path) -> None:
    path = model_at(tmp_path / "here" / "mine.gguf")
    for name in (str(path), "mine.gguf", "./mine.gguf", "mine"):
        model = find_model(name)
        assert (model.path, model.name, model.bundled) == (path, "mine", False)


def test_a_home_folder_may_be_written_short(home: Path) -> None:
    path = model_at(home / "models" / "mine.gguf")
    assert find_model("~/models/mine.gguf").path == path


def test_what_is_not_found_is_answered_with_what_there_is(tmp_path: Path) -> None:
    model_at(tmp_path / "here" / "mine.gguf")
    with pytest.raises(ModelFileError) as caught:
        find_model("yours")
    assert "yours" in caught.value.what
    assert "story-base, mine" in caught.value.remedy
    with pytest.raises(ModelFileError, match="is a folder"):
        find_model(str(tmp_path))


def test_a_name_that_means_two_files_is_answered_with_both(home: Path) -> None:
    first = model_at(home / "llama" / "a" / "mine.gguf", seed=1)
    second = model_at(home / "llama" / "b" / "mine.gguf", seed=2)
    with pytest.raises(ModelFileError) as caught:
        find_model("mine")
    assert str(first) in caught.value.remedy
    assert str(second) in caught.value.remedy


def test_models_of_other_programs_are_found_once(home: Path, tmp_path: Path) -> None:
    hub = home / ".cache" / "huggingface" / "hub" / "models--org--model"
    blob = model_at(hub / "blobs" / "0123")
    snapshot = hub / "snapshots" / "abc" / "hub.gguf"
    snapshot.parent.mkdir(parents=True)
    snapshot.symlink_to(blob)
    model_at(home / ".lmstudio" / "models" / "org" / "studio.gguf")
    model_at(home / "llama" / "cpp.gguf")
    (tmp_path / "here" / "same.gguf").symlink_to(home / "llama" / "cpp.gguf")
    assert found_names() == ["same", "hub", "studio"]


def test_links_that_go_round_in_circles_are_not_followed(home: Path) -> None:
    model_at(home / "llama" / "deep" / "cpp.gguf")
    (home / "llama" / "deep" / "round").symlink_to(home / "llama")
    assert found_names() == ["cpp"]


def test_later_parts_of_a_split_model_are_not_models(home: Path) -> None:
    for part in ("00001-of-00002", "00002-of-00002"):
        model_at(home / "llama" / f"big-{part}.gguf", seed=int(part[:5]))
    assert found_names() == ["big-00001-of-00002"]


def test_broken_files_are_listed_with_what_is_wrong(home: Path) -> None:
    folder = home / "llama"
    whole = model_at(folder / "whole.gguf").read_bytes()
    (folder / "cut.gguf").write_bytes(whole[:-100])
    (folder / "gone.gguf").symlink_to(folder / "nowhere")
    (folder / "page.gguf").write_text("<html>")
    write_vocabulary(folder / "words.gguf", pre="gpt-2")
    problems = {found.file.name: found.problem for found in list_models()}
    assert problems["whole"] is None
    for name, why in {
        "cut": "cut short",
        "gone": "does not exist",
        "page": "web page",
        "words": "no weights",
    }.items():
        assert why in (problems[name] or "")

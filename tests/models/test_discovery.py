"""Models are found by name, by path and where other programs keep them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from loom.errors import ModelFileError
from loom.models.discovery import bundled_models, find_model, list_models
from loom.models.random_weights import RandomLlama, write_random_llama

from .conftest import SMALL
from .splitting import split_model
from .vocabularies import write_vocabulary


@pytest.fixture(autouse=True)
def home(bare_machine: Path) -> Path:
    """A machine with nothing on it, seen from an empty folder."""
    return bare_machine


def model_at(path: Path, seed: int = 0, shape: RandomLlama = SMALL) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_random_llama(path, shape, seed)
    return path


def in_hub(home: Path, repo: str, file: str, *, seed: int = 0, revision: str = "abc") -> Path:
    """A file in the Hugging Face cache: a blob, and a link to it from a snapshot."""
    folder = home / ".cache" / "huggingface" / "hub" / f"models--{repo.replace('/', '--')}"
    blob = model_at(folder / "blobs" / f"{seed:04}", seed)
    snapshot = folder / "snapshots" / revision / file
    snapshot.parent.mkdir(parents=True, exist_ok=True)
    snapshot.symlink_to(os.path.relpath(blob, snapshot.parent))
    return snapshot


def in_ollama(root: Path, manifest: str, blob: bytes | None, digest: str = "0" * 64) -> Path:
    """A model as Ollama keeps it: a manifest that names a blob."""
    path = root / "manifests" / manifest
    path.parent.mkdir(parents=True, exist_ok=True)
    layers = [
        {"mediaType": "application/vnd.ollama.image.license", "digest": f"sha256:{'f' * 64}"},
        {"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{digest}"},
    ]
    path.write_text(json.dumps({"schemaVersion": 2, "layers": layers}))
    (root / "blobs").mkdir(exist_ok=True)
    if blob is not None:
        (root / "blobs" / f"sha256-{digest}").write_bytes(blob)
    return path


def refusal(name: str) -> str:
    with pytest.raises(ModelFileError) as caught:
        find_model(name)
    return str(caught.value)


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
    assert "story-base, story-chat, mine" in caught.value.remedy
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
    in_hub(home, "org/model", "hub.gguf", seed=1)
    model_at(home / ".lmstudio" / "models" / "org" / "kit" / "studio.gguf", seed=2)
    model_at(home / ".cache" / "lm-studio" / "models" / "org" / "kit" / "older.gguf", seed=3)
    whole = model_at(home / "llama" / "cpp.gguf", seed=4).read_bytes()
    in_ollama(home / ".ollama" / "models", "registry.x/library/llama3.2/3b", whole)
    (tmp_path / "here" / "same.gguf").symlink_to(home / "llama" / "cpp.gguf")
    assert found_names() == ["same", "hub", "studio", "older", "llama3.2:3b"]
    sources = {found.file.name: found.file.source for found in list_models()}
    assert sources["hub"] == "Hugging Face"
    assert sources["llama3.2:3b"] == "Ollama"


@pytest.mark.parametrize("variable", ["HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME"])
def test_the_hub_s_cache_is_where_its_variables_say(
    variable: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_hub(home, "org/model", "hub.gguf")
    moved = home / "elsewhere"
    (home / ".cache" / "huggingface").rename(moved)
    monkeypatch.setenv(variable, str(moved if variable == "HF_HOME" else moved / "hub"))
    assert found_names() == ["hub"]


def test_folders_that_a_person_named_come_first(
    home: Path, loom_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model_at(home / "llama" / "cpp.gguf", seed=1)
    model_at(home / "mine" / "deep" / "down.gguf", seed=2)
    model_at(home / "asked" / "for.gguf", seed=3)
    (loom_home / "config.toml").write_text('model_folders = ["~/mine", "~/none"]')
    monkeypatch.setenv("LOOM_MODELS", os.pathsep.join([str(home / "asked"), ""]))
    assert found_names() == ["for", "down", "cpp"]


def test_the_revision_in_use_stands_for_a_repository(home: Path) -> None:
    in_hub(home, "org/model", "m.gguf", seed=1, revision="aaa")
    newest = in_hub(home, "org/model", "m.gguf", seed=2, revision="bbb")
    (newest.parents[2] / "refs").mkdir()
    (newest.parents[2] / "refs" / "main").write_text("bbb")
    in_hub(home, "org/model", "only-then.gguf", seed=3, revision="aaa")
    assert find_model("m").path == newest
    assert found_names() == ["m", "only-then"]


def test_longer_names_tell_models_of_one_name_apart(home: Path) -> None:
    first = in_hub(home, "one/kit", "m.gguf", seed=1)
    second = in_hub(home, "two/kit", "m.gguf", seed=2)
    said = refusal("m")
    assert "one/kit:m" in said
    assert "two/kit:m" in said
    assert find_model("one/kit:m").path == first
    assert find_model("two/kit").path == second


def test_a_repository_of_several_models_is_no_name_of_one(home: Path) -> None:
    in_hub(home, "org/kit", "a.gguf", seed=1)
    in_hub(home, "org/kit", "b.gguf", seed=2)
    assert "org/kit:a, org/kit:b" in refusal("org/kit")
    assert find_model("org/kit:b").name == "b"


def test_a_name_may_be_written_in_any_case_unless_case_tells_models_apart(home: Path) -> None:
    model_at(home / "llama" / "Mine-Q8.gguf", seed=1)
    assert find_model("mine-q8").name == "Mine-Q8"
    model_at(home / "llama" / "mine-q8.gguf", seed=2)
    assert find_model("mine-q8").path.name == "mine-q8.gguf"
    assert "2 models are called MINE-Q8." in refusal("MINE-Q8")


def test_ollama_s_models_have_ollama_s_names(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = home / "own"
    monkeypatch.setenv("OLLAMA_MODELS", str(root))
    blob = model_at(home / "m.gguf").read_bytes()
    in_ollama(root, "registry.x/library/llama3.2/latest", blob, "1" * 64)
    in_ollama(root, "registry.x/someone/story/7b", blob + bytes(32), "2" * 64)
    in_ollama(root, "hub.y/org/kit/Q8_0", blob + bytes(64), "3" * 64)
    assert found_names() == ["hub.y/org/kit:Q8_0", "llama3.2:latest", "someone/story:7b"]
    assert find_model("llama3.2").path == root / "blobs" / f"sha256-{'1' * 64}"
    assert find_model("someone/story:7b").source == "Ollama"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "damaged"),
        (b"[]", "damaged"),
        (b'{"layers": [{"digest": "x"}]}', "damaged"),
        (b'{"layers": []}', "names no file"),
        (
            b'{"layers": [{"mediaType": "application/vnd.ollama.image.model", '
            b'"digest": "sha256:../../x"}]}',
            "names no file",
        ),
        (b'{"layers": ' + b"[" * 100_000, "damaged"),
        (b" " * 2**21, "too large"),
    ],
)
def test_a_broken_manifest_is_passed_over_and_explained_when_asked(
    content: bytes, why: str, home: Path
) -> None:
    in_ollama(home / ".ollama" / "models", "registry.x/library/m/1b", None).write_bytes(content)
    assert found_names() == []
    assert why in refusal("m:1b")


def test_weights_that_ollama_lacks_are_passed_over_and_explained(home: Path) -> None:
    root = home / ".ollama" / "models"
    in_ollama(root, "registry.x/library/m/1b", None)
    assert found_names() == []
    assert "are gone" in refusal("m:1b")
    (root / "blobs" / f"sha256-{'0' * 64}-partial").write_bytes(b"GG")
    assert "only a part" in refusal("m:1b")


def test_unfinished_downloads_are_passed_over_and_explained(home: Path, tmp_path: Path) -> None:
    (home / "llama").mkdir()
    (home / "llama" / "cpp.gguf.downloadInProgress").write_bytes(b"GGUF")
    link = in_hub(home, "org/kit", "m.gguf")
    blob = link.resolve()
    blob.rename(blob.with_name("0000.incomplete"))
    link.unlink()
    (tmp_path / "here" / "dead.gguf").symlink_to("nowhere")
    assert found_names() == []
    assert "unfinished download" in refusal("cpp")
    assert "loom models pull org/kit" in refusal("org/kit")
    assert "nowhere, which is not there" in refusal("dead")
    (home / "far.gguf").symlink_to("nowhere")
    assert "nowhere, which is not there" in refusal(str(home / "far.gguf"))


def test_a_folder_that_cannot_be_searched_is_passed_over_and_explained(home: Path) -> None:
    (home / ".ollama" / "models").mkdir(parents=True)
    for path in (home / "llama", home / ".ollama" / "models" / "manifests"):
        path.write_text("a file where a folder belongs")
        assert found_names() == []
        assert f"{path} cannot be searched" in refusal(str(path.name))


def test_links_that_go_round_in_circles_are_not_followed(home: Path) -> None:
    model_at(home / "llama" / "deep" / "cpp.gguf")
    (home / "llama" / "deep" / "round").symlink_to(home / "llama")
    assert found_names() == ["cpp"]


def test_a_split_model_is_one_model_whichever_part_is_named(home: Path) -> None:
    whole = model_at(home / "whole.gguf")
    (home / "llama").mkdir()
    parts = split_model(whole, home / "llama" / "big", n_tensors=8)
    assert len(parts) == 3
    assert found_names() == ["big"]
    for name in ("big", str(parts[2]), str(parts[0])):
        assert find_model(name).path == parts[0]
        assert find_model(name).name == "big"
    parts[0].unlink()
    (broken,) = [found for found in list_models() if not found.file.bundled]
    assert "lacks part 1 of 3" in (broken.problem or "")


def test_broken_files_are_listed_with_what_is_wrong(home: Path) -> None:
    folder = home / "llama"
    whole = model_at(folder / "whole.gguf").read_bytes()
    (folder / "cut.gguf").write_bytes(whole[:-100])
    (folder / "page.gguf").write_text("<html>")
    write_vocabulary(folder / "words.gguf", pre="gpt-2")
    problems = {found.file.name: found.problem for found in list_models()}
    assert problems["whole"] is None
    for name, why in {"cut": "cut short", "page": "web page", "words": "no weights"}.items():
        assert why in (problems[name] or "")

"""A model in several files is one model, whichever of them is named."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from loom.errors import ModelFileError
from loom.models.encoding import encoding_for
from loom.models.gguf_file import fingerprint, read_for_loading, read_metadata
from loom.models.split import model_stem, part_names

from .splitting import split_model


@pytest.fixture
def parts(tmp_path: Path, story_base: Path) -> list[Path]:
    return split_model(story_base, tmp_path / "story", n_tensors=20)


def refusal(path: Path) -> str:
    with pytest.raises(ModelFileError) as caught:
        read_metadata(path)
    return str(caught.value)


def test_the_parts_together_are_the_model(parts: list[Path], story_base: Path) -> None:
    whole = read_metadata(story_base)
    for part in parts:
        metadata = read_for_loading(part)
        assert metadata.path == parts[0]
        assert metadata.parts == tuple(parts)
        assert metadata.n_parameters == whole.n_parameters
        assert metadata.quantisation == whole.quantisation
        assert metadata.n_bytes == sum(each.stat().st_size for each in parts)


def test_llama_cpp_opens_what_is_said_to_be_the_first(
    parts: list[Path], llama_parameters: Callable[[Path], int | None]
) -> None:
    metadata = read_metadata(parts[-1])
    assert llama_parameters(metadata.path) == metadata.n_parameters
    assert llama_parameters(parts[-1]) is None


def test_a_split_model_counts_tokens_like_the_whole(parts: list[Path], story_base: Path) -> None:
    encodings = [encoding_for(read_metadata(path)) for path in (parts[1], story_base)]
    texts = [encoding.encode("The wedding of Marco.") for encoding in encodings if encoding]
    assert len(texts) == 2
    assert texts[0] == texts[1]


def test_the_fingerprint_is_of_all_parts(parts: list[Path]) -> None:
    prints = {fingerprint(part) for part in parts}
    assert len(prints) == 1
    content = bytearray(parts[-1].read_bytes())
    content[-1] ^= 1
    parts[-1].write_bytes(content)
    assert fingerprint(parts[0]) not in prints


def test_missing_parts_are_named(parts: list[Path]) -> None:
    n = len(parts)
    assert n == 3
    parts[1].unlink()
    assert f"story in {parts[0].parent} lacks part 2 of {n}." in refusal(parts[0])
    assert "lacks part 2" in refusal(parts[2])
    parts[2].unlink()
    assert f"lacks parts 2 and 3 of {n}." in refusal(parts[0])
    parts[0].unlink()
    assert "does not exist" in refusal(parts[0])


def test_a_part_cut_short_is_named(parts: list[Path]) -> None:
    parts[1].write_bytes(parts[1].read_bytes()[:-40])
    said = refusal(parts[0])
    assert parts[1].name in said
    assert "cut short" in said


def test_parts_of_different_models_are_not_taken_for_one(parts: list[Path]) -> None:
    shutil.copyfile(parts[1], parts[2])
    assert "part 3 of 3" in refusal(parts[0])


def test_a_part_under_another_name_is_told_how_it_should_be_called(parts: list[Path]) -> None:
    renamed = parts[0].rename(parts[0].with_name("story.gguf"))
    assert "not called so" in refusal(renamed)
    assert "00001-of-00003" in refusal(renamed)


def test_tensors_that_are_missing_or_there_twice_are_noticed(
    tmp_path: Path, small_model: Path
) -> None:
    first, second = split_model(small_model, tmp_path / "m", n_tensors=11)
    content = first.read_bytes()
    claim = b"split.tensors.count" + (5).to_bytes(4, "little")
    assert claim in content
    at = content.index(claim) + len(claim)
    first.write_bytes(content[:at] + (9).to_bytes(4, "little") + content[at + 4 :])
    assert "not the 9 they should" in refusal(second)
    first.write_bytes(content.replace(b"blk.0.attn_k.weight", b"blk.1.attn_k.weight"))
    assert "twice" in refusal(first)


def test_a_whole_model_may_be_called_like_a_part(small_model: Path, tmp_path: Path) -> None:
    lone = tmp_path / "x-00002-of-00003.gguf"
    shutil.copyfile(small_model, lone)
    assert read_metadata(lone).parts == (lone,)
    assert fingerprint(lone) == fingerprint(small_model)


@pytest.mark.parametrize(
    ("name", "n_parts", "stem"),
    [
        ("a.gguf", 1, "a"),
        ("a-00001-of-00003.gguf", 3, "a"),
        ("a-00003-of-00003.gguf", 3, "a"),
        ("a-00001-of-00001.gguf", 1, "a"),
        ("a-00004-of-00003.gguf", 1, "a"),
        ("a-00000-of-00003.gguf", 1, "a"),
        ("a-1-of-3.gguf", 1, "a-1-of-3"),
        ("a-00001-of-00003.bin", 1, "a-00001-of-00003.bin"),
    ],
)
def test_names_of_parts(name: str, n_parts: int, stem: str) -> None:
    names = part_names(name)
    assert len(names) == n_parts
    assert name in names
    assert model_stem(Path(name)) == stem


def test_names_are_those_that_the_gguf_package_writes(parts: list[Path]) -> None:
    assert part_names(parts[2].name) == tuple(part.name for part in parts)

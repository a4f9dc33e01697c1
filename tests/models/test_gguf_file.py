"""What loom reads from a GGUF, and what it says of files that are not one or not whole."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path

import gguf
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loom.errors import ModelFileError
from loom.models.gguf_file import GgufMetadata, fingerprint, read_metadata, read_vocabulary
from loom.models.tensor_types import FILE_TYPES, TENSOR_TYPES, tensor_bytes

Change = Callable[[gguf.GGUFWriter], None]


def write_model(path: Path, change: Change = lambda writer: None) -> Path:
    """A model of two small tensors that names itself, with whatever `change` adds."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("small")
    writer.add_block_count(1)
    writer.add_context_length(512)
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(["a", "Ġ", "Ġa", "<|end|>"])
    writer.add_token_types([1, 1, 1, 3])
    writer.add_token_merges(["Ġ a"])
    writer.add_bos_token_id(3)
    writer.add_chat_template("{{ messages }} é")
    change(writer)
    writer.add_tensor("token_embd.weight", np.zeros((4, 32), dtype=np.float16))
    writer.add_tensor("blk.0.attn_norm.weight", np.ones(32, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write_model(tmp_path / "small.gguf")


def refusal(path: Path) -> ModelFileError:
    """The error that reading a file ends in; it must tell the file and a remedy."""
    with pytest.raises(ModelFileError) as caught:
        read_metadata(path)
    assert str(path) in caught.value.what
    assert caught.value.what.endswith(".")
    assert caught.value.remedy.endswith((".", "`"))
    return caught.value


def test_a_model_says_what_it_is(small: Path) -> None:
    metadata = read_metadata(small)
    assert (metadata.name, metadata.architecture) == ("small", "llama")
    assert metadata.n_parameters == 4 * 32 + 32
    assert metadata.quantisation == "F16"
    assert (metadata.n_vocab, metadata.n_ctx_train, metadata.n_layers) == (4, 512, 1)
    assert metadata.chat_template == "{{ messages }} é"
    assert (metadata.tokenizer_model, metadata.tokenizer_pre) == ("gpt2", None)
    assert (metadata.bos_id, metadata.eos_id, metadata.adds_bos) == (3, None, None)
    assert (metadata.bos_text, metadata.eos_text) == ("<|end|>", "")
    assert metadata.n_bytes == small.stat().st_size


def test_the_lists_of_a_vocabulary_are_read_when_asked_for(small: Path) -> None:
    vocabulary = read_vocabulary(read_metadata(small))
    assert vocabulary.tokens == (b"a", "Ġ".encode(), "Ġa".encode(), b"<|end|>")
    assert vocabulary.merges == ("Ġ a".encode(),)
    assert vocabulary.token_types == (1, 1, 1, 3)


def test_a_file_changed_since_is_not_read_as_if_it_were_the_same(small: Path) -> None:
    metadata = read_metadata(small)
    small.write_bytes(small.read_bytes()[:200])
    with pytest.raises(ModelFileError, match="cut short"):
        read_vocabulary(metadata)


def test_the_mixture_is_called_by_its_name(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m.gguf", lambda writer: writer.add_file_type(15))
    assert read_metadata(path).quantisation == "Q4_K_M"


def test_version_2_is_read(small: Path) -> None:
    content = bytearray(small.read_bytes())
    content[4] = 2
    small.write_bytes(content)
    assert read_metadata(small).name == "small"


@pytest.mark.parametrize("n_bytes", [5, 16, 40, 90, 300])
def test_a_header_cut_short_is_noticed(small: Path, n_bytes: int) -> None:
    small.write_bytes(small.read_bytes()[:n_bytes])
    assert "cut short" in refusal(small).what


def test_missing_weights_are_noticed(small: Path) -> None:
    small.write_bytes(small.read_bytes()[:-32])
    error = refusal(small)
    assert "cut short" in error.what
    assert "blk.0.attn_norm.weight" in error.what


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04 data.pkl", "PyTorch"),
        (b"\x80\x02}q\x00", "PyTorch"),
        (struct.pack("<Q", 900) + b'{"__metadata__":{', "safetensors"),
        (b"\n<!DOCTYPE html><html>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "Git LFS"),
        (bytes(4096), "unfinished download"),
        (b"tjgg" + bytes(60), "before GGUF"),
        (b"SQLite format 3\0" + bytes(100), "SQLite"),
        (b"Once upon a time", "not a GGUF"),
    ],
)
def test_other_files_are_named_for_what_they_are(tmp_path: Path, content: bytes, kind: str) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    assert kind in refusal(path).what


def test_what_is_no_file_is_named_too(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.gguf"
    os.mkfifo(pipe)
    assert "does not exist" in refusal(tmp_path / "none.gguf").what
    assert "is a folder" in refusal(tmp_path).what
    assert "is not a file" in refusal(pipe).what
    with pytest.raises(ModelFileError):
        fingerprint(tmp_path / "none.gguf")


def with_version(version: bytes) -> bytes:
    return b"GGUF" + version + bytes(40)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (with_version(b"\x00\x00\x00\x03"), "big-endian"),
        (with_version(b"\x01\x00\x00\x00"), "version 1"),
        (with_version(b"\x63\x00\x00\x00"), "version 99"),
        (b"GGUF" + struct.pack("<IQQ", 3, 2**60, 0), "tensors"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 2**60), "keys"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 2**63) + bytes(40), "cut short"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"k" + struct.pack("<I", 77), "type 77"),
        (
            b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"k" + struct.pack("<IIQ", 9, 9, 1),
            "lists within lists",
        ),
        (
            b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"k" + struct.pack("<IIQ", 9, 8, 2**62),
            "texts",
        ),
        (
            b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 1) + b"k" + struct.pack("<IIQ", 9, 5, 2**62),
            "cut short",
        ),
        (
            b"GGUF" + struct.pack("<IQQQ", 3, 1, 0, 1) + b"t" + struct.pack("<I", 2**31),
            "dimensions",
        ),
    ],
)
def test_lies_in_the_header_are_refused(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    assert why in refusal(path).what


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda writer: writer.add_uint32("llama.block_count", 9_999), "9,999 layers"),
        (lambda writer: writer.add_uint32("llama.block_count", 0), "0 layers"),
        (lambda writer: writer.add_string("llama.context_length", "much"), "context_length"),
        (lambda writer: writer.add_uint32("tokenizer.chat_template", 7), "chat_template"),
        (lambda writer: writer.add_uint32("general.alignment", 33), "alignment"),
    ],
)
def test_metadata_that_cannot_be_true_is_refused(tmp_path: Path, change: Change, why: str) -> None:
    path = tmp_path / "model.gguf"

    def replacing(writer: gguf.GGUFWriter) -> None:
        replaced = gguf.GGUFWriter(None, "llama")
        change(replaced)
        writer.kv_data[0] |= replaced.kv_data[0]

    write_model(path, replacing)
    assert why in refusal(path).what


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_whatever_byte_is_wrong_nothing_else_than_a_model_file_error_comes_out(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = bytearray(write_model(tmp_path_factory.mktemp("bits") / "m.gguf").read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("bits") / "broken.gguf"
    path.write_bytes(content[: data.draw(st.integers(1, len(content)))])
    try:
        metadata = read_metadata(path)
        read_vocabulary(metadata)
    except ModelFileError:
        return
    assert isinstance(metadata, GgufMetadata)


def test_fingerprints_tell_files_apart_by_size_head_and_tail(tmp_path: Path) -> None:
    mib = 2**20
    contents = {
        "same": bytes(3 * mib),
        "twin": bytes(3 * mib),
        "head": b"\x01" + bytes(3 * mib - 1),
        "tail": bytes(3 * mib - 1) + b"\x01",
        "longer": bytes(3 * mib + 1),
        "short": b"ab",
    }
    prints = {}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
        prints[name] = fingerprint(tmp_path / name)
    assert prints["same"] == prints["twin"]
    assert len(set(prints.values())) == len(prints) - 1
    assert all(len(value) == 16 for value in prints.values())


def test_the_tables_agree_with_the_gguf_package() -> None:
    for kind, (block_length, block_bytes) in gguf.GGML_QUANT_SIZES.items():
        known = TENSOR_TYPES[int(kind)]
        assert (known.name, known.block_length, known.block_bytes) == (
            kind.name,
            block_length,
            block_bytes,
        )
        shape = (block_length * 3, 5)
        assert tensor_bytes(int(kind), shape) == 15 * block_bytes
    for mixture in gguf.LlamaFileType:
        if mixture != gguf.LlamaFileType.GUESSED:
            label = mixture.name.removeprefix("MOSTLY_").removeprefix("ALL_")
            assert FILE_TYPES[int(mixture)] == label

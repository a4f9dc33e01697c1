"""Headers that lie are refused in a sentence before llama.cpp, which they could end, sees them."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import gguf
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loom.errors import ModelFileError
from loom.models.gguf_file import GgufMetadata, read_for_loading, read_metadata
from loom.models.gguf_reader import read_header

Change = Callable[[gguf.GGUFWriter], None]


def write_lying(path: Path, change: Change) -> Path:
    """Two layers of experts that are sound but for what `change` adds or says again."""
    lie = gguf.GGUFWriter(None, "llama")
    change(lie)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(2)
    writer.add_expert_count(4)
    writer.add_expert_used_count(2)
    writer.add_token_list(["a", "b", "c", "d"])
    writer.add_token_types([1, 1, 1, 3])
    writer.kv_data[0] |= lie.kv_data[0]
    writer.add_tensor("token_embd.weight", np.zeros((4, 32), dtype=np.float16))
    for layer in range(2):
        writer.add_tensor(f"blk.{layer}.attn_norm.weight", np.ones(32, dtype=np.float32))
    for name, weights in ((n, i) for shard in lie.tensors for n, i in shard.items()):
        writer.add_tensor(name, np.ones(weights.shape[0], dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def refusal(path: Path) -> str:
    with pytest.raises(ModelFileError) as caught:
        read_for_loading(path)
    assert str(path) in caught.value.what
    assert caught.value.remedy
    return caught.value.what


LIES: dict[str, tuple[Change, str]] = {
    "no layers": (lambda w: w.add_uint32("llama.block_count", 0), "claims 0 layers"),
    "absurdly many layers": (
        lambda w: w.add_uint32("llama.block_count", 9_999),
        "claims 9,999 layers and holds tensors of 2",
    ),
    "one layer too many": (lambda w: w.add_uint32("llama.block_count", 3), "claims 3 layers"),
    "one layer too few": (lambda w: w.add_uint32("llama.block_count", 1), "claims 1 layers"),
    "more layers than llama.cpp holds": (
        lambda w: (
            w.add_uint32("llama.block_count", 600),
            w.add_tensor("blk.599.attn_norm.weight", np.ones(32, dtype=np.float32)),
        ),
        "600",
    ),
    "more layers apart than there are": (
        lambda w: w.add_uint32("llama.nextn_predict_layers", 3),
        "layers",
    ),
    "more experts used than there are": (
        lambda w: w.add_uint32("llama.expert_used_count", 5),
        "experts",
    ),
    "no expert used": (lambda w: w.add_uint32("llama.expert_used_count", 0), "experts"),
    "too many experts": (lambda w: w.add_uint32("llama.expert_count", 5_000), "5,000 experts"),
    "experts in uneven groups": (
        lambda w: w.add_uint32("llama.expert_group_count", 3),
        "3 groups",
    ),
    "unknown scaling": (lambda w: w.add_string("llama.rope.scaling.type", "x"), "rope scaling"),
    "fewer kinds than tokens": (
        lambda w: w.add_array("tokenizer.ggml.token_type", [1, 1]),
        "4 tokens and 2 kinds",
    ),
    "fewer scores than tokens": (
        lambda w: w.add_array("tokenizer.ggml.scores", [1.0]),
        "4 tokens and 1 scores",
    ),
    "the same token twice": (
        lambda w: w.add_array("tokenizer.ggml.tokens", ["a", "b", "a", "d"]),
        "token 'a' twice",
    ),
    "text for a number": (lambda w: w.add_string("llama.block_count", "two"), "block_count"),
    "an endless list for a number": (
        lambda w: w.add_array("llama.attention.head_count", [1] * 5_000),
        "5,000 numbers",
    ),
    "no sense of alignment": (lambda w: w.add_uint32("general.alignment", 33), "alignment"),
}


@pytest.mark.parametrize("lie", LIES)
def test_lies_about_the_model(lie: str, tmp_path: Path) -> None:
    change, said = LIES[lie]
    assert said in refusal(write_lying(tmp_path / "m.gguf", change))


def test_layers_that_predict_further_tokens_may_lie_elsewhere(tmp_path: Path) -> None:
    def with_one_apart(writer: gguf.GGUFWriter) -> None:
        writer.add_uint32("llama.block_count", 3)
        writer.add_uint32("llama.nextn_predict_layers", 1)

    assert read_metadata(write_lying(tmp_path / "m.gguf", with_one_apart)).n_layers == 3


def tensor(name: bytes, shape: tuple[int, ...], type_id: int, offset: int) -> bytes:
    shape_bytes = struct.pack(f"<I{len(shape)}Q", len(shape), *shape)
    return struct.pack("<Q", len(name)) + name + shape_bytes + struct.pack("<IQ", type_id, offset)


ARCHITECTURE = struct.pack("<Q", 20) + b"general.architecture" + struct.pack("<IQ", 8, 1) + b"x"


def with_tensors(*tensors: bytes) -> bytes:
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), 1) + ARCHITECTURE + b"".join(tensors)
    return head.ljust(-(-len(head) // 32) * 32 + 256, b"\0")


@pytest.mark.parametrize(
    ("tensors", "said"),
    [
        ((tensor(b"t", (4,), 0, 64),), "should begin at byte 0"),
        ((tensor(b"t", (4,), 0, 0), tensor(b"u", (4,), 0, 0)), "should begin at byte 32"),
        ((tensor(b"t", (4,), 0, 2**63),), "should begin"),
        ((tensor(b"t", (2**40,), 0, 0),), "cut short"),
        ((tensor(b"t", (2**32, 2**32, 2**32), 0, 0),), "weights"),
        ((tensor(b"t", (2**63, 0), 0, 0),), "weights"),
        ((tensor(b"t", (33,), 8, 0),), "blocks of 32"),
        ((tensor(b"t", (4,), 0, 0), tensor(b"t", (4,), 0, 32)), "different names"),
        ((tensor(b"t" * 64, (4,), 0, 0),), "64 bytes long"),
    ],
)
def test_lies_about_where_weights_are(
    tensors: tuple[bytes, ...], said: str, tmp_path: Path
) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(with_tensors(*tensors))
    assert said in refusal(path)


def string(text: bytes) -> bytes:
    return struct.pack("<Q", len(text)) + text


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ([ARCHITECTURE, ARCHITECTURE], "general.architecture is there twice"),
        ([string(b"") + struct.pack("<IB", 0, 1)], "no name"),
        ([struct.pack("<Q", 2**60) + b"k"], "cut short"),
        ([string(b"k") + struct.pack("<IQ", 8, 2**60)], "cut short"),
    ],
)
def test_lies_about_keys(keys: list[bytes], said: str, tmp_path: Path) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, len(keys)) + b"".join(keys) + bytes(64))
    assert said in refusal(path)


def test_a_header_may_hold_only_so_many_texts_in_all(tmp_path: Path) -> None:
    half = struct.pack("<IIQ", 9, 8, 5_000_000)
    path = tmp_path / "m.gguf"
    with path.open("wb") as file:
        file.write(b"GGUF" + struct.pack("<IQQ", 3, 0, 2) + string(b"k") + half)
        # Empty texts are zeros, and zeros that are skipped take no room on the disk.
        file.seek(8 * 5_000_000, 1)
        file.write(string(b"l") + half)
        file.truncate(file.tell() + 8 * 5_000_000)
    assert "5,000,000 texts" in refusal(path)


def test_a_header_may_hold_only_so_much_text_in_all(tmp_path: Path) -> None:
    n_bytes = 20 * 2**20
    path = tmp_path / "m.gguf"
    with path.open("wb") as file:
        file.write(b"GGUF" + struct.pack("<IQQ", 3, 0, 2))
        for name in (b"k", b"l"):
            file.write(string(name) + struct.pack("<IQ", 8, n_bytes))
            file.truncate(file.tell() + n_bytes)
            file.seek(n_bytes, 1)
    assert "claims to be 20,971,520 bytes long" in refusal(path)


EXTREMES = [0, 1, 255, 2**15, 9_999, 2**31 - 1, 2**32 - 1, 2**60, 2**63, 2**64 - 1]


@settings(max_examples=400)
@given(data=st.data())
def test_whatever_a_number_in_the_header_says_only_a_model_file_error_comes_out(
    small_model: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = bytearray(small_model.read_bytes())
    end = read_header(small_model).data_offset
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(4, end - 8))
        n_bytes = data.draw(st.sampled_from([1, 4, 8]))
        number = data.draw(st.sampled_from(EXTREMES)) % 2 ** (8 * n_bytes)
        content[at : at + n_bytes] = number.to_bytes(n_bytes, "little")
    path = tmp_path_factory.getbasetemp() / "lying.gguf"
    path.write_bytes(content)
    try:
        metadata = read_for_loading(path)
    except ModelFileError:
        return
    assert isinstance(metadata, GgufMetadata)

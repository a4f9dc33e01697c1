"""Opening real files with real llama.cpp: as asked for, or not at all and why."""

from __future__ import annotations

import struct
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import llama_cpp
import pytest

from loom.engine.backend import Row
from loom.engine.llama import contexts, loading
from loom.engine.llama.backend import LlamaBackend
from loom.engine.llama.devices_of_llama import Device, devices_of_llama
from loom.engine.llama.header import parts_of, read_shape
from loom.engine.request import LoadSpec
from loom.engine.room import NotEnoughMemoryError
from loom.errors import LoomError, ModelFileError, UsageError
from loom.models.random_weights import RandomLlama, write_random_llama
from loom.records import CacheType, ModelInfo

# Keys and values of 256 in each of 6 layers.
N_CACHED = 2 * 6 * 256

Damage = Callable[[bytes], bytes]


def number(key: str, n: int) -> Damage:
    """Write a 32-bit number in the place of a key's."""

    def written(data: bytes) -> bytes:
        at = data.index(key.encode()) + len(key) + 4
        return data[:at] + struct.pack("<I", n) + data[at + 4 :]

    return written


def test_what_was_loaded_is_told(story_base: Path) -> None:
    with closing(LlamaBackend(LoadSpec(str(story_base), "f", n_threads=1))) as backend:
        info = backend.info
    assert (info.name, info.fingerprint, info.n_threads) == ("story-base", "f", 1)
    assert (info.device, info.devices, info.gpu_layers) == ("CPU", ("CPU",), 0)
    assert (info.n_layers, info.n_batch, info.n_ubatch) == (6, 512, 512)
    assert info.cache_type == "f16"
    assert 0 < info.weight_bytes <= story_base.stat().st_size
    assert info.cache_bytes == info.n_cells * N_CACHED * 2
    assert "llama-cpp-python 0." in info.build
    assert "ggml" in info.build


def test_the_size_is_known_from_the_header(tmp_path: Path) -> None:
    path = tmp_path / "tiny.gguf"
    write_random_llama(path, RandomLlama(3, 64, 4, 2, 96, 300, 128), seed=1)
    shape = read_shape(str(path))
    assert (shape.n_layers, shape.n_embd, shape.n_heads) == (3, 64, 4)
    assert (shape.n_vocab, shape.n_ctx_train) == (300, 128)
    # Keys and values of 2 heads of 16 in 3 layers.
    assert shape.n_cached == 3 * 2 * 16 * 2
    assert shape.head_width == 16
    assert shape.weight_bytes == path.stat().st_size


def test_all_parts_of_a_split_model_count(tmp_path: Path) -> None:
    for number in (1, 3):
        (tmp_path / f"big-0000{number}-of-00003.gguf").write_bytes(b"x")
    names = [part.name for part in parts_of(tmp_path / "big-00001-of-00003.gguf")]
    assert names == ["big-00001-of-00003.gguf", "big-00003-of-00003.gguf"]


@pytest.mark.parametrize("flash_attention", ["on", "off"])
def test_flash_attention_is_as_asked_for(story_base: Path, flash_attention: str) -> None:
    spec = LoadSpec(str(story_base), flash_attention=flash_attention)  # type: ignore[arg-type]
    with closing(LlamaBackend(spec)) as backend:
        assert backend.info.flash_attention == flash_attention
        backend.decode([Row(5, 0, 0, True)])


@pytest.mark.parametrize(("n_heads", "width"), [(4, 16), (2, 32), (1, 64)])
def test_flash_attention_is_left_out_where_heads_do_not_fill_what_avx512_takes_at_once(
    tmp_path: Path, n_heads: int, width: int
) -> None:
    path = tmp_path / "heads.gguf"
    write_random_llama(path, RandomLlama(1, 64, n_heads, n_heads, 96, 300, 128), seed=1)
    has_avx512 = b"AVX512 = 1" in llama_cpp.llama_print_system_info()
    with closing(LlamaBackend(LoadSpec(str(path), gpu_layers=0))) as backend:
        assert backend.info.flash_attention == ("off" if has_avx512 and width % 64 else "on")
    quantised = LoadSpec(str(path), gpu_layers=0, cache_type="q8_0")
    if width % 32 == 0:
        with closing(LlamaBackend(quantised)) as backend:
            assert backend.info.flash_attention == "on"


@pytest.mark.parametrize(("cache_type", "n_bits"), [("f32", 32), ("bf16", 16), ("q8_0", 8.5)])
def test_the_cache_is_stored_as_asked_for(
    story_base: Path, cache_type: CacheType, n_bits: float
) -> None:
    with closing(LlamaBackend(LoadSpec(str(story_base), cache_type=cache_type))) as backend:
        info = backend.info
        backend.decode([Row(5, 0, 0, True)])
    assert info.cache_type == cache_type
    assert info.cache_bytes == info.n_cells * N_CACHED * n_bits / 8


def test_a_quantised_cache_without_flash_attention_is_refused(story_base: Path) -> None:
    spec = LoadSpec(str(story_base), flash_attention="off", cache_type="q4_0")
    with pytest.raises(LoomError, match="q4_0 needs flash attention"):
        LlamaBackend(spec)


def test_a_cache_type_that_does_not_divide_the_heads_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "narrow.gguf"
    write_random_llama(path, RandomLlama(1, 96, 2, 2, 96, 300, 128), seed=1)
    with pytest.raises(LoomError, match=r"q8_0 does not suit narrow.*48 wide, no multiple of 32"):
        LlamaBackend(LoadSpec(str(path), cache_type="q8_0"))


def test_an_unknown_device_is_refused(story_base: Path) -> None:
    with pytest.raises(UsageError, match="no device CUDA9"):
        LlamaBackend(LoadSpec(str(story_base), device="CUDA9"))


def test_less_memory_means_fewer_cells(story_base: Path) -> None:
    spec = LoadSpec(str(story_base), room_bytes=160 << 20)
    with closing(LlamaBackend(spec)) as backend:
        assert backend.info.n_ctx <= backend.info.n_cells < 32_768


def test_a_window_too_large_for_the_memory_is_refused_with_one_that_fits(
    tmp_path: Path, story_base: Path
) -> None:
    path = tmp_path / "long.gguf"
    path.write_bytes(number("llama.context_length", 10**9)(story_base.read_bytes()))
    with pytest.raises(NotEnoughMemoryError, match=r"1,000,000,000 tokens of long.*--ctx \d+ or"):
        LlamaBackend(LoadSpec(str(path), n_ctx=10**9))


def test_weights_too_large_for_the_memory_are_refused(story_base: Path) -> None:
    with pytest.raises(NotEnoughMemoryError, match="story-base needs about"):
        LlamaBackend(LoadSpec(str(story_base), room_bytes=4 << 20))


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> Device:
    """A GPU with room for everything: to llama.cpp it is the processor under another name."""
    cpu = next(device for device in devices_of_llama() if device.kind == "CPU")
    gpu = replace(cpu, name="GPU0", kind="GPU", free_bytes=1 << 40)
    monkeypatch.setattr(loading, "devices_of_llama", lambda: (cpu, gpu))
    return gpu


@pytest.mark.parametrize(
    ("asked", "device", "devices", "gpu_layers"),
    [
        ({}, "GPU", ("GPU0",), 6),
        ({"gpu_layers": 99}, "GPU", ("GPU0",), 6),
        ({"gpu_layers": 2}, "GPU 2/6", ("GPU0", "CPU"), 2),
        ({"gpu_layers": 0}, "CPU", ("CPU",), 0),
        ({"device": "gpu0"}, "GPU", ("GPU0",), 6),
        ({"device": "CPU"}, "CPU", ("CPU",), 0),
    ],
)
def test_layers_go_to_the_gpu_unless_told_otherwise(
    story_base: Path,
    gpu: Device,
    asked: dict[str, object],
    device: str,
    devices: tuple[str, ...],
    gpu_layers: int,
) -> None:
    with closing(LlamaBackend(replace(LoadSpec(str(story_base)), **asked))) as backend:  # type: ignore[arg-type]
        info = backend.info
        backend.decode([Row(5, 0, 0, True)])
    assert (info.device, info.devices, info.gpu_layers) == (device, devices, gpu_layers)
    assert info.gpu_unused is None


def test_fewer_layers_are_tried_where_a_gpu_cannot_give_what_it_promised(
    story_base: Path, gpu: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def open_context(model: object, info: ModelInfo, n_sequences: int) -> object:
        tried.append(info.gpu_layers)
        if info.gpu_layers > 2:
            raise NotEnoughMemoryError("The GPU is full.", "", 1)
        return contexts.open_context(model, info, n_sequences)

    monkeypatch.setattr(loading, "open_context", open_context)
    with closing(LlamaBackend(LoadSpec(str(story_base)))) as backend:
        assert backend.info.device == "GPU 1/6"
    assert tried == [6, 5, 3, 1]


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda data: b"", "cut short"),
        (lambda data: data[:3000], "cut short"),
        (lambda data: data[: len(data) // 2], r"cut short: the weights blk\.\d\.\w+\.weight are"),
        (lambda data: b"hello" + data, "not a GGUF file"),
        (lambda data: data[:4] + b"\x09\0\0\0" + data[8:], "of version 9 of GGUF, which is too"),
        (lambda data: data.replace(b"llama", b"lxama"), "of the architecture lxama, which this"),
        (
            lambda data: data.replace(b"blk.0.attn_q.weight", b"blk.0.attn_x.weight"),
            r"its weights blk\.0\.attn_q\.weight are missing",
        ),
        (number("llama.block_count", 0), "claims 0 layers"),
        (number("llama.block_count", 7), r"its weights blk\.6\.attn_norm\.weight are missing"),
        (number("llama.block_count", 9999), "claims 9,999 layers"),
        (number("llama.embedding_length", 64), "cannot open"),
        (number("llama.attention.head_count", 0), "have another shape than it says"),
        (number("llama.attention.head_count", 10**9), "cannot open"),
    ],
)
def test_a_broken_file_is_refused_in_a_sentence(
    tmp_path: Path, story_base: Path, damage: Damage, why: str
) -> None:
    path = tmp_path / "broken.gguf"
    path.write_bytes(damage(story_base.read_bytes()))
    with pytest.raises(ModelFileError, match=why) as refused:
        LlamaBackend(LoadSpec(str(path)))
    assert "\n" not in str(refused.value)
    assert refused.value.what.endswith(".")
    assert refused.value.remedy

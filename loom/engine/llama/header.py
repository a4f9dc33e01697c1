"""The size of a model, read from the header of its file before any weights are."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loom.engine.llama.library import GgufInit, ggml
from loom.engine.llama.words import words
from loom.engine.room import Shape
from loom.errors import ModelFileError

_PART = re.compile(r"-(\d{5})-of-(\d{5})\.gguf$")
_ARRAY, _STRING = 9, 8
MOST_LAYERS = 512
"""llama.cpp's LLAMA_MAX_LAYERS."""

# enum gguf_type: the numbers that are whole.
_WHOLE: dict[int, type[ctypes._SimpleCData[int]]] = {
    0: ctypes.c_uint8,
    1: ctypes.c_int8,
    2: ctypes.c_uint16,
    3: ctypes.c_int16,
    4: ctypes.c_uint32,
    5: ctypes.c_int32,
    10: ctypes.c_uint64,
    11: ctypes.c_int64,
}


def read_shape(path: str) -> Shape:
    """What a model's header says of its size; ModelFileError if llama.cpp cannot read it.

    What the header does not say counts as nothing: whether it can be run, loading tells.
    """
    weight_bytes = sum(part.stat().st_size for part in parts_of(Path(path)))
    with _opened(path) as header:
        architecture = header.text("general.architecture")
        n_layers = _layers(path, header.numbers(f"{architecture}.block_count"))
        n_embd = header.number(f"{architecture}.embedding_length")
        heads = header.numbers(f"{architecture}.attention.head_count")
        n_heads = max(heads, default=0)
        kv_heads = header.numbers(f"{architecture}.attention.head_count_kv") or heads
        head = n_embd // n_heads if n_heads else 0
        key = header.number(f"{architecture}.attention.key_length") or head
        value = header.number(f"{architecture}.attention.value_length") or head
        n_kv = sum(kv_heads[:n_layers]) if len(kv_heads) > 1 else sum(kv_heads) * n_layers
        return Shape(
            name=Path(path).stem,
            n_layers=n_layers,
            n_embd=n_embd,
            n_heads=n_heads,
            n_vocab=header.length("tokenizer.ggml.tokens"),
            n_ctx_train=header.number(f"{architecture}.context_length"),
            n_cached=n_kv * (key + value),
            weight_bytes=weight_bytes,
            head_width=key,
        )


def _layers(path: str, told: list[int]) -> int:
    n_layers = max(told, default=0)
    if told and not 1 <= n_layers <= MOST_LAYERS:
        # llama.cpp would end the process over it.
        raise ModelFileError(
            f"{path} is damaged: it claims {n_layers:,} layers, "
            f"and llama.cpp runs 1 to {MOST_LAYERS}.",
            "Download it again, or from somewhere else.",
        )
    return n_layers


def parts_of(path: Path) -> tuple[Path, ...]:
    """The files of a model: one, or all parts of a split one as far as they are there."""
    found = _PART.search(path.name)
    if found is None:
        return (path,) if path.is_file() else ()
    stem, n_parts = path.name[: found.start()], int(found.group(2))
    names = (f"{stem}-{i:05d}-of-{n_parts:05d}.gguf" for i in range(1, n_parts + 1))
    return tuple(part for name in names if (part := path.with_name(name)).is_file())


class _Header:
    """An open header; values of an unexpected type read as if they were not there."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._ggml = ggml()

    def text(self, key: str) -> str:
        """A string, empty if there is none."""
        at = self._find(key)
        if at < 0 or self._ggml.gguf_get_kv_type(self._handle, at) != _STRING:
            return ""
        value: bytes = self._ggml.gguf_get_val_str(self._handle, at)
        return value.decode("utf-8", "replace")

    def length(self, key: str) -> int:
        """How long a list is, 0 if there is none."""
        at = self._find(key)
        if at < 0 or self._ggml.gguf_get_kv_type(self._handle, at) != _ARRAY:
            return 0
        return int(self._ggml.gguf_get_arr_n(self._handle, at))

    def number(self, key: str) -> int:
        """A whole number from 0 up, 0 if there is none."""
        return max(self.numbers(key), default=0)

    def numbers(self, key: str) -> list[int]:
        """A whole number, or a list of them, as a list; negative ones as 0."""
        at = self._find(key)
        if at < 0:
            return []
        kind, n, data = self._ggml.gguf_get_kv_type(self._handle, at), 1, None
        if kind == _ARRAY:
            kind = self._ggml.gguf_get_arr_type(self._handle, at)
            if kind in _WHOLE:
                n = self._ggml.gguf_get_arr_n(self._handle, at)
                data = self._ggml.gguf_get_arr_data(self._handle, at)
        elif kind in _WHOLE:
            data = self._ggml.gguf_get_val_data(self._handle, at)
        if data is None:
            return []
        values: list[int] = list((_WHOLE[kind] * n).from_address(data))
        return [max(0, value) for value in values]

    def _find(self, key: str) -> int:
        return int(self._ggml.gguf_find_key(self._handle, key.encode()))


@contextmanager
def _opened(path: str) -> Iterator[_Header]:
    log = words()
    log.clear()
    name = path.encode("utf-8", "surrogateescape")
    handle = ggml().gguf_init_from_file(name, GgufInit(True, None))
    if not handle:
        raise ModelFileError(
            f"llama.cpp cannot open {path}: {log.reason()}.",
            "Download it again, or from somewhere else.",
        )
    try:
        yield _Header(handle)
    finally:
        ggml().gguf_free(handle)

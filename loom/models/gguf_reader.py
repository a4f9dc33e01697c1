"""A reader of GGUF headers that trusts no number in them.

The format is ggml's (docs/gguf.md). The gguf package's own reader makes an array of every string
and takes a second over a vocabulary of 128,000; this one steps over arrays and remembers where
they are. All numbers are little-endian, all offsets count bytes from the start of the file.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from loom.errors import ModelFileError
from loom.models.file_cursor import Cursor, opened
from loom.models.file_kinds import kind_of

_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q"}
_SCALARS[12] = "d"
_STRING, _ARRAY = 8, 9
_VERSIONS = (2, 3)

# Far above anything in use, and low enough that a lie costs no noticeable time or memory. The
# limits on strings and on bytes of text hold for a header as a whole.
_MAX_KEYS = 16_384
_MAX_TENSORS = 65_536
_MAX_STRINGS = 8_000_000
_MAX_DIMENSIONS = 4
_MAX_NAME_BYTES = 65_535
_MAX_TEXT_BYTES = 32 * 2**20
# llama.cpp's own (GGML_MAX_NAME, less the zero that ends it).
_MAX_TENSOR_NAME_BYTES = 63


@dataclass(frozen=True, slots=True)
class ArraySpan:
    """Where an array lies: the number of its element type, its length, its first byte's offset."""

    type_id: int
    length: int
    offset: int


Value = int | float | bool | str | ArraySpan


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """A tensor's name, shape (the first number is the length of a row), type and place.

    `offset` counts from the start of the tensor data.
    """

    name: str
    shape: tuple[int, ...]
    type_id: int
    offset: int


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """Everything before the weights; `data_offset` is where they start.

    Tensors begin at multiples of `alignment` bytes from there.
    """

    values: dict[str, Value]
    tensors: tuple[TensorInfo, ...]
    alignment: int
    data_offset: int
    n_bytes: int


def read_header(path: Path) -> GgufHeader:
    """Read all of a GGUF but its weights; ModelFileError says what is wrong with the file."""
    with opened(path) as cursor:
        n_tensors, n_keys = _read_preamble(cursor)
        values = _read_values(cursor, n_keys)
        tensors = _read_tensors(cursor, n_tensors)
        alignment = values.get("general.alignment", 32)
        if not isinstance(alignment, int) or alignment < 1 or alignment & (alignment - 1):
            raise cursor.damaged(f"its alignment is {alignment!r}, which is no power of two")
        return GgufHeader(
            values=values,
            tensors=tensors,
            alignment=alignment,
            data_offset=-(-cursor.offset // alignment) * alignment,
            n_bytes=cursor.size,
        )


def read_strings(path: Path, span: ArraySpan) -> tuple[bytes, ...]:
    """The strings of an array, as they are; ModelFileError if the file changed meanwhile."""
    with opened(path) as cursor:
        if span.type_id != _STRING:
            raise cursor.damaged("it has numbers where texts belong")
        cursor.offset = span.offset
        return cursor.strings(span.length)


def read_string_at(path: Path, span: ArraySpan, index: int) -> bytes:
    """One string of an array, without making the others."""
    with opened(path) as cursor:
        if span.type_id != _STRING or not 0 <= index < span.length:
            raise cursor.damaged(f"it has no text number {index}")
        cursor.offset = span.offset
        cursor.skip_strings(index)
        return cursor.take(cursor.u64())


def read_integers(path: Path, span: ArraySpan) -> tuple[int, ...]:
    """The numbers of an array of integers; ModelFileError if they are not integers."""
    with opened(path) as cursor:
        code = _SCALARS.get(span.type_id, "f")
        if code in "fd":
            raise cursor.damaged("it has something else where whole numbers belong")
        cursor.offset = span.offset
        layout = struct.Struct(f"<{span.length}{code}")
        return tuple(int(number) for number in layout.unpack(cursor.take(layout.size)))


def _read_preamble(cursor: Cursor) -> tuple[int, int]:
    """Check magic and version; how many tensors and how many keys follow."""
    head = cursor.take(min(64, cursor.size))
    if not head.startswith(b"GGUF"):
        kind = kind_of(head)
        raise ModelFileError(f"{cursor.path} is not a GGUF model but {kind.what}.", kind.remedy)
    cursor.offset = 4
    version = cursor.u32()
    if version & 0xFFFF == 0 and version != 0:
        raise ModelFileError(
            f"{cursor.path} is a big-endian GGUF, which this machine cannot run.",
            "Look for the ordinary (little-endian) file of the same model.",
        )
    if version not in _VERSIONS:
        remedy = "Update loom." if version > max(_VERSIONS) else "Look for a newer file."
        raise ModelFileError(
            f"{cursor.path} is a GGUF of version {version}; loom reads versions 2 and 3.", remedy
        )
    n_tensors, n_keys = cursor.u64(), cursor.u64()
    if n_tensors > _MAX_TENSORS or n_keys > _MAX_KEYS:
        raise cursor.damaged(f"it claims {n_tensors:,} tensors and {n_keys:,} keys")
    return n_tensors, n_keys


@dataclass(slots=True)
class _Allowance:
    """How many strings and bytes of text a header may still hold."""

    n_strings: int = _MAX_STRINGS
    n_text_bytes: int = _MAX_TEXT_BYTES


def _read_values(cursor: Cursor, n_keys: int) -> dict[str, Value]:
    values: dict[str, Value] = {}
    allowance = _Allowance()
    for _ in range(n_keys):
        key = cursor.text(_MAX_NAME_BYTES)
        if not key or key in values:
            raise cursor.damaged(f"its key {key} is there twice" if key else "a key has no name")
        values[key] = _read_value(cursor, cursor.u32(), allowance)
    return values


def _read_value(cursor: Cursor, type_id: int, allowance: _Allowance) -> Value:
    """A key's value; arrays are stepped over."""
    if type_id == _STRING:
        start = cursor.offset
        text = cursor.text(allowance.n_text_bytes)
        allowance.n_text_bytes -= cursor.offset - start
        return text
    if type_id == _ARRAY:
        return _step_over_array(cursor, allowance)
    code = _SCALARS.get(type_id)
    if code is None:
        raise cursor.damaged(f"a key in its header is of the unknown type {type_id}")
    layout = struct.Struct(f"<{code}")
    value: int | float | bool = layout.unpack(cursor.take(layout.size))[0]
    return value


def _step_over_array(cursor: Cursor, allowance: _Allowance) -> ArraySpan:
    span = ArraySpan(type_id=cursor.u32(), length=cursor.u64(), offset=cursor.offset)
    if span.type_id == _STRING:
        allowance.n_strings -= span.length
        if allowance.n_strings < 0:
            raise cursor.damaged(f"a list in its header claims {span.length:,} texts")
        cursor.skip_strings(span.length)
    elif span.type_id in _SCALARS:
        cursor.skip(span.length * struct.calcsize(f"<{_SCALARS[span.type_id]}"))
    elif span.type_id == _ARRAY:
        raise cursor.damaged("it holds lists within lists, which llama.cpp cannot read either")
    else:
        raise cursor.damaged(f"a list in its header is of the unknown type {span.type_id}")
    return span


def _read_tensors(cursor: Cursor, n_tensors: int) -> tuple[TensorInfo, ...]:
    tensors = tuple(_read_tensor_info(cursor) for _ in range(n_tensors))
    names = {tensor.name for tensor in tensors}
    if len(names) < n_tensors:
        raise cursor.damaged(
            f"it lists {n_tensors:,} tensors under only {len(names):,} different names"
        )
    return tensors


def _read_tensor_info(cursor: Cursor) -> TensorInfo:
    name = cursor.text(_MAX_TENSOR_NAME_BYTES)
    n_dimensions = cursor.u32()
    if n_dimensions > _MAX_DIMENSIONS:
        raise cursor.damaged(f"the tensor {name} claims {n_dimensions:,} dimensions")
    shape = tuple(cursor.u64() for _ in range(n_dimensions))
    return TensorInfo(name, shape, type_id=cursor.u32(), offset=cursor.u64())

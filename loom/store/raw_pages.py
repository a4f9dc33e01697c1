"""The rows of a damaged SQLite file, read from its pages without asking SQLite.

A table's rows stand in leaf pages, each of which can be read alone: whatever else of the file is
broken, the rows of a whole page are there. Layout: sqlite.org/fileformat2.html.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

Value = int | float | str | bytes | None

_LEAF = 13
_HEADER_SIZE = 100
_USUAL_PAGE_SIZE = 4096
_INTEGER_SIZES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row of some table; the column that is the row's number is NULL among its values."""

    rowid: int
    values: tuple[Value, ...]


def raw_rows(image: bytes) -> Iterator[RawRow]:
    """Every row in any leaf page of a database file that can be read, in no order.

    Rows of free pages come too: they were deleted, or stand elsewhere as well.
    """
    size = _page_size(image)
    for start in range(0, len(image), size):
        head = start + (_HEADER_SIZE if start == 0 else 0)
        if len(image) < head + 8 or image[head] != _LEAF:
            continue
        (n_cells,) = struct.unpack_from(">H", image, head + 3)
        for at in range(head + 8, min(head + 8 + 2 * n_cells, start + size) - 1, 2):
            (offset,) = struct.unpack_from(">H", image, at)
            try:
                yield _row(image, start + offset, size)
            except (IndexError, ValueError, struct.error):
                continue


def _page_size(image: bytes) -> int:
    (size,) = struct.unpack_from(">H", image.ljust(18, b"\0"), 16)
    size = 65536 if size == 1 else size
    is_one = 512 <= size <= 65536 and size & (size - 1) == 0
    # Every table of loom has more than one page, so a size that is wrong is not a divisor.
    return size if is_one and image[:16] == b"SQLite format 3\0" else _USUAL_PAGE_SIZE


def _row(image: bytes, at: int, page_size: int) -> RawRow:
    n_payload, at = _varint(image, at)
    rowid, at = _varint(image, at)
    return RawRow(rowid, tuple(_values(_payload(image, at, n_payload, page_size))))


def _payload(image: bytes, at: int, n_payload: int, page_size: int) -> bytes:
    """The bytes of a record, those on overflow pages included."""
    if not 0 < n_payload <= len(image):
        raise ValueError("a record longer than its file")
    n_local = n_payload
    if n_payload > page_size - 35:
        least = (page_size - 12) * 32 // 255 - 23
        n_local = least + (n_payload - least) % (page_size - 4)
        n_local = n_local if n_local <= page_size - 35 else least
    pieces, missing = [image[at : at + n_local]], n_payload - n_local
    at += n_local
    while missing > 0:
        (page,) = struct.unpack_from(">I", image, at)
        if page == 0:
            raise ValueError("a record that ends too early")
        at = (page - 1) * page_size
        pieces.append(image[at + 4 : at + 4 + min(missing, page_size - 4)])
        missing -= page_size - 4
    whole = b"".join(pieces)
    if len(whole) != n_payload:
        raise ValueError("a record that is cut short")
    return whole


def _values(record: bytes) -> Iterator[Value]:
    n_head, at = _varint(record, 0)
    types = []
    while at < n_head:
        kind, at = _varint(record, at)
        types.append(kind)
    for kind in types:
        value, at = _value(record, kind, at)
        yield value
    if at != len(record):
        raise ValueError("a record of another length")


def _value(record: bytes, kind: int, at: int) -> tuple[Value, int]:
    if kind == 0:
        return None, at
    if kind in (8, 9):
        return kind - 8, at
    if kind == 7:
        (number,) = struct.unpack_from(">d", record, at)
        return float(number), at + 8
    if kind in _INTEGER_SIZES:
        end = at + _INTEGER_SIZES[kind]
        return int.from_bytes(_cut(record, at, end), "big", signed=True), end
    if kind < 12:
        raise ValueError("a type that there is not")
    end = at + (kind - 12) // 2
    piece = _cut(record, at, end)
    return (piece if kind % 2 == 0 else piece.decode("utf-8")), end


def _cut(record: bytes, at: int, end: int) -> bytes:
    if end > len(record):
        raise ValueError("a value that is cut short")
    return record[at:end]


def _varint(image: bytes, at: int) -> tuple[int, int]:
    """A number of one to nine bytes, of which a set high bit means that there is another."""
    number = 0
    for _ in range(8):
        byte = image[at]
        at += 1
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            return number, at
    return number << 8 | image[at], at + 1

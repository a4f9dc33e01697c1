"""What a file looks like at its front: enough to tell whose it is, whatever its name says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from loom.formats.importing.json_stream import JsonStream, NoJsonError

_DEPTH = 6
_MOST_KEYS = 60
_MOST_ITEMS = 3
_MOST_CHARACTERS = 200
_FRONT = 1 << 22


@dataclass(frozen=True, slots=True)
class Shape:
    """The first values of a file, with their first members only; `n_values` is at most three.

    A file with one value is a document, one with several holds one a line.
    """

    first: object
    n_values: int
    values: tuple[object, ...]

    def mapping(self) -> dict[str, object]:
        """The first value as an object, empty if it is none."""
        return members(self.first)


def members(value: object) -> dict[str, object]:
    """A value as an object, empty if it is none."""
    return value if isinstance(value, dict) else {}


def any_member(value: object) -> dict[str, object]:
    """The first object inside a container, empty if there is none."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((one for one in inner if isinstance(one, dict)), {})


def shape_of(chunks: Iterator[str]) -> Shape:
    """The shape of the text; what stands behind its first four million characters is not read."""
    stream = JsonStream(_front(chunks))
    values: list[object] = []
    try:
        while len(values) < _MOST_ITEMS and stream.kind():
            _read(stream, values, _DEPTH)
    except NoJsonError:
        # The end of the front, or of a file that is damaged: whoever reads it all will say so.
        pass
    return Shape(values[0] if values else None, len(values), tuple(values))


def _front(chunks: Iterator[str]) -> Iterator[str]:
    n = 0
    for chunk in chunks:
        yield chunk
        n += len(chunk)
        if n >= _FRONT:
            return


def _read(stream: JsonStream, into: list[object], depth: int) -> None:
    """Put the next value at the end of a list, before it is whole."""
    kind = stream.kind()
    if kind == "{" and depth:
        found: dict[str, object] = {}
        into.append(found)
        for key in stream.members():
            if len(found) < _MOST_KEYS:
                inner: list[object] = []
                try:
                    _read(stream, inner, depth - 1)
                finally:
                    found[key] = inner[0] if inner else None
    elif kind == "[" and depth:
        items: list[object] = []
        into.append(items)
        for _ in stream.items():
            if len(items) < _MOST_ITEMS:
                _read(stream, items, depth - 1)
    elif kind in ("{", "["):
        into.append({} if kind == "{" else [])
        stream.skip()
    else:
        value = stream.value()
        into.append(value[:_MOST_CHARACTERS] if isinstance(value, str) else value)


def first_lines(values: tuple[object, ...]) -> list[dict[str, object]]:
    """The first lines that are objects."""
    return list(filter(None, map(members, values)))

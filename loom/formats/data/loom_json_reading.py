"""loom's own JSON read again: the rows of the session file that it was made from."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from loom.errors import ForeignFileError
from loom.formats.importing.json_stream import JsonStream, TooDeepError
from loom.formats.importing.shape import Shape, members
from loom.formats.importing.values import list_of
from loom.records.stored import StoredContent, StoredDraft, StoredEvent, StoredPointer

_REMEDY = "Export it again with `loom export FILE --format json`."
_INT, _FLOAT = np.dtype("<i4"), np.dtype("<f4")


def recognises(shape: Shape) -> bool:
    """The document says so at its front."""
    return "loom_json" in shape.mapping()


class LoomJsonReader:
    """One pass over a document: `events` first, then `drafts` and `pointers`.

    ForeignFileError where it is no such document. Keys that nobody asks for are passed over.
    """

    def __init__(self, stream: JsonStream) -> None:
        self._stream = stream
        self._texts: dict[str, bytes] = {}
        self._parts: Iterator[str] = stream.members()
        self._pending = ""

    def events(self) -> Iterator[StoredEvent]:
        """The journal; texts of the nodes are read before it."""
        for part in self._parts:
            if part == "loom_json":
                self._check(self._value())
            elif part == "nodes":
                for node in self._objects():
                    self._texts[_text(node, "id")] = _bytes(node)
            elif part == "journal":
                yield from self._journal()
                return
        raise ForeignFileError("The document holds no journal.", _REMEDY)

    def drafts(self) -> Iterator[StoredDraft]:
        """What was still growing."""
        if self._is_at("drafts"):
            for found in self._objects():
                node_id = _text(found, "node")
                content = self._content(members(found.get("content")), None)
                start = found.get("start")
                if not isinstance(start, int):
                    raise _damaged("start")
                yield StoredDraft(node_id, start, _number(found, "at"), content)

    def pointers(self) -> Iterator[StoredPointer]:
        """What can move."""
        if self._is_at("pointers"):
            for found in self._objects():
                yield StoredPointer(
                    _text(found, "name"), _text(found, "node"), _number(found, "at")
                )

    def _is_at(self, part: str) -> bool:
        """Whether that part comes next, or comes after parts that nobody has heard of."""
        known = ("drafts", "pointers")
        while not self._pending:
            found = next(self._parts, None)
            if found is None:
                return False
            if found in known:
                self._pending = found
        if self._pending != part:
            return False
        self._pending = ""
        return True

    def _journal(self) -> Iterator[StoredEvent]:
        begun = False
        for found in self._objects():
            event = self._event(found)
            if not begun and event.kind != "session_started":
                raise _damaged("the beginning of the journal")
            begun = True
            yield event

    def _check(self, number: object) -> None:
        if number != 1:
            raise ForeignFileError(
                f"The document was made by a newer loom (loom_json {number!r}).",
                "Upgrade loom to read it.",
            )

    def _objects(self) -> Iterator[dict[str, object]]:
        for _ in self._stream.items():
            found = self._value()
            if not isinstance(found, dict):
                raise _damaged("an entry")
            yield found

    def _value(self) -> object:
        try:
            return self._stream.value()
        except TooDeepError:
            raise _damaged("an entry") from None

    def _event(self, found: Mapping[str, object]) -> StoredEvent:
        node_id = found.get("node")
        if node_id is not None and not isinstance(node_id, str):
            raise _damaged("node")
        payload = json.dumps(members(found.get("payload")), separators=(",", ":"))
        content = None
        if "content" in found:
            content = self._content(members(found["content"]), node_id)
        return StoredEvent(_number(found, "at"), _text(found, "kind"), node_id, payload, content)

    def _content(self, found: Mapping[str, object], node_id: str | None) -> StoredContent:
        if "text" in found or "bytes_base64" in found:
            text = _bytes(found)
        elif node_id in self._texts:
            text = self._texts[node_id]
        else:
            raise _damaged("the text of a node")
        n_top, packed = found.get("n_top"), found.get("statistics_base64")
        if not isinstance(n_top, int | None):
            raise _damaged("n_top")
        return StoredContent(
            text,
            _column(found, "token_ids", _INT),
            _column(found, "piece_sizes", _INT),
            _column(found, "elapsed_s", _FLOAT),
            n_top,
            None if packed is None else _unpacked(packed),
        )


def _column(found: Mapping[str, object], key: str, kind: np.dtype[np.generic]) -> bytes | None:
    if key not in found:
        return None
    try:
        return np.asarray(list_of(found[key]), dtype=kind).tobytes()
    except (TypeError, ValueError, OverflowError):
        raise _damaged(key) from None


def _bytes(found: Mapping[str, object]) -> bytes:
    encoded = found.get("bytes_base64")
    if encoded is not None:
        return _unpacked(encoded)
    try:
        return _text(found, "text").encode()
    except UnicodeEncodeError:
        raise _damaged("text") from None


def _unpacked(encoded: object) -> bytes:
    try:
        return b64decode(encoded if isinstance(encoded, str) else "", validate=True)
    except ValueError:
        raise _damaged("base64") from None


def _text(found: Mapping[str, object], key: str) -> str:
    value = found.get(key)
    if not isinstance(value, str):
        raise _damaged(key)
    return value


def _number(found: Mapping[str, object], key: str) -> float:
    value = found.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _damaged(key)
    return float(value)


def _damaged(what: str) -> ForeignFileError:
    return ForeignFileError(f"The document is damaged: {what} is missing or wrong.", _REMEDY)


def rows_of(
    reader: LoomJsonReader,
) -> tuple[Iterable[StoredEvent], Iterable[StoredDraft], Iterable[StoredPointer]]:
    """The three kinds of rows, to be taken in this order."""
    return reader.events(), reader.drafts(), reader.pointers()

"""JSON read from the front, a piece at a time: larger than memory, nested as deep as it likes.

A reader walks containers with `members` and `items`, which may be kept on a stack of its own, and
takes with `value` what is small. Nothing here recurses over the input. Lone surrogates, NaN and
Infinity are read as Python's json does, because other programs write them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache

from loom.errors import ForeignFileError
from loom.formats.importing.values import is_deeper, whole_number

_SPACES = " \t\n\r"
_SPACE = re.compile(r"[ \t\n\r]*+")
_KEY = r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"[ \t\n\r]*+:[ \t\n\r]*+'
_FIRST_KEY = re.compile(r"[ \t\n\r]*+" + _KEY, re.DOTALL)
_NEXT_KEY = re.compile(r"[ \t\n\r]*+,[ \t\n\r]*+" + _KEY, re.DOTALL)
_COMMA = re.compile(r"[ \t\n\r]*+,[ \t\n\r]*+")
_CLOSE = {"{": re.compile(r"[ \t\n\r]*+\}"), "[": re.compile(r"[ \t\n\r]*+\]")}
_LAST = {"{": "}", "[": "]"}
# Everything up to the next bracket that stands in no string.
_TO_BRACKET = re.compile(r'[^"{}\[\]]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"{}\[\]]*+)*+', re.DOTALL)
_FLAT = _TO_BRACKET.pattern
# The beginning of an object, up to the first container in it that holds another one, or its end.
_FRONT = re.compile(rf"\{{{_FLAT}(?:(?:\{{{_FLAT}\}}|\[{_FLAT}\]){_FLAT})*+", re.DOTALL)
_LAST_KEY = r',?[ \t\n\r]*"{}"[ \t\n\r]*:[ \t\n\r]*\Z'
_CUT = re.compile(
    r'[ \t\n\r,]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+(?:\\|"[ \t\n\r]*+:?[ \t\n\r]*+)?)?\Z', re.DOTALL
)
_NEAR_THE_END = 64
_AHEAD = 1 << 15
_COMPACT_ABOVE = 1 << 20
# Far below what Python's own json can write again, however deep in calls it is asked to.
_DEEPEST = 500


@cache
def _last_key(name: str) -> re.Pattern[str]:
    return re.compile(_LAST_KEY.format(name))


class NoJsonError(ForeignFileError):
    """The text ends in the middle, or is no JSON."""


class TooDeepError(Exception):
    """A value is nested deeper than it can be built and written again."""


class JsonStream:
    """A cursor in JSON text that comes in chunks; NoJsonError where it is none."""

    def __init__(self, chunks: Iterator[str]) -> None:
        self._chunks = chunks
        self._text = ""
        self._pos = 0
        self._before = 0
        self._decode = json.JSONDecoder(strict=False).raw_decode
        self._decode_long = json.JSONDecoder(strict=False, parse_int=whole_number).raw_decode

    @property
    def position(self) -> int:
        """How many characters were read."""
        return self._before + self._pos

    def kind(self) -> str:
        """The first character of what comes next, empty at the end."""
        while True:
            if (first := self._text[self._pos : self._pos + 1]) and first not in _SPACES:
                return first
            match = _SPACE.match(self._text, self._pos)
            assert match is not None
            self._pos = match.end()
            if self._pos == len(self._text) and not self._fill():
                return ""

    def value(self) -> object:
        """The next value, whole; TooDeepError if it cannot be built, and nothing is consumed."""
        self.kind()
        decode = self._decode
        while True:
            try:
                value, end = decode(self._text, self._pos)
            except json.JSONDecodeError as error:
                unterminated = error.msg.startswith("Unterminated string")
                near = len(self._text) - error.pos < _NEAR_THE_END
                self._fill_or_fail(error.pos, may_be_cut=unterminated or near)
                continue
            except ValueError:
                decode = self._decode_long
                continue
            except RecursionError:
                raise TooDeepError from None
            if self._n_opened(end) > _DEEPEST and is_deeper(value, _DEEPEST):
                raise TooDeepError
            # A number that ends with the text may go on behind it.
            if self._text[end : end + 3].strip("+-.eE") or not self._fill():
                self._pos = end
                return value

    def _n_opened(self, end: int) -> int:
        """Brackets that open before a place, in strings too: a value is no deeper than that."""
        return self._text.count("[", self._pos, end) + self._text.count("{", self._pos, end)

    def members(self) -> Iterator[str]:
        """The keys of the object that comes next; a value that is not taken is passed over."""
        self._open("{")
        yield from self._members(_FIRST_KEY)

    def more_members(self) -> Iterator[str]:
        """The same in an object whose first members were taken with `front`."""
        return self._members(_NEXT_KEY)

    def front(
        self, inner: str, barred: tuple[str, ...] = ()
    ) -> tuple[dict[str, object], bool] | None:
        """The members of the object that comes next, up to a list `inner`, in one go.

        With them, whether that list comes next; else the object is over. None, and nothing is
        taken, where that cannot be seen at once or a `barred` member is among them.
        """
        if self.kind() != "{":
            return None
        if len(self._text) - self._pos < _AHEAD:
            self._fill()
        match = _FRONT.match(self._text, self._pos)
        if match is None or match.end() == len(self._text):
            return None
        end, is_open = match.end(), self._text[match.end()] == "["
        raw = self._text[self._pos : end + (not is_open)]
        if is_open:
            before = max(0, len(raw) - len(inner) - _NEAR_THE_END)
            key = _last_key(inner).search(raw, before)
            if key is None:
                return None
            raw = raw[: key.start()] + "}"
        found = self._flat(raw)
        if found is None or any(key in found for key in barred):
            return None
        if inner in found and (is_open or found.pop(inner) != []):
            return None
        self._pos = end + (not is_open)
        return found, is_open

    def _flat(self, raw: str) -> dict[str, object] | None:
        try:
            found, n = self._decode(raw)
        except ValueError:
            return None
        return found if isinstance(found, dict) and n == len(raw) else None

    def _members(self, pattern: re.Pattern[str]) -> Iterator[str]:
        while (match := self._member("{", pattern)) is not None:
            self._pos = match.end()
            before = self.position
            raw = match[1]
            yield self._unescaped(raw) if "\\" in raw else raw
            if self.position == before:
                self.skip()
            pattern = _NEXT_KEY

    def items(self) -> Iterator[int]:
        """The number of each item of the array that comes next; one not taken is passed over."""
        self._open("[")
        pattern = _SPACE
        n = 0
        while (match := self._member("[", pattern)) is not None:
            self._pos = match.end()
            before = self.position
            yield n
            n += 1
            if self.position == before:
                self.skip()
            pattern = _COMMA

    def skip(self) -> None:
        """Pass over the next value, however deep it is."""
        if self.kind() not in ("{", "["):
            self.value()
            return
        depth = 0
        while True:
            match = _TO_BRACKET.match(self._text, self._pos)
            assert match is not None
            self._pos = match.end()
            if self._pos == len(self._text) or self._text[self._pos] == '"':
                # The end of the text, or a string that goes on behind it.
                self._fill_or_fail(self._pos, may_be_cut=True)
                continue
            depth += 1 if self._text[self._pos] in "{[" else -1
            self._pos += 1
            if depth == 0:
                return

    def _open(self, bracket: str) -> None:
        if self.kind() != bracket:
            self._fail(self._pos)
        self._pos += 1

    def _member(self, bracket: str, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The way to the next member of a container; None behind its last."""
        close, last = _CLOSE[bracket], _LAST[bracket]
        while True:
            if self._text[self._pos : self._pos + 1] == last:
                self._pos += 1
                return None
            if (end := close.match(self._text, self._pos)) is not None:
                self._pos = end.end()
                return None
            match = pattern.match(self._text, self._pos)
            if match is not None and match.end() < len(self._text):
                return match
            self._fill_or_fail(self._pos, may_be_cut=self._is_cut())

    def _is_cut(self) -> bool:
        """Whether what is missing to a key or a bracket may stand behind the text that is here."""
        short = len(self._text) - self._pos < _NEAR_THE_END
        return short or _CUT.match(self._text, self._pos) is not None

    def _unescaped(self, raw: str) -> str:
        try:
            return str(json.loads(f'"{raw}"', strict=False))
        except json.JSONDecodeError:
            self._fail(self._pos)
            raise

    def _fill(self) -> bool:
        """Take in at least as much text as is there; whether any came."""
        parts = [self._text[self._pos :] if self._pos > _COMPACT_ABOVE else self._text]
        if self._pos > _COMPACT_ABOVE:
            self._before += self._pos
            self._pos = 0
        wanted, came = len(parts[0]), 0
        for chunk in self._chunks:
            parts.append(chunk)
            came += len(chunk)
            if came and came >= wanted:
                break
        self._text = "".join(parts)
        return came > 0

    def _fill_or_fail(self, at: int, *, may_be_cut: bool) -> None:
        if not may_be_cut:
            self._fail(at)
        if not self._fill():
            n = self._before + len(self._text)
            raise NoJsonError(
                f"The file ends in the middle, after {n:,} characters.",
                "Save or download it again: it was cut short.",
            )

    def _fail(self, at: int) -> None:
        raise NoJsonError(
            f"The file is no JSON: it cannot be read at character {self._before + at:,}.",
            "Save it again in the program that it comes from.",
        )

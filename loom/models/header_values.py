"""The keys of a GGUF header, each checked for its type when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from loom.errors import ModelFileError
from loom.models.gguf_reader import ArraySpan, Value, read_integers, read_strings

_WANTED_NAMES = {int: "a whole number", str: "text", bool: "yes or no", ArraySpan: "a list"}
_MAX_SHORT_LIST = 4_096
_T = TypeVar("_T", int, str, bool, ArraySpan)


@dataclass(frozen=True, slots=True)
class HeaderValues:
    """What the header of the file at `path` holds."""

    path: Path
    values: dict[str, Value]

    def get(self, key: str, wanted: type[_T]) -> _T | None:
        """A value, or None if the file has no such key; ModelFileError if it is of another type."""
        value = self.values.get(key)
        if value is None or type(value) is wanted:
            return value
        raise self._damaged(f"its key {key} should hold {_WANTED_NAMES[wanted]}")

    def integers(self, key: str) -> tuple[int, ...]:
        """One number or a short list of them, as llama.cpp takes either; empty if there is none."""
        value = self.values.get(key)
        if type(value) is not ArraySpan:
            number = self.get(key, int)
            return () if number is None else (number,)
        if value.length > _MAX_SHORT_LIST:
            raise self._damaged(f"its key {key} lists {value.length:,} numbers")
        return read_integers(self.path, value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A short list of texts; empty if there is none or if it is something else."""
        value = self.values.get(key)
        if type(value) is not ArraySpan or value.length > _MAX_SHORT_LIST:
            return ()
        return tuple(text.decode("utf-8", "replace") for text in read_strings(self.path, value))

    def _damaged(self, why: str) -> ModelFileError:
        return ModelFileError(
            f"{self.path} is damaged: {why}.", "Download it again, or from somewhere else."
        )

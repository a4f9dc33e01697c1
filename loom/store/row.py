"""One event as the tables hold it: its row, and the text that belongs to it."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

from loom.records.tokens import TokenColumns
from loom.store.packing import PackedTokens, unpack_read

_Value = TypeVar("_Value")


class EventRow(NamedTuple):
    """One event as it stands in the table; `node_id` is None if it is about the session."""

    at: float
    kind: str
    node_id: str | None
    payload: str


class Content(NamedTuple):
    """Text that belongs to an event, with tokens if a model wrote or read it."""

    text: bytes
    token_ids: bytes | None
    piece_sizes: bytes | None
    elapsed_s: bytes | None

    def generated(self) -> PackedTokens:
        """As what a model wrote; ValueError if a column is missing."""
        return PackedTokens(
            text=self.text,
            token_ids=required(self.token_ids),
            piece_sizes=required(self.piece_sizes),
            elapsed_s=required(self.elapsed_s),
        )

    def read(self) -> TokenColumns:
        """As what a model only read; ValueError if a column is missing or they do not fit."""
        return unpack_read(self.text, required(self.token_ids), required(self.piece_sizes))


def required(value: _Value | None) -> _Value:
    """The value; ValueError if there is none."""
    if value is None:
        raise ValueError("its content is missing")
    return value

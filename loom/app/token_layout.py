"""The tokens of a prompt laid out in lines: in a flow, or one a line with its id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len, chop_cells

from loom.session.seen_as_text import shown
from loom.session.what_the_model_sees import ModelView, SeenPart
from loom.tree.node import HUMAN
from loom.tree.visible import visible

TokenKind = Literal["template", "typed", "model", "special", "unread", "id"]

_NEWLINE = "↵"


@dataclass(frozen=True, slots=True)
class Bit:
    """A stretch of a line; `odd` says of every second token that it is one."""

    text: str
    kind: TokenKind
    odd: bool = False


Row = tuple[Bit, ...]


def flow(view: ModelView, width: int) -> list[Row]:
    """Tokens one after another, as many as fit on a line; a newline ends its line."""
    rows: list[Row] = []
    row: list[Bit] = []
    room = width
    for bit in _bits(view):
        for piece in _cut(bit.text, room, width):
            if cell_len(piece) > room:
                rows.append(tuple(row))
                row, room = [], width
            row.append(Bit(piece, bit.kind, bit.odd))
            room -= cell_len(piece)
            if piece.endswith(_NEWLINE):
                rows.append(tuple(row))
                row, room = [], width
    return [*rows, tuple(row)] if row else rows


def listing(view: ModelView) -> list[Row]:
    """One token a line, behind its number and its id."""
    rows: list[Row] = []
    number = 0
    for part in view.parts:
        if part.tokens is None:
            rows += [
                (Bit(f"{'-':>6} {'-':>7}  ", "id"), Bit(visible(line), "unread"))
                for line in part.text.decode("utf-8", "replace").split("\n")
            ]
        for token in part.tokens or ():
            kind = "special" if token.special else _kind(part)
            ids = Bit(f"{number:>6} {token.id:>7}  ", "id")
            rows.append((ids, Bit(shown(token.piece), kind, odd=True)))
            number += 1
    return rows


def _bits(view: ModelView) -> Iterator[Bit]:
    odd = False
    for part in view.parts:
        if part.tokens is None:
            text = visible(part.text.decode("utf-8", "replace"))
            for line in text.splitlines(keepends=True):
                yield Bit(line.replace("\n", _NEWLINE), "unread")
        for token in part.tokens or ():
            text = shown(token.piece)
            pieces = text.replace(_NEWLINE, f"{_NEWLINE}\n").split("\n")
            for piece in filter(None, pieces):
                yield Bit(piece, "special" if token.special else _kind(part), odd)
            odd = not odd


def _cut(text: str, room: int, width: int) -> list[str]:
    """A text in pieces of at most a line, whole if it fits on the next one."""
    if cell_len(text) <= max(room, width):
        return [text]
    return chop_cells(text, width)


def _kind(part: SeenPart) -> TokenKind:
    if part.author is None:
        return "template"
    return "typed" if part.author == HUMAN else "model"

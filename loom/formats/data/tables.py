"""Tables for spreadsheets and data frames: CSV of the nodes, and of their tokens.

A cell that begins with a sign that a spreadsheet takes for a formula gets one apostrophe in front,
and so does one that begins with apostrophes and such a sign; taking one away gives it back.
"""

from __future__ import annotations

import csv
import io
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice

from loom.formats.data.part import Part
from loom.records.tokens import Floats, TokenColumns

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_SPECIAL = re.compile(r'[",\r\n]')
_QUOTE = '"'
_ROWS_AT_ONCE = 500

NODE_COLUMNS = (
    "id",
    "parent",
    "depth",
    "role",
    "author",
    "created_at",
    "state",
    "finish",
    "hidden",
    "request",
    "index",
    "n_tokens",
    "n_children",
    "text",
    "bytes_base64",
)
TOKEN_COLUMNS = (
    "node",
    "position",
    "token_id",
    "text",
    "bytes_base64",
    "elapsed_s",
    "logprob",
    "entropy_bits",
    "varentropy_bits2",
    "collision",
    "p_max",
    "residual_mass",
)


def nodes_csv(part: Part) -> Iterator[str]:
    """One row a node, parents first; `bytes_base64` only where the bytes are no UTF-8."""
    return _csv(NODE_COLUMNS, _nodes(part))


def tokens_csv(tokens: Iterable[tuple[str, TokenColumns]]) -> Iterator[str]:
    """One row a token of each node given; statistics are empty where there are none.

    Numbers have nine digits, by which each is the same again at the four bytes that it has.
    """
    yield ",".join(TOKEN_COLUMNS) + "\r\n"
    for node_id, columns in tokens:
        yield "".join(_tokens(node_id, columns))


def defused(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def refused(cell: str) -> str:
    """The text that a cell stands for."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _nodes(part: Part) -> Iterator[Sequence[object]]:
    depths: dict[str, int] = {}
    for node in part:
        depth = 0 if node.parent_id is None else depths[node.parent_id] + 1
        depths[node.id] = depth
        yield (
            defused(node.id),
            defused(node.parent_id or ""),
            depth,
            node.role,
            defused(node.author),
            datetime.fromtimestamp(node.created_at, UTC).isoformat(),
            node.state,
            node.finish or "",
            int(node.hidden),
            node.request_id or "",
            "" if node.index is None else node.index,
            node.n_tokens,
            len(part.child_ids(node.id)),
            *_text(node.text),
        )


_BARE_ROW = "%s,%d,%d,%s,%.9g,,,,,,\r\n"
_ROW = "%s,%d,%d,%s,%.9g,%.9g,%.9g,%.9g,%.9g,%.9g,%.9g\r\n"


def _tokens(node_id: str, tokens: TokenColumns) -> Iterator[str]:
    """The rows of one node, ready-made: there may be millions, of a dozen numbers each."""
    stats = tokens.stats
    columns: list[Floats] = [tokens.elapsed_s]
    if stats is not None:
        columns += [
            stats.logprob,
            stats.entropy_bits,
            stats.varentropy_bits2,
            stats.collision,
            stats.p_max,
            stats.residual_mass,
        ]
    form = _BARE_ROW if stats is None else _ROW
    name = _cell(defused(node_id))
    texts = map(_text_cells, tokens.pieces)
    numbers = [column.tolist() for column in columns]
    for position, values in enumerate(zip(tokens.ids.tolist(), texts, *numbers, strict=True)):
        yield form % (name, position, *values)


def _text_cells(piece: bytes) -> str:
    text, encoded = _text(piece)
    return f"{_cell(text)},{encoded}"


def _cell(text: str) -> str:
    """A text as one cell, in quotation marks where it holds what would end it."""
    return f'"{text.replace(_QUOTE, _QUOTE * 2)}"' if _SPECIAL.search(text) else text


def _text(text: bytes) -> tuple[str, str]:
    try:
        return defused(text.decode()), ""
    except UnicodeDecodeError:
        return defused(text.decode("utf-8", "replace")), b64encode(text).decode("ascii")


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    rest = iter(rows)
    first: list[Sequence[object]] = [header]
    while some := first + list(islice(rest, _ROWS_AT_ONCE)):
        first = []
        buffer = io.StringIO()
        csv.writer(buffer).writerows(some)
        yield buffer.getvalue()

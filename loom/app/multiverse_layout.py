"""The multiverse as rows and columns: a column a token, as many rows as it holds of the mass.

Blocks lie inside the rows of the one before them, the likeliest on top, so that the first row
reads as what the model would most likely say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from loom.session.multiverse import Block, Ids, Multiverse


@dataclass(frozen=True, slots=True)
class Placed:
    """A block on rows [top, end); `strand` numbers the way it goes back to at the first fork.

    It is None before that fork; `number` is which it is after the one before it, from 0.
    """

    block: Block
    top: int
    end: int
    strand: int | None
    number: int


@dataclass(frozen=True, slots=True)
class Rest:
    """Rows [top, end) below the blocks after some tokens: `n_more` less likely ones hold `share`.

    `n_more` None: nothing is known there yet. `height`, in rows, is what the tokens hold.
    """

    ids: Ids
    top: int
    end: int
    height: float
    n_more: int | None = None
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Column:
    """What stands in one column, from the top."""

    blocks: tuple[Placed, ...]
    rests: tuple[Rest, ...]

    def at(self, row: int) -> Placed | Rest | None:
        """What stands on a row; nothing where a text has ended before."""
        every: tuple[Placed | Rest, ...] = (*self.blocks, *self.rests)
        return next((one for one in every if one.top <= row < one.end), None)


@dataclass(frozen=True, slots=True)
class _Span:
    """Tokens whose continuations lie between two heights, in rows."""

    ids: Ids
    start: float
    end: float
    strand: int | None


def lay_out(multiverse: Multiverse, n_columns: int, n_rows: int) -> list[Column]:
    """All columns, from the root of the multiverse on."""
    spans = [_Span(multiverse.root, 0.0, float(n_rows), None)]
    columns = []
    for _ in range(n_columns):
        blocks: list[Placed] = []
        rests: list[Rest] = []
        below: list[_Span] = []
        for span in spans:
            placed, rest, inner = _placed(multiverse, span, n_rows)
            blocks += placed
            rests += rest
            below += inner
        columns.append(Column(tuple(blocks), tuple(rests)))
        spans = below
    return columns


def _placed(
    multiverse: Multiverse, span: _Span, n_rows: int
) -> tuple[list[Placed], list[Rest], list[_Span]]:
    """The blocks after some tokens that have a row, what is left, and where to go on."""
    height, at = span.end - span.start, span.start
    blocks = multiverse.after(span.ids, height / n_rows)
    drawn: list[tuple[int, Block, float, float]] = []
    for number, block in enumerate(blocks):
        end = at + block.share * height
        if _row(end) > _row(at):
            drawn.append((number, block, at, end))
        at = end
    forks = len(drawn) > 1
    placed, inner = list[Placed](), list[_Span]()
    for number, block, start, end in drawn:
        strand = number if forks and span.strand is None else span.strand
        placed.append(Placed(block, _row(start), _row(end), strand, number))
        if not block.ends:
            inner.append(_Span(block.ids, start, end, strand))
    first = placed[-1].end if placed else _row(span.start)
    if first >= _row(span.end):
        return placed, [], inner
    share = max(0.0, 1 - sum(one.block.share for one in placed))
    n_more = len(blocks) - len(placed) if blocks else None
    return placed, [Rest(span.ids, first, _row(span.end), height, n_more, share)], inner


def unknown(columns: Sequence[Column]) -> list[Ids]:
    """Where nothing is known yet and a row waits for it, what holds most first."""
    rests = [rest for column in columns for rest in column.rests if rest.n_more is None]
    return [rest.ids for rest in sorted(rests, key=lambda rest: -rest.height)]


def _row(height: float) -> int:
    """The first row whose middle is not above a height."""
    return ceil(round(height, 6) - 0.5)


def step_from(columns: Sequence[Column], root: Ids, chosen: Ids, across: int, down: int) -> Ids:
    """The block one step away from the chosen one; the same where there is none."""
    level = len(chosen) - len(root) - 1
    if not 0 <= level < len(columns):
        return chosen
    ids = [one.block.ids for one in columns[level].blocks]
    if down and chosen in ids:
        return ids[min(max(0, ids.index(chosen) + down), len(ids) - 1)]
    if across < 0 and level > 0:
        return chosen[:-1]
    if across > 0 and level + 1 < len(columns):
        after = [one.block.ids for one in columns[level + 1].blocks]
        return next((one for one in after if one[:-1] == chosen), chosen)
    return chosen

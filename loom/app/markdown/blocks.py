"""Headings, paragraphs, lists, quotes, code and tables, one under another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from rich.cells import cell_len

from loom.app.markdown.inline import runs_of
from loom.app.markdown.runs import Cursor, Run, SourceLine, Style, in_source, wrapped
from loom.app.markdown.table import Cell, Side, rows_of

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_NARROWEST = 8
"""Cells that lists and quotes leave to their words however deep they are."""


@lru_cache(maxsize=4_000)
def laid_out(source: str, width: int) -> tuple[SourceLine, ...]:
    """The lines of some Markdown, at most `width` cells each; no line where there is nothing.

    CommonMark, tables and ~~struck~~ words. HTML is text. What one reads again is remembered.
    """
    lines = _Blocks(source, width).lines()
    return tuple(in_source(lines, source)) if lines else ()


@cache
def _parser() -> MarkdownIt:
    # Loaded with the first text that is rendered, not with the program; so are the lexers.
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


class _Blocks:
    """Lines, as the blocks of a source come one after another."""

    def __init__(self, source: str, width: int) -> None:
        self._source, self._width = source, width
        newlines = (at + 1 for at, sign in enumerate(source) if sign == "\n")
        self._starts = [0, *newlines, len(source)]
        self._cursor = Cursor(source)
        self._lines: list[list[Run]] = []
        self._first: list[str] = []
        self._rest: list[str] = []
        self._styles: list[Style] = []

    def lines(self) -> list[list[Run]]:
        """All of them."""
        tokens = _parser().parse(self._source)
        at = 0
        while at < len(tokens):
            token = tokens[at]
            if token.type == "table_open":
                end = _closing(tokens, at)
                self._gap(token)
                self._put_lines(rows_of(self._rows(tokens[at:end]), self._room))
                at = end
            else:
                self._put(token, tokens, at)
            at += 1
        return self._lines

    def _put(self, token: Token, tokens: Sequence[Token], at: int) -> None:
        match token.type:
            case "blockquote_open":
                self._gap(token)
                self._go_in("▎ ", "▎ ", "quote")
            case "list_item_open":
                self._gap(token)
                sign = f"{token.info}{token.markup} " if token.info else "• "
                self._go_in(sign, " " * len(sign))
            case "blockquote_close":
                self._go_out()
                self._styles.pop()
            case "list_item_close":
                if self._first[-1] != self._rest[-1]:
                    self._put_lines([[]])
                self._go_out()
            case "inline":
                self._put_words(token, tokens[at - 1])
            case "fence" | "code_block":
                self._put_code(token)
            case "hr":
                self._gap(token)
                self._put_lines([[Run("─" * self._room, self._place(token)[0], ("furniture",))]])
            case _:
                pass

    @property
    def _room(self) -> int:
        return max(_NARROWEST, self._width - sum(map(cell_len, self._rest)))

    def _go_in(self, first: str, rest: str, style: Style | None = None) -> None:
        self._first.append(first)
        self._rest.append(rest)
        if style is not None:
            self._styles.append(style)

    def _go_out(self) -> None:
        self._first.pop()
        self._rest.pop()

    def _put_words(self, token: Token, opening: Token) -> None:
        styles = tuple(self._styles)
        if opening.type != "heading_open":
            self._gap(opening)
        else:
            self._leave_a_line()
            styles = (*styles, "title" if opening.tag == "h1" else "heading")
        runs = self._runs(token, styles)
        self._put_lines(wrapped(runs, self._room))

    def _put_code(self, token: Token) -> None:
        """Each line where it stands in the source; long ones go on below."""
        self._gap(token)
        first, _ = self._place(token)
        language = token.info.split()[0] if token.info.split() else ""
        if language:
            self._put_lines([[Run(f"  {language}", None, ("furniture",))]])
        from loom.app.markdown.code import coloured

        number = (token.map or [0])[0] + (token.type == "fence")
        for line in _in_lines(coloured(token.content.removesuffix("\n"), language)):
            start, limit = self._line(number)
            self._cursor.between(max(first, start), limit)
            placed = [run._replace(start=self._cursor.find(run.text)) for run in line]
            for part in wrapped(placed, self._room - 2):
                n_cells = sum(cell_len(run.text) for run in part)
                air = Run(" " * max(0, self._room - 2 - n_cells), None, ("code",))
                self._put_lines([[Run("  ", None, ("code",)), *part, air]])
            number += 1

    def _rows(self, tokens: Sequence[Token]) -> list[list[Cell]]:
        rows: list[list[Cell]] = []
        for at, token in enumerate(tokens):
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                styles: tuple[Style, ...] = ("heading",) if len(rows) == 1 else ()
                style = str(tokens[at - 1].attrs.get("style", ""))
                side: Side = "right" if style.endswith("right") else "left"
                side = "center" if style.endswith("center") else side
                runs = tuple(self._runs(token, (*self._styles, *styles)))
                rows[-1].append(Cell(runs, side))
        return rows

    def _runs(self, token: Token, styles: tuple[Style, ...]) -> list[Run]:
        self._cursor.between(*self._place(token))
        return list(runs_of(token.children or (), self._cursor, styles))

    def _put_lines(self, lines: Iterator[list[Run]] | Sequence[list[Run]]) -> None:
        """Behind the signs of the lists and quotes around them."""
        for line in lines:
            signs = [Run(sign, None, ("furniture",)) for sign in self._first]
            self._lines.append([*signs, *line])
            self._first = list(self._rest)

    def _gap(self, token: Token) -> None:
        """An empty line where the source has one before a block."""
        number = (token.map or [0])[0]
        start, end = self._line(number - 1) if number else (0, len(self._source))
        if not self._source[start:end].strip(" \t\n>"):
            self._leave_a_line()

    def _leave_a_line(self) -> None:
        """An empty line, and never two."""
        if self._lines and "".join(run.text for run in self._lines[-1]).strip(" ▎"):
            self._lines.append([Run(sign, None, ("furniture",)) for sign in self._rest])

    def _place(self, token: Token) -> tuple[int, int]:
        """Which characters a block is made from."""
        first, until = token.map or (0, len(self._starts) - 1)
        return self._line(first)[0], self._line(until - 1)[1]

    def _line(self, number: int) -> tuple[int, int]:
        """The characters of one line of the source."""
        number = min(number, len(self._starts) - 2)
        return self._starts[number], self._starts[number + 1]


def _closing(tokens: Sequence[Token], at: int) -> int:
    level = tokens[at].level
    return next(n for n in range(at + 1, len(tokens)) if tokens[n].level == level)


def _in_lines(runs: Iterator[Run]) -> Iterator[list[Run]]:
    """Runs split at newlines."""
    line: list[Run] = []
    for run in runs:
        first, *others = run.text.split("\n")
        line.append(run._replace(text=first))
        for text in others:
            yield line
            line = [run._replace(text=text)]
    yield line

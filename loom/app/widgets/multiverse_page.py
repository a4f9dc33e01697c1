"""The multiverse as it is drawn: blocks in columns, each strand in a tint of its own."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual import events
from textual.color import Color
from textual.message import Message

from loom.app.display import fit
from loom.app.multiverse_layout import Column, Placed, Rest, lay_out, step_from, unknown
from loom.app.token_place import percent, spelled
from loom.app.widgets.lines import Lines
from loom.session.multiverse import Ids, Multiverse

_COLUMN = 14
"""Cells that a column has at least."""

_MOST_COLUMNS = 12
_INSET = 1
_HUES = ("primary", "success", "secondary", "warning", "error")


class MultiversePage(Lines):
    """A column for each token to come; the last line says how much of all futures is seen there.

    | component | styles |
    |---|---|
    | `multiverse--word`, `multiverse--share` | a token and its probability |
    | `multiverse--chosen`, `multiverse--edge` | the chosen block, its edge |
    | `multiverse--way` | the blocks that lead there |
    | `multiverse--rest` | what is not drawn, and how much is seen |
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "multiverse--word",
        "multiverse--share",
        "multiverse--chosen",
        "multiverse--edge",
        "multiverse--way",
        "multiverse--rest",
    }

    @dataclass
    class Clicked(Message):
        """A block was clicked."""

        ids: Ids

    def __init__(self, multiverse: Multiverse) -> None:
        super().__init__()
        self._multiverse = multiverse
        self._columns: list[Column] = []
        self._seen: list[float] = []
        self._grown: frozenset[Ids] = frozenset()
        self.chosen: Ids = ()

    @property
    def n_columns(self) -> int:
        """So many tokens have room."""
        return max(1, min(_MOST_COLUMNS, (self.width - 2 * _INSET) // _COLUMN))

    @property
    def n_rows(self) -> int:
        """Rows for all of the mass: the last line says how much is seen."""
        return max(1, self.height - 1)

    @property
    def unknown(self) -> list[Ids]:
        """Where a row waits for what is not known, what holds most first."""
        return unknown(self._columns)

    def show_grown(self, grown: frozenset[Ids]) -> None:
        """The ways that have been grown already are marked."""
        self._grown = grown

    def lay_out(self) -> None:
        """More is known, or one looks from elsewhere; something is always chosen."""
        self.set_n_lines(self.height)
        self._columns = lay_out(self._multiverse, self.n_columns, self.n_rows)
        self._seen = self._multiverse.seen(self.n_columns)
        root = self._multiverse.root
        while len(self.chosen) > len(root) and self._place(self.chosen) is None:
            self.chosen = self.chosen[:-1]
        if len(self.chosen) <= len(root) and self._columns[0].blocks:
            self.chosen = self._columns[0].blocks[0].block.ids
        self.refresh()

    def step(self, across: int, down: int) -> None:
        """Choose another block."""
        self.chosen = step_from(self._columns, self._multiverse.root, self.chosen, across, down)
        self.refresh()

    def _place(self, ids: Ids) -> Placed | None:
        level = len(ids) - len(self._multiverse.root) - 1
        if not 0 <= level < len(self._columns):
            return None
        return next((one for one in self._columns[level].blocks if one.block.ids == ids), None)

    def on_resize(self) -> None:
        """Lay out for the new room."""
        self.lay_out()

    def on_click(self, event: events.Click) -> None:
        """Say which block was clicked."""
        width = self._column_width
        level = (event.x - _INSET) // width
        if 0 <= level < len(self._columns):
            found = self._columns[level].at(event.y)
            if isinstance(found, Placed):
                self.post_message(self.Clicked(found.block.ids))

    # Drawing

    @property
    def _column_width(self) -> int:
        return max(1, (self.width - 2 * _INSET) // self.n_columns)

    def draw_line(self, line: int) -> Text:
        """One row of all columns, or how much is seen in each."""
        text = Text(" " * _INSET, no_wrap=True, end="")
        if line == self.height - 1:
            return self._draw_seen(text)
        width = self._column_width
        for column in self._columns:
            found = column.at(line)
            if isinstance(found, Placed):
                text.append_text(self._draw_block(found, line, width))
            elif found is not None:
                text.append(self._rest(found, line, width), self.style_of("multiverse--rest"))
            else:
                text.append(" " * width)
        return text

    def _draw_seen(self, text: Text) -> Text:
        width, style = self._column_width, self.style_of("multiverse--rest")
        for level, seen in enumerate(self._seen):
            # Cut off, not rounded: nobody is told that more is seen than is.
            share = f"{floor(1000 * seen + 1e-6) / 10:g} %"
            words = f"seen {share}" if level == 0 else share
            text.append(f" {fit(words, width - 1)}".ljust(width), style)
        return text

    def _rest(self, rest: Rest, line: int, width: int) -> str:
        """How many are not drawn, and what they hold."""
        if line != rest.top or rest.n_more is None:
            return ("  …" if line == rest.top else "").ljust(width)
        words, share = f"  {rest.n_more} more", f"{percent(rest.share)} "
        gap = width - len(words) - len(share)
        return f"{words}{' ' * gap}{share}" if gap > 0 else fit(words, width).ljust(width)

    def _draw_block(self, placed: Placed, line: int, width: int) -> Text:
        block = placed.block
        is_chosen = block.ids == self.chosen
        leads = self.chosen[: len(block.ids)] == block.ids
        tint = self._tint(placed)
        edge = "┃" if is_chosen and line > placed.top else _bracket(placed, line)
        text = Text(edge, no_wrap=True, end="")
        if line == placed.top:
            share = f" {_short(block.share)} " if width >= _COLUMN else ""
            mark = "●" if block.ids in self._grown else ""
            room = width - 1 - len(share) - len(mark)
            word = fit(spelled(block.choice), room)
            name = "way" if leads else "word"
            text.append(word + " " * (room - cell_len(word)), self.style_of(f"multiverse--{name}"))
            text.append(mark + share, self.style_of("multiverse--share"))
        else:
            text.append(" " * (width - 1))
        text.stylize_before(tint)
        if is_chosen and line == placed.top:
            text.stylize(self.style_of("multiverse--chosen"))
        elif is_chosen:
            text.stylize(self.style_of("multiverse--edge"), 0, 1)
        return text

    def _tint(self, placed: Placed) -> Style:
        """The strand's hue, the stronger the likelier; siblings alternate, so that edges show."""
        if self.app.current_theme.ansi:
            return Style()
        colours = self.app.theme_variables
        paper = Color.parse(colours["background"])
        strand = placed.strand
        hue = Color.parse(colours["faint" if strand is None else _HUES[strand % len(_HUES)]])
        strength = 0.12 + 0.3 * placed.block.share + (0.05 if placed.number % 2 else 0.0)
        return Style(color=hue.rich_color, bgcolor=paper.blend(hue, min(0.5, strength)).rich_color)


def _bracket(placed: Placed, line: int) -> str:
    """The left edge of a block, which shows where it begins and ends without any colour."""
    if placed.end - placed.top == 1:
        return "╶"
    return "┌" if line == placed.top else "└" if line == placed.end - 1 else "│"


def _short(share: float) -> str:
    """A probability in few cells; of what is nearly sure the height says it."""
    if share >= 0.995:
        return ""
    return f"{100 * share:.0f}%" if share >= 0.01 else "<1%"

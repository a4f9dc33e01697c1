"""Branches in columns: what all say is one line across, what differs stands side by side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual.binding import Binding, BindingType

from loom.app.comparing import Comparison, Stretch
from loom.app.display import fit, shown_words
from loom.app.widgets.lines import Lines
from loom.app.words import count
from loom.app.wrapping import wrap

_GAP = " │ "
_INSET = 1


class ComparePage(Lines, can_focus=True):
    """Words of one branch alone are marked; a shared stretch is folded to its length.

    | component | styles |
    |---|---|
    | `compare--number`, `compare--line` | the headings, and the lines between columns |
    | `compare--shared` | words that all say |
    | `compare--met`, `compare--own` | words that some say, words of one branch alone |
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "compare--number",
        "compare--line",
        "compare--shared",
        "compare--met",
        "compare--own",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_up", "up", show=False),
        Binding("down,j", "scroll_down", "down", show=False),
        Binding("pageup", "page_up", "page up", show=False),
        Binding("pagedown", "page_down", "page down", show=False),
    ]

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._comparison: Comparison | None = None
        self._numbers: Sequence[int] = ()
        self._rows: list[Text] = []
        self.folds = True

    def show(self, comparison: Comparison, numbers: Sequence[int]) -> None:
        """Draw these texts, which are the branches of these numbers."""
        self._comparison, self._numbers = comparison, numbers
        self._lay_out()

    def turn_folds(self) -> None:
        """Shared words whole, or their number."""
        self.folds = not self.folds
        self._lay_out()

    def on_resize(self) -> None:
        """Lay out for the new width."""
        self._lay_out()

    def draw_line(self, line: int) -> Text:
        """One row."""
        return self._rows[line] if line < len(self._rows) else Text("")

    @property
    def _column(self) -> int:
        n = max(1, len(self._numbers))
        return max(4, (self.width - _INSET - len(_GAP) * (n - 1)) // n)

    def _lay_out(self) -> None:
        comparison = self._comparison
        if comparison is None or not self.width:
            return
        self._rows = [self._heading()]
        for stretch in comparison.stretches:
            self._rows += self._shared(stretch) if stretch.shared else self._differing(stretch)
        self.set_n_lines(len(self._rows))
        self.refresh()

    def _heading(self) -> Text:
        assert self._comparison is not None
        cells, quiet = [], self.style_of("compare--shared")
        for number, words in zip(self._numbers, self._comparison.words, strict=True):
            cell = Text(f"{number} ", self.style_of("compare--number"))
            facts = f" {count(len(words), 'word')}"
            line = "─" * max(0, self._column - cell.cell_len - len(facts))
            cells.append(cell.append(line, self.style_of("compare--line")).append(facts, quiet))
        return self._row(cells)

    def _row(self, cells: Sequence[Text]) -> Text:
        """One row of all columns."""
        text = Text(" " * _INSET, no_wrap=True, end="")
        for number, cell in enumerate(cells):
            if number:
                text.append(_GAP, self.style_of("compare--line"))
            cell.truncate(self._column)
            text.append_text(cell).append(" " * (self._column - cell.cell_len))
        return text

    def _shared(self, stretch: Stretch) -> list[Text]:
        """The words once, across all columns; folded to a line."""
        assert self._comparison is not None
        start, end = stretch.ranges[0]
        words = shown_words("".join(self._comparison.words[0][start:end])).strip()
        style, room = self.style_of("compare--shared"), max(8, self.width - _INSET - 1)
        if self.folds:
            n = f" ({end - start} words)"
            line = fit(f"= {words}", room - cell_len(n)) + n
            return [Text(" " * _INSET + line, style, no_wrap=True, end="")]
        lines = wrap(words, 0, len(words), room - 2)
        return [
            Text(" " * _INSET + "= " + words[first:last].rstrip(), style, no_wrap=True, end="")
            for first, last in lines
        ]

    def _differing(self, stretch: Stretch) -> list[Text]:
        columns = [self._words(number, span) for number, span in enumerate(stretch.ranges)]
        return [
            self._row([Text("") if cell is None else cell for cell in cells])
            for cells in zip_longest(*columns)
        ]

    def _words(self, number: int, span: tuple[int, int]) -> list[Text]:
        """One text's words of a stretch in the lines of its column, its own words marked."""
        assert self._comparison is not None
        whole, own = Text(end=""), self._comparison.own[number]
        for at in range(*span):
            word = shown_words(self._comparison.words[number][at])
            letters = word.lstrip()
            space = word[: len(word) - len(letters)] or " "
            if whole.plain:
                both = at in own and at - 1 in own
                whole.append(space, self.style_of("compare--own") if both else None)
            whole.append(letters, self.style_of(f"compare--{'own' if at in own else 'met'}"))
        spans = wrap(whole.plain, 0, len(whole.plain), self._column) if whole.plain else ()
        lines = [whole[first:last] for first, last in spans]
        for line in lines:
            line.rstrip()
        return lines

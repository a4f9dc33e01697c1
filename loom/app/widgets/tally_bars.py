"""Counts as bars, with the exact probability marked on each where it is known."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.geometry import Size

from loom.app.display import fit
from loom.app.tallying import Count, Tally
from loom.app.token_place import bar, percent
from loom.app.widgets.lines import Lines

_N, _PROBABILITY = 10, 12
_LEAST_BAR, _LONGEST_BAR = 10, 40


class TallyBars(Lines):
    """A row for each beginning: words, 14 of 20, a bar, and the probability of its tokens.

    | component | styles |
    |---|---|
    | `tally--words`, `tally--chosen` | how the branches begin; the row that Enter goes to |
    | `tally--bar` | how many of all |
    | `tally--mark` | where the bar would end if it were the probability |
    | `tally--quiet` | numbers |
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "tally--words",
        "tally--chosen",
        "tally--bar",
        "tally--mark",
        "tally--quiet",
    }

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._tally: Tally | None = None
        self._chosen = 0

    @property
    def chosen(self) -> Count | None:
        """The chosen row."""
        counts = self._counts
        return counts[self._chosen] if counts else None

    @property
    def _counts(self) -> tuple[Count, ...]:
        return () if self._tally is None else self._tally.counts

    def show(self, tally: Tally) -> None:
        """Draw this; the chosen row stays where it is, as far as there is one."""
        self._tally = tally
        self._chosen = min(self._chosen, max(0, len(tally.counts) - 1))
        self.set_n_lines(len(tally.counts))
        self.refresh(layout=True)

    def choose(self, by: int) -> None:
        """Another row."""
        self._chosen = min(max(0, self._chosen + by), max(0, len(self._counts) - 1))
        self.keep_in_view(self._chosen, self._chosen)
        self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """A line each."""
        return max(1, len(self._counts))

    def on_click(self, event: events.Click) -> None:
        """Choose the row that was clicked."""
        self.choose(self.top + event.y - self._chosen)

    def draw_line(self, line: int) -> Text:
        """One beginning."""
        if self._tally is None or line >= len(self._counts):
            return Text("")
        count, quiet = self._counts[line], self.style_of("tally--quiet")
        room = max(8, self.width - _N - _PROBABILITY - 6)
        longest = max(_LEAST_BAR, min(_LONGEST_BAR, room // 2))
        n_words = min(room - longest, max(cell_len(one.words) for one in self._counts) + 2)
        is_chosen = line == self._chosen
        text = Text("▸ " if is_chosen else "  ", no_wrap=True, end="")
        text.stylize(self.style_of("tally--chosen"))
        words = fit(count.words, n_words - 1)
        style = "tally--chosen" if is_chosen else "tally--words"
        text.append(words + " " * (n_words - cell_len(words)), self.style_of(style))
        text.append(f"{count.n:>3} of {self._tally.n_all:<3} ", quiet)
        exact = "" if count.probability is None else percent(count.probability)
        text.append(f"{exact:>8}  ", quiet)
        return text.append_text(self._bar(count, longest))

    def _bar(self, count: Count, width: int) -> Text:
        """How many of all; ┃ where the bar would end if it were the probability."""
        assert self._tally is not None
        drawn = bar(count.n / self._tally.n_all, width)
        if count.probability is None:
            return Text(drawn, self.style_of("tally--bar"), no_wrap=True, end="")
        at = min(width - 1, round(count.probability * width))
        cells = drawn.ljust(width)
        cells = cells[:at] + "┃" + cells[at + 1 :]
        text = Text(cells, self.style_of("tally--bar"), no_wrap=True, end="")
        text.stylize(self.style_of("tally--mark"), at, at + 1)
        return text

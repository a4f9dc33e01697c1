"""The continuations of a text counted: how often the model said what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from loom.app import keymap
from loom.app.screens.drawn import Window
from loom.app.tallying import WAYS, By, Laws, Tally, tally
from loom.app.themed import named
from loom.app.widgets.tally_bars import TallyBars
from loom.app.words import count
from loom.tree.node import Node


class TallyScreen(Window[int | None]):
    """Answers with the number of the branch to go to, from 1, or None."""

    CSS_PATH = "tally.tcss"
    BINDINGS: ClassVar[list[BindingType]] = keymap.bindings("tally")

    def __init__(self, read: Callable[[], Sequence[Node]], laws: Laws) -> None:
        super().__init__()
        self._read = read
        self._laws = laws
        self._by: By = "first word"

    def compose(self) -> ComposeResult:
        """One sentence, and the bars."""
        with Vertical(id="tally") as panel:
            panel.border_title = "Tally"
            panel.border_subtitle = named(
                self.app,
                "⟨tally.by⟩ by word, sentence, text · ⟨tally.up⟩⟨tally.down⟩ choose · "
                "⟨tally.go⟩ goes there · ⟨tally.back⟩",
            )
            yield Static(id="counted")
            yield TallyBars(id="bars")

    def on_mount(self) -> None:
        """Count."""
        self.count()

    def count(self) -> None:
        """Count again: branches may have grown, and laws come in."""
        counted = tally(self._read(), self._by, self._laws)
        self.query_one("#counted", Static).update(named(self.app, summary(counted)))
        self.query_one(TallyBars).show(counted)

    def action_by(self) -> None:
        """Compare longer beginnings, then words again."""
        self._by = WAYS[(WAYS.index(self._by) + 1) % len(WAYS)]
        self.count()

    def action_row(self, by: int) -> None:
        """Another row."""
        self.query_one(TallyBars).choose(by)

    def action_go(self) -> None:
        """To the first branch of the row."""
        count = self.query_one(TallyBars).chosen
        self.dismiss(None if count is None else count.numbers[0])

    def action_back(self) -> None:
        """Back to the branches."""
        self.dismiss(None)


def summary(counted: Tally) -> str:
    """How many ways there are, in a sentence."""
    n, n_all = len(counted.counts), counted.n_all
    if not n_all:
        return "Nothing to count yet: ⟨grow⟩ grows branches."
    ways = "all begin alike" if n == 1 else f"{n} different ones"
    many = count(n_all, "branch")
    exact = any(count.probability is not None for count in counted.counts)
    told = " ┃ is the exact probability (T 1, nothing cut)." if exact else ""
    return f"{many} by {counted.by}: {ways}.{told}"

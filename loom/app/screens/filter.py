"""The outline filtered while one types: only what fits, and what leads there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widgets import Input, Label, Static

from loom.app.filtering import Filter, left, told
from loom.app.screens.drawn import Window
from loom.tree.graph import Tree

Keep = Callable[[str, Sequence[str] | None], None]
"""Takes the line and the nodes that it leaves, None for all."""


class FilterScreen(Window[bool | None]):
    """Answers with whether the filter is to stay, or None. What it leaves is shown as it is typed.

    `keep` is told what is left, `go` where to stand: ↑ and ↓ go from one to the next.
    """

    CSS_PATH = "filter.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "drop", "show all"),
        Binding("up", "step(-1)", "before", priority=True),
        Binding("down", "step(1)", "next", priority=True),
    ]

    def __init__(
        self, tree: Tree, line: str, words: Sequence[str], keep: Keep, go: Callable[[str], None]
    ) -> None:
        super().__init__()
        self._tree = tree
        self._line = line
        self._words = words
        self._keep = keep
        self._go = go
        self._left: list[str] = []
        self._at = -1

    def compose(self) -> ComposeResult:
        """One line at the bottom, so that the outline is seen."""
        with Horizontal(id="filter"):
            yield Label("filter ", id="filter-name")
            yield Input(
                self._line,
                compact=True,
                suggester=SuggestFromList(self._words, case_sensitive=False),
            )
            yield Static(id="filter-told")
        yield Static("↑↓ from one to the next · Enter keeps it · Esc shows all", id="filter-keys")

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(Input).focus()
        self._filter(self._line)

    @on(Input.Changed)
    def _filter_anew(self, event: Input.Changed) -> None:
        self._filter(event.value)

    @work(exclusive=True)
    async def _filter(self, line: str) -> None:
        """Look at a handful of nodes, then let keys be heard."""
        asked, found = Filter.read(line), list[str]()
        if asked:
            for handful in left(self._tree, asked):
                found += handful
                await asyncio.sleep(0)
        self._left, self._at = found, -1
        words = told(found, asked, self._tree.n_visible)
        self.query_one("#filter-told", Static).update(Content(words))
        self._keep(line, found if asked else None)

    def action_step(self, by: int) -> None:
        """Stand at the next that is left, or the one before; round and round."""
        if self._left:
            self._at = (self._at + by) % len(self._left) if self._at >= 0 or by > 0 else -1
            self._at %= len(self._left)
            self._go(self._left[self._at])

    @on(Input.Submitted)
    def _stay(self, event: Input.Submitted) -> None:
        self.dismiss(bool(Filter.read(event.value)))

    def action_drop(self) -> None:
        """Show all again."""
        self.dismiss(False)

"""A list of texts of which one is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from loom.app.screens.drawn import Window


class ChooseScreen(Window[str | None]):
    """Answers with the id of the line that was chosen, or None."""

    CSS_PATH = "marking.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss", "back")]

    def __init__(
        self, title: str, enter: str, lines: Sequence[tuple[str, Content]], at: str | None = None
    ) -> None:
        """`enter` says what Enter does; `at` is the line to begin at."""
        super().__init__()
        self._title = title
        self._enter = enter
        self._lines = lines
        self._at = at

    def compose(self) -> ComposeResult:
        """A line each."""
        with Vertical(id="choose", classes="marking") as panel:
            panel.border_title = self._title
            panel.border_subtitle = f"↑↓ choose · Enter {self._enter} · Esc goes back"
            yield OptionList(*(Option(line, id=one) for one, line in self._lines))

    def on_mount(self) -> None:
        """Begin at the line that was named."""
        listed, ids = self.query_one(OptionList), [one for one, _ in self._lines]
        listed.highlighted = ids.index(self._at) if self._at in ids else 0
        listed.focus()

    @on(OptionList.OptionSelected)
    def _take(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id)

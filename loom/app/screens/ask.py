"""One line is asked for: a title, a name, or what to keep something under."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.suggester import SuggestFromList
from textual.widgets import Input, Static

from loom.app.screens.drawn import Window


class AskScreen(Window[str | None]):
    """Answers with the line, which may be empty, or None."""

    CSS_PATH = "marking.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "back")]

    def __init__(
        self, title: str, value: str = "", note: str = "", known: Iterable[str] = ()
    ) -> None:
        super().__init__()
        self._title = title
        self._value = value
        self._note = note
        self._known = tuple(known)

    def compose(self) -> ComposeResult:
        """The line, and what to know about it."""
        with Vertical(id="ask", classes="marking") as panel:
            panel.border_title = self._title
            panel.border_subtitle = "Enter takes it · Esc goes back"
            suggester = SuggestFromList(self._known, case_sensitive=False)
            yield Input(self._value, compact=True, suggester=suggester)
            yield Static(self._note, id="told", markup=False)

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())

"""A note on a text, in as many lines as it needs."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import TextArea

from loom.app.screens.drawn import Window


class NoteText(TextArea):
    """A text area where Enter keeps the note, instead of a new line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "keep", "keep"),
        Binding("ctrl+j", "newline", "new line"),
    ]

    async def _on_key(self, event: events.Key) -> None:
        """Keep Enter from the text area, which would break the line; bindings get it."""
        if event.key == "enter":
            event.prevent_default()

    def action_keep(self) -> None:
        """Hand the note over."""
        self.screen.dismiss(self.text.strip())

    def action_newline(self) -> None:
        """Break the line."""
        self.insert("\n")


class NoteScreen(Window[str | None]):
    """Answers with the note, empty if there is to be none, or None."""

    CSS_PATH = "marking.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "back")]

    def __init__(self, note: str) -> None:
        super().__init__()
        self._note = note

    def compose(self) -> ComposeResult:
        """The note."""
        with Vertical(id="note", classes="marking") as panel:
            panel.border_title = "† A note on this text"
            panel.border_subtitle = "Enter keeps it, empty takes it away · Ctrl+J new line · Esc"
            yield NoteText(self._note, compact=True, highlight_cursor_line=False)

    def on_mount(self) -> None:
        """Go on at its end."""
        text = self.query_one(NoteText)
        text.move_cursor(text.document.end)
        text.focus()

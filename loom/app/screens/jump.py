"""One letter, and one is there: the labels stand in the text meanwhile."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from loom.app.screens.drawn import Window


class JumpScreen(Window[str | None]):
    """Answers with the letter that was pressed, or None for any other key."""

    DEFAULT_CSS = """
    JumpScreen { background: transparent; align: center bottom; }
    JumpScreen Static { width: 100%; height: 1; background: $panel; color: $ink; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "back")]

    def __init__(self, letters: str) -> None:
        super().__init__()
        self._letters = letters

    def compose(self) -> ComposeResult:
        """What to do, where the keys are told."""
        yield Static("A letter goes to that fork · any other key goes back")

    def on_key(self, event: events.Key) -> None:
        """The letter, or nothing."""
        event.stop()
        known = event.character is not None and event.character in self._letters
        self.dismiss(event.character if known else None)

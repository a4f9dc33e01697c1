"""Which model to grow with from now on: a name or a path."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from loom.app.display import shown_words


class ModelScreen(ModalScreen[str | None]):
    """Answers with what was typed, or None."""

    CSS_PATH = "model.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "back")]

    def __init__(self, model: str) -> None:
        super().__init__()
        self._model = model

    def compose(self) -> ComposeResult:
        """One line to type in."""
        with Vertical(id="model") as panel:
            panel.border_title = "Grow with another model"
            panel.border_subtitle = "Enter takes it · Esc goes back"
            yield Static(Content(f"Now: {shown_words(self._model) or 'none'}"), id="now")
            yield Input(placeholder="path of a GGUF file, or story-base", compact=True)
            yield Static("What is here stays; new branches know their own model.", id="note")

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip() or None)

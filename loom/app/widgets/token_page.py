"""The pane that draws the tokens of a prompt."""

from __future__ import annotations

from typing import ClassVar, Literal

from rich.text import Text
from textual.binding import Binding, BindingType

from loom.app.token_layout import Row, flow, listing
from loom.app.widgets.lines import Lines
from loom.session.what_the_model_sees import ModelView

Layout = Literal["flow", "ids"]


class TokenPage(Lines, can_focus=True):
    """Neighbouring tokens differ in shade, so that one sees where each begins.

    | component | styles |
    |---|---|
    | `tokens--template` | words of the template |
    | `tokens--typed`, `tokens--model` | what a person or a model wrote |
    | `tokens--special` | a special token |
    | `tokens--unread` | text that the model has not read yet |
    | `tokens--odd` | every second token |
    | `tokens--id` | the number and id of a token |
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "tokens--template",
        "tokens--typed",
        "tokens--model",
        "tokens--special",
        "tokens--unread",
        "tokens--odd",
        "tokens--id",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_up", "up"),
        Binding("down,j", "scroll_down", "down"),
        Binding("pageup", "page_up", "page up"),
        Binding("pagedown", "page_down", "page down"),
        Binding("home,g", "scroll_home", "beginning"),
        Binding("end,G", "scroll_end", "end"),
    ]

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._view: ModelView | None = None
        self._layout: Layout = "flow"
        self._rows: list[Row] = []

    @property
    def layout_shown(self) -> Layout:
        """How the tokens are laid out."""
        return self._layout

    def show(self, view: ModelView, layout: Layout) -> None:
        """Draw this prompt, and its end: that is where the next token comes."""
        self._view, self._layout = view, layout
        self._lay_out()

    def on_resize(self) -> None:
        """Lay out for the new width."""
        self._lay_out()

    def draw_line(self, line: int) -> Text:
        """One line of tokens."""
        text = Text(no_wrap=True, end="")
        for bit in self._rows[line] if line < len(self._rows) else ():
            style = self.style_of(f"tokens--{bit.kind}")
            text.append(bit.text, style + self.style_of("tokens--odd") if bit.odd else style)
        text.truncate(self.width)
        return text

    def _lay_out(self) -> None:
        if self._view is None or not self.width:
            return
        self._rows = flow(self._view, self.width) if self._layout == "flow" else listing(self._view)
        self.set_n_lines(len(self._rows))
        self.put_at_top(len(self._rows) - self.height)
        self.refresh()

"""What the model sees: the exact tokens of the prompt, special ones visible."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from loom.app.display import shown_words
from loom.app.screens.drawn import Window
from loom.app.widgets.token_page import TokenPage
from loom.errors import LoomError
from loom.session.seen_as_text import summary
from loom.session.what_the_model_sees import ModelView


class ExactTokensScreen(Window[None]):
    """`read` tells the tokens; it may take a second, so it is asked in a thread."""

    CSS_PATH = "exact_tokens.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,v", "dismiss", "back"),
        Binding("i", "ids", "ids"),
    ]

    @dataclass
    class TokensRead(Message):
        """The vocabulary is read, and with it the prompt."""

        view: ModelView

    @dataclass
    class TokensUnknown(Message):
        """The model's file could not be read."""

        error: LoomError

    def __init__(self, read: Callable[[], ModelView]) -> None:
        super().__init__()
        self._read = read
        self._view: ModelView | None = None

    def compose(self) -> ComposeResult:
        """One sentence, and the tokens."""
        with Vertical(id="exact") as panel:
            panel.border_title = "What the model sees"
            panel.border_subtitle = "i ids · ↑↓ scroll · Esc goes back"
            yield Static("Reading the model's vocabulary…", id="summary")
            yield TokenPage(id="tokens")
            yield Static(
                Content.assemble(
                    ("typed", "$typed"),
                    "  ",
                    ("grown", "$ink"),
                    "  ",
                    ("template", "$faint"),
                    "  ",
                    ("special token", "$success"),
                ),
                id="legend",
            )

    def on_mount(self) -> None:
        """Ask, and let the keys scroll meanwhile."""
        self.query_one(TokenPage).focus()
        self._ask()

    @work(thread=True, exclusive=True, exit_on_error=False)
    def _ask(self) -> None:
        try:
            self.post_message(self.TokensRead(self._read()))
        except LoomError as error:
            self.post_message(self.TokensUnknown(error))

    @on(TokensRead)
    def _show(self, event: TokensRead) -> None:
        self._view = event.view
        self._tell(summary(event.view))
        self.query_one(TokenPage).show(event.view, "flow")

    @on(TokensUnknown)
    def _say_why_not(self, event: TokensUnknown) -> None:
        self._tell(str(event.error))

    def _tell(self, words: str) -> None:
        self.query_one("#summary", Static).update(Content(shown_words(words)))

    def action_ids(self) -> None:
        """One token a line with its id, or the flow again."""
        page = self.query_one(TokenPage)
        if self._view is not None:
            page.show(self._view, "ids" if page.layout_shown == "flow" else "flow")

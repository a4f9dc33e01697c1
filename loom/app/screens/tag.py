"""A tag for a text: its name, its colour, and whom it is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widgets import Input, Label, Static

from loom.app.display import shown_words
from loom.app.marked import COLOURS, SCOPES
from loom.app.screens.drawn import Window
from loom.app.widgets.choices import Choices
from loom.tree.changes import Tag

_MOST_LISTED = 12


class TagScreen(Window[Tag | None]):
    """Answers with the tag, or None. A tag that the text carries just so is to be taken away.

    `own` are the text's tags, `known` all that are used, the most used first.
    """

    CSS_PATH = "marking.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "back"),
        Binding("up", "app.focus_previous", "field before", priority=True),
        Binding("down", "app.focus_next", "next field", priority=True),
        Binding("enter", "take", "take"),
    ]

    def __init__(self, own: Sequence[Tag], known: Sequence[Tag]) -> None:
        super().__init__()
        self._own = own
        self._known = known

    def compose(self) -> ComposeResult:
        """The name, its colour and its reach, and the tags there are."""
        with Vertical(id="tag", classes="marking") as panel:
            panel.border_title = "# Tag this text"
            panel.border_subtitle = "Enter takes it · ↑↓ fields · ←→ choose · Esc goes back"
            names = SuggestFromList([tag.name for tag in self._known], case_sensitive=False)
            with Horizontal(classes="field"):
                yield Label("name", classes="name")
                yield Input(placeholder="a word or a few", compact=True, suggester=names)
            with Horizontal(classes="field"):
                yield Label("colour", classes="name")
                yield Choices([(colour, shade) for colour, shade in COLOURS.items()], id="colour")
            with Horizontal(classes="field"):
                yield Label("about", classes="name")
                yield Choices([(words, "$ink") for words in SCOPES.values()], id="scope")
            yield Static(id="told")
            yield Static(self._listed(), id="known")

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one("#colour", Choices).take(len(COLOURS) - 1)
        self.query_one(Input).focus()
        self._tell()

    @property
    def _asked(self) -> Tag:
        colour = tuple(COLOURS)[self.query_one("#colour", Choices).taken]
        scope = tuple(SCOPES)[self.query_one("#scope", Choices).taken]
        return Tag(self.query_one(Input).value.strip(), colour, scope)

    @on(Input.Changed)
    def _as_it_is_known(self, event: Input.Changed) -> None:
        """A name that is used already keeps its colour, and here its reach."""
        name = event.value.strip()
        for tag in (*self._own, *self._known):
            if tag.name == name:
                self.query_one("#colour", Choices).take(tuple(COLOURS).index(tag.colour))
                self.query_one("#scope", Choices).take(tuple(SCOPES).index(tag.scope))
                break
        self._tell()

    @on(Choices.Taken)
    def _tell(self) -> None:
        tag, told = self._asked, ""
        if tag in self._own:
            told = "This text carries it: Enter takes it away."
        elif any(tag.name == own.name for own in self._own):
            told = "This text carries it: Enter changes it."
        self.query_one("#told", Static).update(Content(told))

    @on(Input.Submitted)
    def action_take(self) -> None:
        """Take it, if it has a name."""
        if self._asked.name:
            self.dismiss(self._asked)

    def _listed(self) -> Content:
        if not self._known:
            return Content.styled("No tags yet.", "$faint")
        own = {tag.name for tag in self._own}
        parts = [
            Content.styled(
                f"#{shown_words(tag.name)}", f"{COLOURS[tag.colour]}{' bold' * (tag.name in own)}"
            )
            for tag in self._known[:_MOST_LISTED]
        ]
        n_more = len(self._known) - _MOST_LISTED
        more = [Content.styled(f"and {n_more} more", "$faint")] if n_more > 0 else []
        return Content("  ").join([*parts, *more])

"""All keys, made from the one table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.console import Group as Renderables
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import ItemGrid, VerticalScroll
from textual.widgets import Static

from loom.app.keymap import KEYMAP, Group, Key
from loom.app.screens.drawn import Window
from loom.app.themed import named

_MARKS = (
    ("○ ● ■", "typed by a person, grown by a model, by a second one"),
    ("◆ ▌", "where you are, still growing"),
    ("★ § †", "bookmarked, a chapter begins, a note stands here"),
    ("A B", "a join: these branches are one road from here"),
    ("a b", "looks like a join and is none"),
    ("?", "a join or not: more looks may tell"),
    ("≈", "shared words; what follows was not compared"),
    ("▸", "the branch that ⟨child⟩ enters"),
    ("×2", "two branches say the same, word for word"),
)


class HelpScreen(Window[None]):
    """Keys by group, and what the marks mean. Any of Esc, ?, q goes back."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter", "dismiss", "back")
    ]

    def __init__(self, keys: Sequence[Key] = KEYMAP) -> None:
        super().__init__()
        self._of = keys

    def compose(self) -> ComposeResult:
        """A card for each group."""
        with VerticalScroll(id="help") as scroll:
            scroll.border_title = "Keys and marks"
            scroll.border_subtitle = "↑↓ scroll · Esc goes back"
            with ItemGrid(min_column_width=50, stretch_height=False):
                for group in dict.fromkeys(key.group for key in self._of):
                    yield Static(self._keys(group), classes="group")
                yield Static(self._card("Marks", _MARKS), classes="group")

    def on_mount(self) -> None:
        """Let the arrow keys scroll."""
        self.query_one("#help").focus()

    def _keys(self, group: Group) -> Renderables:
        return self._card(group, [(key.shown, key.help) for key in self._of if key.group == group])

    def _card(self, title: str, rows: Iterable[tuple[str, str]]) -> Renderables:
        colours = self.app.theme_variables
        table = Table.grid(padding=(0, 2), pad_edge=False)
        table.add_column(width=8, no_wrap=True)
        table.add_column()
        for shown, meaning in rows:
            table.add_row(Text(shown, colours["typed"]), Text(named(self.app, meaning)))
        return Renderables(Text(title, f"bold {colours['ink']}"), table)

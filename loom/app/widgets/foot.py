"""The last lines: which state it is, what keys do, how things stand."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from loom.app import keymap
from loom.app.themed import ThemedApp


class Foot(Widget):
    """Walking or writing, keys, facts: in one line, or in two where it is two lines high.

    | component | styles |
    |---|---|
    | `foot--writing`, `foot--walking` | the state: writing, any other |
    | `foot--key` | a key; what it does is in the colour of the pane |
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"foot--walking", "foot--writing", "foot--key"}
    ALLOW_SELECT = False

    state: reactive[keymap.State] = reactive[keymap.State]("walking")
    facts: reactive[tuple[str, ...]] = reactive[tuple[str, ...]](())

    def render(self) -> Text:
        """State on the left, facts on the right, keys between or below."""
        width = self.size.width
        own = self.state in ("writing", "replaying")
        how = f"foot--{self.state}" if own else "foot--walking"
        state = Text(f" {self.named} ", self._style(how), end="")
        facts = Text(f"{self._shown_facts(width - state.cell_len - 1)} ", end="")
        room = width - state.cell_len - facts.cell_len
        if self.size.height > 1:
            first = Text.assemble(state, " " * room, facts, no_wrap=True, end="")
            return first.append("\n").append_text(self._keys(width))
        keys = self._keys(room - 2)
        gap = " " * (room - keys.cell_len - 1)
        return Text.assemble(state, " ", keys, gap, facts, no_wrap=True, end="")

    def _shown_facts(self, room: int) -> str:
        """As many facts as fit, the first ones: a fact that is cut off says something else."""
        shown = list(self.facts)
        while shown and cell_len(" · ".join(shown)) > room:
            shown.pop()
        return " · ".join(shown)

    @property
    def named(self) -> str:
        """The state in a word."""
        return self.state

    def entries(self) -> list[tuple[str, str]]:
        """Keys and what they do, the most needed first."""
        keys = self.app.keys if isinstance(self.app, ThemedApp) else keymap.KEYMAP
        return keymap.footer(self.state, keys)

    def _keys(self, room: int) -> Text:
        """The keys of the state; the least needed are left out until the others fit."""
        entries = self.entries()
        while entries and sum(cell_len(f"{key} {label}") + 2 for key, label in entries) > room:
            entries.pop()
        text = Text(end="")
        for key, label in entries:
            text.append(" ").append(key, self._style("foot--key")).append(f" {label} ")
        return text

    def _style(self, name: str) -> str:
        return str(self.get_component_rich_style(name, partial=True))

"""The last lines: which state it is, what keys do, how things stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from loom.app import keymap
from loom.app.themed import ThemedApp

_ALWAYS_TOLD = 6
"""Keys that have room before any fact but the first; the last of them shows all keys."""


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
        entries = self.entries()
        if self.size.height > 1:
            facts = self._facts(width - state.cell_len)
            gap = " " * (width - state.cell_len - facts.cell_len)
            first = Text.assemble(state, gap, facts, no_wrap=True, end="")
            return first.append("\n").append_text(self._keys(entries, width))
        room = width - state.cell_len - 2
        facts = self._facts(room - sum(map(_n_cells, entries[:_ALWAYS_TOLD])))
        keys = self._keys(entries, room - facts.cell_len)
        gap = " " * (room - keys.cell_len - facts.cell_len + 1)
        return Text.assemble(state, " ", keys, gap, facts, no_wrap=True, end="")

    def _facts(self, room: int) -> Text:
        """As many facts as fit, the first ones: a fact that is cut off says something else."""
        shown = list(self.facts)
        while len(shown) > 1 and cell_len(" · ".join(shown)) >= room:
            shown.pop()
        return Text(f"{' · '.join(shown)} ", end="")

    @property
    def named(self) -> str:
        """The state in a word."""
        return self.state

    def entries(self) -> list[tuple[str, str]]:
        """Keys and what they do, the most needed first."""
        keys = self.app.keys if isinstance(self.app, ThemedApp) else keymap.KEYMAP
        return keymap.footer(self.state, keys)

    def _keys(self, entries: Sequence[tuple[str, str]], room: int) -> Text:
        """The least needed are left out until the others fit; how to get back stays."""
        told = list(entries)
        while len(told) > 1 and sum(map(_n_cells, told)) > room:
            told.pop(-2 if told[-1][0].startswith("Esc") else -1)
        text = Text(end="")
        for key, label in told:
            text.append(" ").append(key, self._style("foot--key")).append(f" {label} ")
        return text

    def _style(self, name: str) -> str:
        return str(self.get_component_rich_style(name, partial=True))


def _n_cells(entry: tuple[str, str]) -> int:
    return cell_len(" ".join(entry)) + 2

"""A line across the screen that carries words, and meets other lines where they cross."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual.reactive import reactive

from loom.app.display import fit
from loom.app.themed import named
from loom.app.widgets.still import Still

_INSET = 2
"""Dashes before the label and after the note."""


class Rule(Still):
    """── label ───────────── note ──, with a joint (┬ ├ ┴) where others begin or end."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"rule--label", "rule--note"}
    ALLOW_SELECT = False

    label: reactive[str] = reactive("")
    note: reactive[str] = reactive("")
    joint: reactive[str] = reactive("")
    joints_at: reactive[tuple[int, ...]] = reactive[tuple[int, ...]](())

    def render(self) -> Text:
        """The words lie on the line; a note that does not fit beside the label is left out."""
        width = self.size.width
        label = fit(f" {named(self.app, self.label)} ", width - 6) if self.label else ""
        note = f" {named(self.app, self.note)} " if self.note else ""
        if cell_len(label) + cell_len(note) + 10 > width:
            note = ""
        text = self._dashes(0, _INSET).append(label, self._style("rule--label"))
        text.append_text(self._dashes(text.cell_len, width - cell_len(note) - _INSET))
        text.append(note, self._style("rule--note"))
        return text.append_text(self._dashes(text.cell_len, width))

    def _dashes(self, start: int, end: int) -> Text:
        """The line itself from column `start` to `end`, with the joints that lie there."""
        line = "".join(
            (self.joint or "─") if column in self.joints_at else "─" for column in range(start, end)
        )
        return Text(line, no_wrap=True, overflow="crop", end="")

    def _style(self, name: str) -> str:
        return str(self.get_component_rich_style(name, partial=True))

"""The reading pane where text is selected by keys: one end stays, the other one walks."""

from __future__ import annotations

from typing import ClassVar, Literal

from textual.binding import BindingType

from loom.app import keymap
from loom.app.text_steps import Unit, behind, step
from loom.app.widgets.reading_pane import ReadingPane


class KeyedReading(ReadingPane):
    """Has the keys only while somebody selects with them."""

    BINDINGS: ClassVar[list[BindingType]] = keymap.bindings("selecting")

    is_selecting = False
    _still = _walking = 0
    """Where the drawn characters begin that stand at the two ends; both are selected."""

    def begin_selecting(self) -> bool:
        """Select the first character after the cut, or else of the last text; False if none is."""
        if not self._page.text.strip():
            return False
        number = len(self._page.nodes) - 1
        at = self._page.starts[number] if self._cut is None else self._offset_of_cut(self._cut)
        n_blank = len(self._page.text[at:]) - len(self._page.text[at:].lstrip())
        at = step(self._page, at + n_blank, "character", 1)
        self._still = self._walking = step(self._page, at, "character", -1)
        self.is_selecting = self.can_focus = True
        self.focus(scroll_visible=False)
        self._show_selected()
        return True

    def action_walk_end(self, unit: Unit, by: Literal[-1, 1]) -> None:
        """Take the end that walks a step further."""
        self._walking = step(self._page, self._walking, unit, by)
        self._show_selected()

    def action_turn(self) -> None:
        """The other end walks from now on."""
        self._still, self._walking = self._walking, self._still
        self._show_selected()

    async def action_copy(self) -> None:
        """Copy it; it stays selected."""
        await self.screen.run_action("copy_text")

    async def action_split(self) -> None:
        """Split where it begins."""
        await self.screen.run_action("split")

    def action_leave(self) -> None:
        """Select nothing, and walk again."""
        self.select_nothing()

    def _show_selected(self) -> None:
        first, last = sorted((self._still, self._walking))
        self._select(range(first, behind(self._page, last)))
        line = self._page.line_at(self._walking)
        self.keep_in_view(line, line)

    def _select(self, stretch: range) -> None:
        if not stretch and self.is_selecting:
            self.is_selecting = self.can_focus = False
            if self.has_focus:
                self.screen.set_focus(None)
        super()._select(stretch)

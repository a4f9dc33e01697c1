"""The reading pane as a person uses it: stretches of its text can be selected with the mouse."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import events
from textual.geometry import Offset
from textual.message import Message

from loom.app.selecting import Selected
from loom.app.widgets.reading import RAIL
from loom.app.widgets.rendered_reading import RenderedReading

_Place = tuple[int, int]
"""A character of the path's text, and the first behind it: the same where there is none."""


class ReadingPane(RenderedReading):
    """What is selected stays so while text grows, is scrolled or laid out anew.

    | component | styles |
    |---|---|
    | `reading--selected` | what is selected |
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"reading--selected"}

    class SelectionChanged(Message):
        """Something else is selected now, or nothing any more."""

    _anchor: _Place | None = None
    """Where the mouse was pressed, while it is."""
    _pointer: _Place | None = None
    _stretch: range = range(0)

    @property
    def selected(self) -> Selected | None:
        """What is selected, exactly as it is kept."""
        if not self._stretch:
            return None
        first, node, byte = self._byte_at(self._stretch.start)
        last, last_node, end = self._byte_at(self._stretch.stop)
        if first == last:
            return Selected(node.id, byte, node.text[byte:end])
        between = (one.text for one in self._page.nodes[first + 1 : last])
        return Selected(node.id, byte, b"".join((node.text[byte:], *between, last_node.text[:end])))

    def select_nothing(self) -> None:
        """Nothing is selected any more."""
        self._select(range(0))

    def stand_at(self, node_id: str) -> None:
        """The person is at this node now: its text comes into view."""
        self.select_nothing()
        super().stand_at(node_id)

    def stand_nowhere(self) -> None:
        """Nothing is to be seen."""
        self.select_nothing()
        super().stand_nowhere()

    def _select(self, stretch: range) -> None:
        if stretch != self._stretch:
            self._stretch = stretch
            self.refresh()
            self.post_message(self.SelectionChanged())

    # The mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """A selection may begin here."""
        if event.button == 1 and (at := event.get_content_offset(self)) is not None:
            self._anchor, self._pointer = self._place_at(at), None
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Select up to here; past an edge the text scrolls on."""
        if self._anchor is None:
            return
        x, y = event.x - self.gutter.left, event.y - self.gutter.top
        if not 0 <= y < self.height:
            self.put_at_top(self.top + (1 if y > 0 else -1))
        place = self._place_at(Offset(x, min(max(0, y), self.height - 1)))
        if place is not None and (place != self._anchor or self._pointer is not None):
            self._pointer = place
            ends = self._anchor, place
            self._select(range(min(ends)[0], max(ends)[1]))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """The selection is there; a mouse that did not move drops the one before."""
        self.release_mouse()
        if event.button == 1 and self._pointer is None:
            self.select_nothing()
        self._anchor = None

    def on_click(self, event: events.Click) -> None:
        """Who selects goes nowhere."""
        if self._pointer is not None:
            self._pointer = None
            event.prevent_default()

    def _place_at(self, at: Offset) -> _Place | None:
        """The character under a cell of the pane."""
        page = self._page
        if not page.text:
            return None
        line = self.top + at.y
        if line >= len(page.lines):
            return len(page.text), len(page.text)
        column = max(0, at.x - RAIL)
        first, *after = (page.offset_at(line, column + n) for n in range(3))
        behind = next((offset for offset in after if offset > first), first)
        return first, behind

    # Drawing

    def draw_line(self, line: int) -> Text:
        """The rail and one line of text, in which what is selected is seen."""
        text = super().draw_line(line)
        if self._stretch and line < len(self._page.lines):
            style = self.style_of("reading--selected")
            for start, end in self._page.drawn(line, self._stretch):
                text.stylize(style, RAIL + start, RAIL + end)
        return text

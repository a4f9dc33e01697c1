"""A pane of lines of which only those on the screen are ever drawn (Textual's Line API)."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.strip import Strip
from textual.widget import Widget

from loom.app.widgets.still_bar import StillBar


class Lines(ScrollView, can_focus=False):
    """A subclass says how many lines there are (`set_n_lines`) and draws one (`draw_line`)."""

    ALLOW_SELECT = False
    _paper = Style()

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        """Made at its first use, as Textual's own."""
        if self._vertical_scrollbar is None:
            thickness = self.scrollbar_size_vertical
            self._vertical_scrollbar = StillBar(True, "vertical", thickness=thickness)
            self._vertical_scrollbar.display = False
            self.app._start_widget(self, self._vertical_scrollbar)  # noqa: SLF001
        return self._vertical_scrollbar

    @property
    def width(self) -> int:
        """Cells in a line, the scrollbar's column left out."""
        return self.scrollable_content_region.width

    @property
    def height(self) -> int:
        """Lines on the screen."""
        return self.scrollable_content_region.height

    @property
    def top(self) -> int:
        """The first line on the screen."""
        return self.scroll_offset.y

    def set_n_lines(self, n_lines: int) -> None:
        """How many lines there are in all; where the pane is scrolled to does not change.

        The pane itself is as large as before, so nothing but its scrollbar hears of it: assigning
        `virtual_size` would have the whole screen laid out anew at every key.
        """
        if n_lines != self.virtual_size.height:
            size = Size(0, n_lines)
            self.set_reactive(Widget.virtual_size, size)
            self._scroll_update(size)

    def put_at_top(self, line: int) -> None:
        """Scroll at once."""
        self.scroll_to(y=max(0, line), animate=False, force=True)

    def keep_in_view(self, first: int, last: int) -> None:
        """Scroll as little as shows the lines from `first` to `last`, and `first` if not all."""
        top = self.top
        if last >= top + self.height:
            top = last - self.height + 1
        self.put_at_top(min(top, first))

    def draw_line(self, line: int) -> Text:
        """One line; an empty one past the end."""
        raise NotImplementedError

    def render_lines(self, crop: Region) -> list[Strip]:
        """Ask once for what all lines share: working it out costs as much as drawing a line."""
        self._paper = self.rich_style
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """What Textual asks for: line `y` of the screen, filled to its width."""
        text = self.draw_line(self.top + y)
        own = text.style if isinstance(text.style, Style) else Style.parse(text.style)
        style = self._paper + own
        strip = Strip(text.render(self.app.console, end=""))
        return strip.adjust_cell_length(self.width, style).apply_style(style)

    def style_of(self, name: str) -> Style:
        """A component class as a Rich style that leaves alone what it does not set."""
        return self.get_component_rich_style(name, partial=True)

"""A pane of lines of which only those on the screen are ever drawn (Textual's Line API)."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from rich.text import Span, Text
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.strip import Strip
from textual.widget import Widget

from loom.app.widgets.still_bar import StillBar

_MOST_STRIPS = 2_000
"""Lines that are kept as they were drawn."""

_Key = tuple[str, tuple[Span, ...], Style, int]


class Lines(ScrollView, can_focus=False):
    """A subclass says how many lines there are (`set_n_lines`) and draws one (`draw_line`)."""

    ALLOW_SELECT = False
    _paper = Style()

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._strips: dict[_Key, Strip] = {}
        self._named: dict[str, Style] = {}

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

    def fit(self) -> None:
        """The pane has another size now: a subclass lays out for it, before a frame is drawn."""

    def _size_updated(
        self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True
    ) -> bool:
        # The event that tells of it comes after the frame, and would cost a second one.
        before = self.outer_size
        is_resized = super()._size_updated(size, virtual_size, container_size, layout)
        if self.outer_size != before:
            self.fit()
        return is_resized

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
        self._named.clear()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """What Textual asks for: line `y` of the screen, filled to its width."""
        text = self.draw_line(self.top + y)
        own = text.style if isinstance(text.style, Style) else Style.parse(text.style)
        style, width = self._paper + own, self.width
        # A strip remembers how it was cut to the screen; one that was drawn before costs nothing.
        key = text.plain, tuple(text.spans), style, width
        strip = self._strips.get(key)
        if strip is None:
            if len(self._strips) >= _MOST_STRIPS:
                self._strips.clear()
            strip = self._strips[key] = self._strip_of(text, style, width)
        return strip

    def _strip_of(self, text: Text, style: Style, width: int) -> Strip:
        """A line filled to its width, or cut to it."""
        segments = list(Segment.apply_style(text.render(self.app.console, end=""), style))
        n_cells = sum(segment.cell_length for segment in segments)
        if n_cells < width:
            segments.append(Segment(" " * (width - n_cells), style))
        strip = Strip(segments, max(n_cells, width))
        return strip.crop(0, width) if n_cells > width else strip

    def style_of(self, name: str) -> Style:
        """A component class as a Rich style that leaves alone what it does not set."""
        style = self._named.get(name)
        if style is None:
            style = self._named[name] = self.get_component_rich_style(name, partial=True)
        return style

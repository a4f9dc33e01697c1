"""A pane of lines of which only those on the screen are ever drawn (Textual's Line API)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

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


@dataclass(frozen=True)
class _Frame:
    """Cells of a line's text and of the whole pane, and what stands at its left."""

    width: int
    n_cells: int
    edge: tuple[Segment, ...]


_Key = tuple[str, tuple[Span, ...], Style, _Frame]


class Lines(ScrollView, can_focus=False):
    """A subclass says how many lines there are (`set_n_lines`) and draws one (`draw_line`)."""

    ALLOW_SELECT = False
    _paper = Style()
    _is_fitting = False
    _known_size: Size | None = None

    def __init__(self, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._strips: dict[_Key, Strip] = {}
        self._kept: dict[int, Strip] = {}
        self._frame = _Frame(0, 0, ())
        self._named: dict[str, Style] = {}
        # It is always there; one that comes with a layout would have another layout follow.
        self.set_reactive(Widget.show_vertical_scrollbar, True)

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        """Made at its first use, as Textual's own."""
        if self._vertical_scrollbar is None:
            thickness = self.scrollbar_size_vertical
            self._vertical_scrollbar = StillBar(True, "vertical", thickness=thickness)
            self._vertical_scrollbar.display = self.show_vertical_scrollbar
            self.app._start_widget(self, self._vertical_scrollbar)  # noqa: SLF001
        return self._vertical_scrollbar

    @property
    def width(self) -> int:
        """Cells in a line, the scrollbar's column left out."""
        return self._text_size.width

    @property
    def height(self) -> int:
        """Lines on the screen."""
        return self._text_size.height

    @property
    def _text_size(self) -> Size:
        # Asked for at every line that is drawn, and Textual works it out anew each time.
        if self._known_size is None:
            self._known_size = self.scrollable_content_region.size
        return self._known_size

    def notify_style_update(self) -> None:
        """Other colours, or another edge."""
        self._known_size = None
        self._named.clear()
        self._kept.clear()
        super().notify_style_update()

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
        is_new = size != self.outer_size
        self._is_fitting, self._known_size = is_new, None
        is_resized = super()._size_updated(size, virtual_size, container_size, layout)
        self._known_size = None
        if is_new:
            self.fit()
        self._is_fitting = False
        return is_resized

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Draw again; not while the pane gets a new size, for then all is drawn with the layout."""
        if self._is_fitting and not layout and not recompose:
            self._kept.clear()
            return self
        if layout and self._layout_required:
            # The screen may have been laid out since that was asked for, and Textual would take
            # the size that it found then.
            self._layout_updates += 1
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

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
        """What is on the screen, of which only lines that are new or changed are drawn.

        Textual's own way styles each line by itself: borders, padding, opacity. A pane of lines has
        none of them but perhaps a line at its left, and these were half the time of a frame.
        """
        self._paper = self.rich_style
        frame = self._frame_now()
        if frame != self._frame:
            self._frame = frame
            self._kept.clear()
        top = self.top
        shown = {top + y: self._kept_line(top + y) for y in crop.line_range}
        self._kept = shown
        strips = list(shown.values())
        background = self.background_colors[1]
        for line_filter in self.get_line_filters():
            strips = [strip.apply_filter(line_filter, background) for strip in strips]
        if crop.column_span != (0, frame.n_cells):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def _frame_now(self) -> _Frame:
        kind, color = self.styles.border_left
        edge = (Segment("│", Style.from_color(color.rich_color, self._paper.bgcolor)),)
        return _Frame(self.width, self.outer_size.width, edge if kind else ())

    def _kept_line(self, line: int) -> Strip:
        strip = self._kept.get(line)
        return self._draw_kept(line) if strip is None else strip

    def _draw_kept(self, line: int) -> Strip:
        text = self.draw_line(line)
        own = text.style if isinstance(text.style, Style) else Style.parse(text.style)
        style = self._paper + own
        # A strip remembers how it was cut to the screen; one that was drawn before costs nothing.
        key = text.plain, tuple(text.spans), style, self._frame
        strip = self._strips.get(key)
        if strip is None:
            if len(self._strips) >= _MOST_STRIPS:
                self._strips.clear()
            strip = self._strips[key] = self._strip_of(text, style)
        return strip

    def _strip_of(self, text: Text, style: Style) -> Strip:
        """A line with its edge, filled to its width, or cut to it."""
        frame = self._frame
        segments = list(Segment.apply_style(text.render(self.app.console, end=""), style))
        n_cells = sum(segment.cell_length for segment in segments)
        if n_cells > frame.width:
            segments = list(Strip(segments, n_cells).crop(0, frame.width))
        elif n_cells < frame.width:
            segments.append(Segment(" " * (frame.width - n_cells), style))
        n_after = frame.n_cells - frame.width - len(frame.edge)
        if n_after > 0:
            segments.append(Segment(" " * n_after, self._paper))
        return Strip((*frame.edge, *segments), frame.n_cells)

    def _set_dirty(self, *regions: Region) -> None:
        # Who scrolls names a region of the screen: the lines that come there are as they were.
        if not regions:
            self._kept.clear()
        super()._set_dirty(*regions)

    def refresh_line(self, y: int) -> None:
        """Draw one line again."""
        self._kept.pop(y, None)
        super().refresh_line(y)

    def refresh_lines(self, y_start: int, line_count: int = 1) -> None:
        """Draw some lines again."""
        for line in range(y_start, y_start + line_count):
            self._kept.pop(line, None)
        super().refresh_lines(y_start, line_count)

    def style_of(self, name: str) -> Style:
        """A component class as a Rich style that leaves alone what it does not set."""
        style = self._named.get(name)
        if style is None:
            style = self._named[name] = self.get_component_rich_style(name, partial=True)
        return style

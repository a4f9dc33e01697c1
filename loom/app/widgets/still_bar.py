"""A scrollbar that is drawn anew only where it would look another way."""

from __future__ import annotations

from math import ceil
from typing import Self

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip

from loom.app.widgets.still import Still

_EIGHTHS = 8
"""Steps in which the ends of the thumb move within a cell."""

_Look = tuple[int, int, int, str | Style]
"""Cells of the bar, where its thumb begins and ends in eighths of a cell, and the colours."""


class StillBar(Still, ScrollBar):
    """Textual's vertical scrollbar."""

    _strips: tuple[_Look, list[Strip]] | None = None
    _on_screen: _Look | None = None
    _is_asked = _is_due = False

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Draw it, unless it looks as before when all that moves it is done.

        While the screen is laid out a bar goes through sizes that nobody sees, and each would cost
        a frame after that of the layout.
        """
        if layout or recompose or not repaint:
            return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        if not self._is_asked:
            self._is_asked = True
            self.call_next(self._refresh_if_changed)
        return self

    def _refresh_if_changed(self) -> None:
        self._is_asked = False
        if self._look() != self._on_screen:
            self._is_due = True
            super().refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The cells of the bar, one below the other."""
        look = self._look()
        if self._strips is None or self._strips[0] != look:
            self._strips = look, self._cells()
        # Of another height it is drawn with the layout that gave it that; else when it is due.
        if self._is_due or self._on_screen is None or self._on_screen[0] != look[0]:
            self._on_screen, self._is_due = look, False
        background = self.background_colors[1]
        strips = self._strips[1][crop.y : crop.bottom]
        for line_filter in self.get_line_filters():
            strips = [strip.apply_filter(line_filter, background) for strip in strips]
        return strips

    def _bar(self) -> ScrollBarRender:
        bar = self.render()
        assert isinstance(bar, ScrollBarRender)
        return bar

    def _look(self) -> _Look:
        bar, n_cells = self._bar(), self.size.height
        n_beyond = bar.virtual_size - bar.window_size
        if not bar.window_size or n_beyond <= 0:
            return n_cells, 0, 0, bar.style
        thumb = max(1.0, bar.window_size * n_cells / bar.virtual_size)
        begins = (n_cells - thumb) * bar.position / n_beyond
        first = int(begins * _EIGHTHS)
        return n_cells, first, first + ceil(thumb * _EIGHTHS), bar.style

    def _cells(self) -> list[Strip]:
        bar = self._bar()
        console = self.app.console
        options = console.options.update(width=bar.thickness, height=self.size.height)
        rows = Segment.split_lines(console.render(bar, options))
        return [Strip(row, bar.thickness) for row in rows]

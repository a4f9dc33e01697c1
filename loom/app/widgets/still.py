"""Widgets whose new size is no reason to lay out the screen a second time."""

from __future__ import annotations

from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static


class Still(Widget):
    """Textual lays out once more where a widget's inside has another size; here nothing scrolls."""

    def _size_updated(
        self,
        size: Size,
        virtual_size: Size,
        container_size: Size,
        layout: bool = True,  # noqa: ARG002
    ) -> bool:
        return super()._size_updated(size, virtual_size, container_size, layout=False)


class Words(Still, Static):
    """A few words that come and go."""

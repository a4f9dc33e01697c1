"""A scrollbar whose new size is no reason to lay out the screen a second time."""

from __future__ import annotations

from textual.geometry import Size
from textual.scrollbar import ScrollBar


class StillBar(ScrollBar):
    """Textual's scrollbar; it has no children, so nothing depends on how large it is inside."""

    def _size_updated(
        self,
        size: Size,
        virtual_size: Size,
        container_size: Size,
        layout: bool = True,  # noqa: ARG002
    ) -> bool:
        return super()._size_updated(size, virtual_size, container_size, layout=False)

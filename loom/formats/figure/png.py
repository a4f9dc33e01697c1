"""A figure as PNG, rendered from its SVG."""

from __future__ import annotations

import resvg_py

from loom.formats.figure.svg import svg
from loom.formats.material import Material

WIDTH_PX = 1512
"""Three times 504: sharp in print at column width (432 dots an inch) and on dense screens."""


def png(material: Material) -> bytes:
    """The chosen part of a tree as PNG."""
    return bytes(
        resvg_py.svg_to_bytes(svg_string=svg(material), skip_system_fonts=True, width=WIDTH_PX)
    )

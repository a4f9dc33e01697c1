"""How much room a terminal has, as classes by which style sheets choose a layout."""

from __future__ import annotations

from textual.geometry import Size

WIDTHS = ((0, "-thin"), (40, "-narrow"), (100, "-wide"))
"""From how many columns on a class stands."""

HEIGHTS = ((0, "-low"), (12, "-short"), (32, "-tall"))
"""From how many rows on."""


def classes_for(size: Size) -> tuple[str, str]:
    """The classes for a terminal of that size: one for its width, one for its height."""
    width = max(one for one in WIDTHS if one[0] <= size.width)
    height = max(one for one in HEIGHTS if one[0] <= size.height)
    return width[1], height[1]

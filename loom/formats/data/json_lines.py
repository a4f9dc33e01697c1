"""JSON Lines: one node a line, with the keys that `loom show --json` gives it."""

from __future__ import annotations

from collections.abc import Iterator

from loom.formats.data.characters import spelled
from loom.formats.data.part import Part
from loom.formats.loom_json import node_object


def json_lines(part: Part) -> Iterator[str]:
    """Every node, parents first."""
    for node in part:
        line = spelled(node_object(node, part.tree))
        # Some programs take these two for ends of lines.
        yield line.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029") + "\n"

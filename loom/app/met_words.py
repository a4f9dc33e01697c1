"""Where the words of findings stand in the text that is shown of a node."""

from __future__ import annotations

from loom.app.display import shown_range
from loom.app.meetings import Meetings, Place, words_range
from loom.records import Join
from loom.tree.node import Node


class MetWords:
    """Words that meet by node, each looked for once: what is written later moves none of them."""

    def __init__(self, meetings: Meetings | None = None, place: Place | None = None) -> None:
        self._meetings = meetings or Meetings()
        self._place = place
        self._tinted: dict[str, list[tuple[str, int, int]]] = {}
        self._ends: dict[str, list[tuple[int, Join]]] = {}

    def tinted(self, node: Node) -> list[tuple[str, int, int]]:
        """What of a node's shown text is tinted: component class, first column, and the end."""
        if node.id not in self._tinted:
            self._tinted[node.id] = [
                (name, *shown_range(node.text, *words_range(node.text, span)))
                for span, name in self._meetings.tinted(node.id, self._place)
            ]
        return self._tinted[node.id]

    def ends(self, node: Node) -> list[tuple[int, Join]]:
        """Where in a node's shown text the words of a finding end, the strongest one first."""
        if node.id not in self._ends:
            self._ends[node.id] = [
                (shown_range(node.text, 0, span.end_byte)[1], join)
                for span, join in self._meetings.spans(node.id)
            ]
        return self._ends[node.id]

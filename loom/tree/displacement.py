"""Which nodes stand behind another text than the one they grew from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from loom.tree.arrangement import Arrangement
from loom.tree.changes import NodeMoved


class Displacement:
    """Moves nodes, and remembers of each that leaves its text what that text was."""

    def __init__(self, places: Arrangement) -> None:
        self._places = places
        self._homes: dict[str, bytes] = {}

    def move(self, event: NodeMoved) -> None:
        """Move a node; it is displaced as long as another text comes before it than at first."""
        node_id = event.node_id
        before = self._places.node(node_id).parent_id
        self._places.move(node_id, event.parent_id, event.after_id)
        if before == event.parent_id:
            return
        home = self._homes.get(node_id)
        if home is None:
            home = self._text(before)
        displaced = self._text(event.parent_id) != home
        if displaced:
            self._homes[node_id] = home
        else:
            self._homes.pop(node_id, None)
        self._places.put(replace(self._places.node(node_id), displaced=displaced))

    def checkpoint(self) -> Mapping[str, bytes]:
        """What is remembered now."""
        return dict(self._homes)

    def resume(self, kept: Mapping[str, bytes]) -> None:
        """Remember what was remembered then."""
        self._homes = dict(kept)

    def _text(self, node_id: str | None) -> bytes:
        if node_id is None:
            return b""
        return b"".join(self._places.node(one).text for one in self._places.path_ids(node_id))

"""A mark for each model that wrote in a tree, in the order in which they came."""

from __future__ import annotations

from loom.app.display import shown_words
from loom.tree.graph import Tree

GLYPHS = ("●", "■", "▲", "▼", "◘")
"""The sixth model has the first one's mark again."""


class ModelGlyphs:
    """Where only one model has written there is only one mark."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._n_known = -1
        self._marks: dict[str, str] = {}

    @property
    def several(self) -> bool:
        """Whether more than one model has written here."""
        return len(self._known()) > 1

    def of(self, author: str) -> str:
        """The mark of a model."""
        return self._known().get(author, GLYPHS[0])

    def legend(self) -> str:
        """Each mark with its model's name; nothing where one wrote all."""
        if not self.several:
            return ""
        return " ".join(f"{mark} {shown_words(name)}" for name, mark in self._known().items())

    def _known(self) -> dict[str, str]:
        grown = self._tree.provenance
        if len(grown) != self._n_known:
            self._n_known = len(grown)
            # As they were asked: two that are asked together answer in any order.
            asked = [grown[one].model.name for one in self._tree.requests if one in grown]
            names = dict.fromkeys(asked)
            self._marks = {name: GLYPHS[at % len(GLYPHS)] for at, name in enumerate(names)}
        return self._marks

"""What the main screen does about the outline: folding, and one subtree alone."""

from __future__ import annotations

from loom.app.screens.growing import GrowingScreen
from loom.session import Notice


class OutliningScreen(GrowingScreen):
    """The part of the main screen that shapes the outline; nothing in the tree changes."""

    _others_folded = False

    def action_fold(self) -> None:
        """Fold what follows from here, or unfold it."""
        if not self.space.outline.turn_fold():
            self._say(Notice("information", "Nothing follows from here to be folded."))

    def action_fold_others(self) -> None:
        """Fold all that is not on the way here; pressed again, unfold all."""
        if self._others_folded:
            self.space.outline.unfold_all()
        else:
            self.space.outline.fold_others()
        self._others_folded = not self._others_folded

    def action_hoist(self) -> None:
        """Show this subtree alone; pressed again, the whole tree."""
        outline = self.space.outline
        outline.hoist(None if outline.hoisted is not None else self.space.item)
        self.space.show_rules()

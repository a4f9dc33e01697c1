"""What the main screen does about the outline: folding, and one subtree alone."""

from __future__ import annotations

from collections.abc import Sequence

from loom.app.display import shown_words
from loom.app.marked import known_tags
from loom.app.screens.growing import GrowingScreen
from loom.session import Notice


class OutliningScreen(GrowingScreen):
    """The part of the main screen that shapes the outline; nothing in the tree changes."""

    _others_folded = False
    _filter_line = ""

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

    # The filter

    def action_filter(self) -> None:
        """Filter the outline while one types; it is shown if it was away."""
        from loom.app.screens.filter import FilterScreen

        if not self.space.outline.display:
            self.space.swap_outline(not self.space.has_class("-swap"))
        names = {f"tag:{_quoted(tag.name)}" for tag in known_tags(self._tree)}
        names |= {f"by:{name}" for name in ("you", "model")}
        screen = FilterScreen(
            self._tree, self._filter_line, sorted(names), self._keep, self._stand_at
        )
        self.app.push_screen(screen, self._end_filter)

    def _keep(self, line: str, node_ids: Sequence[str] | None) -> None:
        self._filter_line, words = line, ""
        if node_ids is not None:
            words = f"{len(node_ids):,} of {self._tree.n_visible:,} · {shown_words(line)}"
        self.space.outline.keep_only(node_ids, words)
        self.space.show_rules()

    def _end_filter(self, stays: bool | None) -> None:
        if not stays:
            self._keep("", None)

    def action_stop(self) -> None:
        """Stop growing; with nothing growing, show all that a filter left out."""
        if not self.is_growing and self.space.outline.filtered:
            self._keep("", None)
        else:
            super().action_stop()


def _quoted(name: str) -> str:
    return f'"{name}"' if " " in name else name

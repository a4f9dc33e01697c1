"""The page between two lines: outline, text, branches and tokens, and how they share its room."""

from __future__ import annotations

from textual.containers import Vertical
from textual.widget import Widget

from loom.app.widgets.branches import Branches
from loom.app.widgets.outline import Outline
from loom.app.widgets.reading import Reading
from loom.app.widgets.still import Still
from loom.app.widgets.tokens import Tokens


class Page(Still, Vertical):
    """Rules are set by hand where a key changes the room.

    A class would have every pane, with its scrollbar and each of its component classes, matched
    with the style sheet anew, which takes longer than to draw them.
    """

    def share(self, *, looks_at_tokens: bool, is_huge: bool) -> None:
        """Tokens stand where the branches do, or under the text where there are three columns."""
        outline, branches = self.query_one(Outline), self.query_one(Branches)
        self.query_one(Tokens).display = looks_at_tokens
        self.query_one("#token-rule").display = looks_at_tokens
        for pane in (self.query_one("#fork"), branches):
            _overrule(pane, "display", "none", where=looks_at_tokens and not is_huge)
        is_shared = looks_at_tokens and is_huge
        _overrule(self, "grid_size_rows", 4, where=is_shared)
        _overrule(self, "grid_rows", "1 1fr 1 18", where=is_shared)
        _overrule(outline, "row_span", 4, where=is_shared)
        _overrule(branches, "row_span", 3, where=is_shared)
        self.refresh(layout=True)

    def place_outline(self, *, is_swapped: bool, is_wide: bool) -> None:
        """Where there is no room beside the text the outline, swapped, stands in its place.

        Where there is room it goes, and takes with it the edge that the others have at their left.
        """
        reading, nothing = self.query_one(Reading), self.query_one("#nothing")
        _overrule(
            self.query_one(Outline), "display", "none" if is_wide else "block", where=is_swapped
        )
        for pane in (reading, nothing):
            _overrule(pane, "display", "none", where=is_swapped and not is_wide)
        no_edge = "none", self.styles.color
        for pane in (reading, self.query_one(Branches), self.query_one(Tokens), nothing):
            _overrule(pane, "border_left", no_edge, where=is_swapped and is_wide)
        # Its grid has a column less then.
        self.app.stylesheet.apply(self)
        self.refresh(layout=True)


def _overrule(pane: Widget, rule: str, value: object, *, where: bool) -> None:
    """Have one of a pane's rules differ from the style sheet, or follow it again."""
    if where:
        setattr(pane.styles, rule, value)
    elif pane.styles.inline.has_rule(rule):
        pane.styles.clear_rule(rule)
        # Unlike setting a rule, to clear one lets nobody know.
        pane.refresh(layout=True)

"""What the main screen does to texts that are there: hiding, marking, cutting, undo and redo."""

from __future__ import annotations

import time
from typing import Literal

from textual import on

from loom.app.screens.looking import LookingScreen
from loom.app.widgets.reading import Reading
from loom.app.widgets.reading_pane import ReadingPane
from loom.errors import LoomError
from loom.session import GrowSettings, Notice
from loom.session.cutting import CutUnit, next_cut
from loom.session.step_words import told
from loom.tree.history import Step
from loom.tree.nearest import nearest_visible


class OperatingScreen(LookingScreen):
    """The part of the main screen that changes what is there; all of it can be undone."""

    def action_undo(self) -> None:
        """Take back what was done last, and say what it was."""
        self._walk_history("Undone")

    def action_redo(self) -> None:
        """Do again what was undone last."""
        self._walk_history("Redone")

    def action_bookmark(self) -> None:
        """Bookmark this text, or take the bookmark away."""
        if (here := self.space.here) is None:
            return
        marking, marks = self._session.operations.marking, self._tree.marks(here)
        try:
            (marking.remove_bookmark if marks.bookmarked else marking.bookmark)(here)
        except LoomError as error:
            self._refuse(error)
            return
        self._take_news()
        words = "The bookmark is gone." if marks.bookmarked else "Bookmarked: ★ in the outline."
        self._say(Notice("information", words))

    def action_hide(self) -> None:
        """Put this text out of sight with all that hangs from it, and stand beside or above it."""
        if (here := self.space.here) is None:
            return
        try:
            self._session.operations.hide(here)
        except LoomError as error:
            self._refuse(error)
            return
        self._arrive(here)
        self._say(
            Notice("information", "Hidden, with all that hangs from it.", "⟨undo⟩ shows it again.")
        )

    # The cut

    def action_cut(self, unit: CutUnit, by: Literal[-1, 1]) -> None:
        """Move the cut in this text; at its end there is none."""
        here = self.space.here
        if here is None:
            return
        if self._tree.node(here).state == "growing":
            self._say(Notice("information", "This branch is still growing.", "⟨stop⟩ stops it."))
            return
        self.space.show_cut(next_cut(self._tree.node(here), self.space.cut, unit, by))

    @on(Reading.Clicked)
    def _cut_where_clicked(self, event: Reading.Clicked) -> None:
        """A click in the last text cuts it there, one in a text before goes there."""
        node = self._tree.node(event.node_id)
        if event.byte is None:
            self._stand_at(event.node_id)
        elif node.state != "growing":
            inside = 0 < event.byte < len(node.text)
            self.space.show_cut(event.byte if inside else None)

    @on(ReadingPane.SelectionChanged)
    def _say_what_to_do_with_it(self) -> None:
        self.space.show_state()

    def action_select_text(self) -> None:
        """Select in the text by keys."""
        if not self.space.reading.begin_selecting():
            self._say(Notice("information", "There is no text yet.", "⟨write⟩ writes."))

    def action_grow(self) -> None:
        """Grow branches here, or from the cut, whoever's turn it is after all of the text."""
        if self.space.here is not None and self.space.cut is not None:
            self._grow_at(self.space.here)
        else:
            super().action_grow()

    def action_stop(self) -> None:
        """Let go of what is selected, or stop growing, or let go of the cut, or of a join."""
        if self.space.reading.selected is not None:
            self.space.reading.select_nothing()
        elif not self.is_growing and self.space.cut is not None:
            self.space.show_cut(None)
        else:
            super().action_stop()

    def _grow_at(self, node_id: str, settings: GrowSettings | None = None) -> None:
        """Grow, from the cut if there is one here: what comes after it stays as a sibling."""
        if node_id == self.space.here and self.space.cut is not None:
            try:
                node_id = self._session.operations.split(node_id, self.space.cut)
            except LoomError as error:
                self._refuse(error)
                return
            self._arrive(node_id)
        super()._grow_at(node_id, settings)

    # After something was done

    def _walk_history(self, way: Literal["Undone", "Redone"]) -> None:
        operations = self._session.operations
        try:
            step = operations.undo() if way == "Undone" else operations.redo()
        except LoomError as error:
            self._say(Notice("information", error.what, error.remedy))
            return
        self._arrive(self._place_of_step(step))
        self._say(Notice("information", told(step, self._tree, way, time.time())))

    def _place_of_step(self, step: Step) -> str | None:
        return step.node_id if step.node_id in self._tree else self.space.here

    def _arrive(self, node_id: str | None) -> None:
        """Show what was done, and stand where it was, or as near as can be seen."""
        there = None if node_id is None else nearest_visible(self._tree, node_id)
        self._take_news()
        if there is not None:
            self._stand_at(there)
        else:
            self.space.stand_nowhere()

    def _refuse(self, error: LoomError) -> None:
        self._say(Notice("warning", error.what, error.remedy))

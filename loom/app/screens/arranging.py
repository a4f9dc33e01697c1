"""What the main screen does about where texts stand: split, merged, copied, carried, reordered."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal

from textual.content import Content

from loom.app.display import shown_in_a_line
from loom.app.screens.marking import MarkingScreen
from loom.app.words import count
from loom.errors import LoomError
from loom.session import Notice
from loom.tree.node import Node

_MOST_BYTES = 200


class ArrangingScreen(MarkingScreen):
    """The part of the main screen that arranges the tree; all of it can be undone."""

    _carried: str | None = None
    """A text that was picked up, to be put under another one."""

    def action_split(self) -> None:
        """Make two texts of one where what is selected begins, or else of this one at the cut."""
        here, cut = self.space.here, self.space.cut
        if (selected := self.space.reading.selected) is not None:
            here, cut = selected.node_id, selected.byte
        if here is None or cut is None:
            self._say(
                Notice(
                    "information",
                    "There is no cut here.",
                    "⟨cut_word_back⟩ and ⟨cut_sentence_back⟩ make one, and so does selecting.",
                )
            )
        else:
            self._arrange(partial(self._session.operations.split, here, cut), "Split in two.")

    def action_merge(self) -> None:
        """Make one text of this one and its parent."""
        self._arrange_here(self._session.operations.merge, "Merged with what came before.")

    def action_merge_chain(self) -> None:
        """Make one text of all that follow one another here without a fork."""
        self._arrange_here(self._session.operations.merge_chain, "Merged up to the next fork.")

    def action_take_apart(self) -> None:
        """Put the texts back that this one was merged from."""
        self._arrange_here(self._session.operations.take_apart, "Taken apart again.")

    def action_duplicate(self) -> None:
        """Copy this text with all that hangs from it, right beside it."""
        self._arrange_here(self._session.operations.duplicate, "Copied, right beside it.")

    # Among its siblings, and under another parent

    def action_reorder(self, by: Literal[-1, 1]) -> None:
        """Change places with the sibling before, or after."""
        if (here := self.space.here) is None:
            return
        siblings = self._tree.sibling_ids(here)
        at = siblings.index(here) + by
        if not 0 <= at < len(siblings):
            where = "first" if by < 0 else "last"
            self._say(Notice("information", f"It is the {where} of its siblings already."))
            return
        operations = self._session.operations
        move = operations.move_before if by < 0 else operations.move_after
        self._arrange(partial(_done, partial(move, here, siblings[at]), here), "")

    def action_pick_up(self) -> None:
        """Pick this text up, to be put elsewhere; pressed again there, let go of it."""
        here = self.space.here
        self._carried = None if here is None or self._carried == here else here
        told, remedy = "Let go of.", ""
        if self._carried is not None:
            told, remedy = "Picked up.", "⟨put⟩ puts it under where you stand then."
        self._say(Notice("information", told, remedy))

    def action_put(self) -> None:
        """Put what was picked up under this text, with all that hangs from it."""
        here, carried = self.space.here, self._carried
        if carried is None or here is None or carried not in self._tree:
            self._say(Notice("information", "Nothing is picked up.", "⟨pick_up⟩ picks a text up."))
            return
        if any(node.id == carried for node in self._tree.path(here)):
            what = "A text cannot hang from itself or from what follows it."
            self._say(Notice("information", what, "Stand elsewhere first."))
            return
        operations = self._session.operations
        put = partial(operations.move, carried, here)
        if self._arrange(partial(_done, put, carried), "Put here."):
            self._carried = None

    # What is hidden

    def action_restore(self) -> None:
        """List what is hidden, and show what is chosen again."""
        from loom.app.screens.choose import ChooseScreen

        hidden = [node for node in self._tree if node.hidden]
        if not hidden:
            self._say(Notice("information", "Nothing is hidden.", "⟨hide⟩ hides a text."))
            return
        lines = [(node.id, self._hidden_line(node)) for node in reversed(hidden)]
        self.app.push_screen(ChooseScreen("What is hidden", "shows it", lines), self._restore)

    def _hidden_line(self, node: Node) -> Content:
        n_below = sum(1 for _ in self._tree.subtree_ids(node.id)) - 1
        with_it = f" and {count(n_below, 'text')} below" if n_below > 0 else ""
        said = shown_in_a_line(node.text.strip()[:_MOST_BYTES]) or "(empty)"
        return Content.assemble((said, "$ink"), (with_it, "$faint"))

    def _restore(self, node_id: str | None) -> None:
        if node_id is not None:
            restore = partial(self._session.operations.restore, node_id)
            self._arrange(partial(_done, restore, node_id), "Shown again.")

    # After something was done

    def _arrange_here(self, do: Callable[[str], str], told: str) -> None:
        if (here := self.space.here) is not None:
            self._arrange(partial(do, here), told)

    def _arrange(self, do: Callable[[], str], told: str) -> bool:
        """Do it and stand where it is; whether it could be done."""
        try:
            there = do()
        except LoomError as error:
            self._refuse(error)
            return False
        self._arrive(there)
        if told:
            self._say(Notice("information", told, "⟨undo⟩ undoes it."))
        return True


def _done(do: Callable[[], None], node_id: str) -> str:
    """Do it to a node; the node."""
    do()
    return node_id

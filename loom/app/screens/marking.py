"""What the main screen does about marks: tags, notes, titles, chapters, and going to them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from loom.app.mark_list import mark_line, marked_ids
from loom.app.marked import known_tags
from loom.app.screens.weighing import WeighingScreen
from loom.errors import LoomError
from loom.session import Notice
from loom.tree.changes import Tag

_EMPTY_TAKES_AWAY = "An empty one takes it away."


class MarkingScreen(WeighingScreen):
    """The part of the main screen that marks texts; all of it can be undone."""

    def action_tag(self) -> None:
        """Ask for a tag, and put it on this text or take it away."""
        if (here := self._marked_here()) is not None:
            from loom.app.screens.tag import TagScreen

            screen = TagScreen(self._tree.marks(here).tags, known_tags(self._tree))
            self.app.push_screen(screen, partial(self._tag, here))

    def _tag(self, node_id: str, tag: Tag | None) -> None:
        if tag is None:
            return
        marking = self._session.operations.marking
        if tag in self._tree.marks(node_id).tags:
            self._put(partial(marking.untag, node_id, tag.name), f"No longer tagged #{tag.name}.")
        else:
            # What is put there is seen at once.
            self._put(partial(marking.tag, node_id, tag), "")

    def action_note(self) -> None:
        """Write a note on this text."""
        if (here := self._marked_here()) is not None:
            from loom.app.screens.note import NoteScreen

            self.app.push_screen(NoteScreen(self._tree.marks(here).note), partial(self._note, here))

    def _note(self, node_id: str, note: str | None) -> None:
        if note is not None and note != self._tree.marks(node_id).note:
            told = "" if note else "The note is gone."
            self._put(partial(self._session.operations.marking.note, node_id, note), told)

    def action_title(self) -> None:
        """Give this text a title."""
        if (here := self._marked_here()) is not None:
            marking, old = self._session.operations.marking, self._tree.marks(here).title
            self._ask("A title for this text", old, partial(marking.title, here))

    def action_chapter(self) -> None:
        """Have a chapter begin at this text."""
        if (here := self._marked_here()) is not None:
            marking, old = self._session.operations.marking, self._tree.marks(here).chapter
            self._ask("A chapter begins here", old, partial(marking.chapter, here))

    def action_title_session(self) -> None:
        """Call the session otherwise."""
        from loom.app.screens.ask import AskScreen

        old, give = self._tree.title, self._session.operations.marking.title_session
        screen = AskScreen("A title for the whole session", old)
        self.app.push_screen(screen, partial(self._take_title, old, give))

    def action_marks(self) -> None:
        """List what is marked, and go there."""
        if ids := marked_ids(self._tree):
            from loom.app.screens.choose import ChooseScreen

            lines = [(one, mark_line(self._tree, one)) for one in ids]
            screen = ChooseScreen("What is marked", "goes there", lines, self.space.here)
            self.app.push_screen(screen, self._go_if_any)
        else:
            what = "Nothing is marked yet."
            self._say(
                Notice("information", what, "⟨bookmark⟩ bookmarks, ⟨tag⟩ tags, ⟨note⟩ notes.")
            )

    def _ask(self, what: str, old: str, give: Callable[[str], None]) -> None:
        from loom.app.screens.ask import AskScreen

        screen = AskScreen(what, old, _EMPTY_TAKES_AWAY if old else "")
        self.app.push_screen(screen, partial(self._take_title, old, give))

    def _take_title(self, old: str, give: Callable[[str], None], title: str | None) -> None:
        if title is not None and title != old:
            self._put(partial(give, title), "")

    def _put(self, do: Callable[[], None], told: str) -> None:
        try:
            do()
        except LoomError as error:
            self._refuse(error)
            return
        self._take_news()
        if told:
            self._say(Notice("information", told))

    def _marked_here(self) -> str | None:
        if self.space.here is None:
            self._say(Notice("information", "There is no text yet.", "⟨write⟩ writes."))
        return self.space.here

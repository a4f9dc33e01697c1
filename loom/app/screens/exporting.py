"""What the main screen does about exporting."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from loom.app.screens.arranging import ArrangingScreen
from loom.errors import LoomError
from loom.session import Notice

if TYPE_CHECKING:
    from loom.session.exporter import Written


class ExportingScreen(ArrangingScreen):
    """The part of the main screen that writes the tree out; nothing in the tree changes."""

    def action_export(self) -> None:
        """Choose what to write out, and as what."""
        from loom.app.export_form import questions
        from loom.app.screens.export import ExportScreen

        if not self._tree.n_visible:
            self._say(Notice("information", "There is no text to export yet.", "⟨write⟩ writes."))
            return
        try:
            self._session.save()
        except LoomError as error:
            self._refuse(error)
            return
        asked = questions(self._tree, self.space.here, with_joins=bool(self.space.meetings.joins))
        screen = ExportScreen(self._session.exporter(), asked, _stem(self._tree.title))
        self.app.push_screen(screen, self._tell_written)

    def _tell_written(self, written: Written | None) -> None:
        if written is None:
            return
        first, *beside = written.paths
        more = "".join(f" and {path.name}" for path in beside)
        lost = "; ".join(map(str, written.remarks))
        self._say(Notice("information", f"Written to {first}{more}.", lost))


def _stem(title: str) -> str:
    """A name for a file, after the session's title."""
    return re.sub(r"[^\w]+", "-", title.lower()).strip("-")[:40] or "session"

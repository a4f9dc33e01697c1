"""The application: themes, the one main screen, and the keys that work everywhere."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.app import SystemCommand
from textual.binding import BindingType
from textual.screen import Screen

from loom.app import keymap
from loom.app.screens.main import MainScreen
from loom.app.screens.sessions import SessionsScreen
from loom.app.themed import ThemedApp
from loom.app.widgets.composer import Draft
from loom.errors import LoomError
from loom.session import Session
from loom.session.choosing import SessionChoice

LEAVE_WINDOW_S = 3.0
"""How long a first Ctrl+C counts."""


class LoomApp(ThemedApp[Path]):
    """Loom on an open session. Whoever opened the session closes it.

    It ends with the file of another session where a person asked to open that one.
    """

    # Textual reads the sheets of screens that are pushed, and nobody pushes the one at the bottom.
    CSS_PATH = "screens/main.tcss"
    BINDINGS: ClassVar[list[BindingType]] = keymap.bindings("anywhere")
    ENABLE_COMMAND_PALETTE = True

    def __init__(self, session: Session, theme: str | None = None) -> None:
        super().__init__(theme)
        self._session = session
        self._asked_to_leave = False

    def get_default_screen(self) -> Screen[None]:
        """The main screen is the bottom of the stack."""
        return MainScreen(self._session)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the command palette offers: every key that is one action, and Textual's own."""
        yield from super().get_system_commands(screen)
        if isinstance(screen, MainScreen):
            for key in keymap.KEYMAP:
                if key.state == "walking" and not key.has_choices:
                    act = partial(screen.run_action, key.action or key.id)
                    yield SystemCommand(f"{key.group}: {key.label} ({key.shown})", key.help, act)

    def action_interrupt(self) -> None:
        """Ctrl+C: copy a selection in the draft, else stop what grows, else quit when meant."""
        if isinstance(self.focused, Draft) and self.focused.selected_text:
            self.focused.action_copy()
        elif isinstance(self.screen, MainScreen) and self.screen.is_growing:
            self.screen.action_stop()
        elif self._asked_to_leave:
            self.exit()
        else:
            self._asked_to_leave = True
            self.set_timer(LEAVE_WINDOW_S, self._stay)
            self.notify("Ctrl+C again quits. Everything is saved.", timeout=LEAVE_WINDOW_S)

    def action_sessions(self) -> None:
        """Choose another session to open, or an example."""
        self.push_screen(SessionsScreen(self._session.path), self._leave_for)

    def _leave_for(self, chosen: SessionChoice | None) -> None:
        if chosen is None or chosen.path == self._session.path:
            return
        try:
            self.exit(chosen.opened())
        except LoomError as error:
            self.notify(str(error), severity="error", markup=False)

    def _stay(self) -> None:
        self._asked_to_leave = False

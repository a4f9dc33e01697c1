"""The application that plays a session again; it ends with the file of one that was taken over."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.screen import Screen

from loom.app.screens.replay import ReplayScreen
from loom.app.themed import ThemedApp
from loom.session.replaying import Replay


class ReplayApp(ThemedApp[Path]):
    """A replay and nothing else: no session is open, so nothing has to be closed."""

    # Textual reads the sheets of screens that are pushed, and nobody pushes the one at the bottom.
    CSS_PATH = ["screens/main.tcss", "screens/replay.tcss"]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c,ctrl+q", "quit", "quit", priority=True)
    ]

    def __init__(self, screen: ReplayScreen, theme: str | None = None) -> None:
        super().__init__(theme)
        self._first = screen

    @classmethod
    def of(cls, replay: Replay, speed: float, theme: str | None = None) -> ReplayApp:
        """On a session file that was read."""
        return cls(ReplayScreen(replay, speed), theme)

    def get_default_screen(self) -> Screen[None]:
        """The replay is the bottom of the stack."""
        return self._first

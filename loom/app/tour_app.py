"""The tour alone: what `loom tour` opens."""

from __future__ import annotations

from loom.app.app import LoomApp
from loom.app.screens.touring import TourScreen
from loom.session.tour.tour import Tour


class TourApp(LoomApp):
    """Loom on the tour. Whoever began the tour closes it."""

    def __init__(self, tour: Tour, theme: str | None = None) -> None:
        super().__init__(tour.sessions[0], theme)
        self._tour = tour

    def on_mount(self) -> None:
        """Steps change their screen, and the one at the bottom cannot be changed."""
        self.push_screen(TourScreen(self._tour, is_all=True))

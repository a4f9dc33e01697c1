"""The guided tour: loom itself on a session made for it, and a panel that says what to press."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from loom.app.screens.main import MainScreen
from loom.app.themed import named
from loom.session.tour.steps import Step
from loom.session.tour.tour import Tour

_NARROW = 100
"""Cells below which the outline stands in the place of the text."""


class TourScreen(MainScreen):
    """The main screen on the session of a step; every key does what it always does.

    Steps of another chapter are on another session, and so on another screen.
    """

    CSS_PATH = "touring.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "go_on(1)", "next step"),
        Binding("shift+tab", "go_on(-1)", "step before"),
        Binding("q", "leave_tour", "leave"),
    ]

    def __init__(self, tour: Tour, number: int = 0, *, is_all: bool) -> None:
        """Begin at a step; with `is_all` nothing else is open, so that leaving it quits."""
        super().__init__(tour.sessions[tour.steps[number].chapter])
        self._tour = tour
        self._number = number
        self._is_all = is_all

    def compose(self) -> ComposeResult:
        """The panel above everything else."""
        yield Static(id="tour")
        yield from super().compose()

    def on_mount(self) -> None:
        """Say the first step; the outline is what is looked at."""
        self.space.swap_outline(self.app.size.width < _NARROW)
        self._tell()

    @property
    def step(self) -> Step:
        """The step that is told now."""
        return self._tour.steps[self._number]

    def action_go_on(self, by: int) -> None:
        """To the next step, or the one before."""
        number = self._number + by
        if not 0 <= number < len(self._tour.steps):
            return
        if self._tour.steps[number].chapter != self.step.chapter:
            self.app.switch_screen(TourScreen(self._tour, number, is_all=self._is_all))
            return
        self._number = number
        self._tell()

    def action_leave_tour(self) -> None:
        """Back to one's own session, if there is one."""
        if self._is_all:
            self.app.exit()
        else:
            self.app.pop_screen()
            self._tour.close()

    def _tell(self) -> None:
        step, n_steps = self.step, len(self._tour.steps)
        self.query_one("#tour", Static).update(
            Content.assemble(
                (f"{self._number + 1} of {n_steps}  ", "$faint"),
                (step.title, "$typed bold"),
                "\n",
                (named(self.app, step.words), "$ink"),
                "\n",
                ("▸ ", "$typed"),
                (named(self.app, step.press), "$typed bold"),
                ("    Tab next · Shift+Tab back · q leaves", "$faint"),
            )
        )

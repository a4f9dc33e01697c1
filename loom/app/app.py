"""The application: themes, the one main screen, and the keys that work everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import SystemCommand
from textual.binding import BindingType
from textual.screen import Screen

from loom.app import keymap
from loom.app.key_names import KeyNames
from loom.app.keys import PALETTE, Key
from loom.app.later import later
from loom.app.pauses import tidy
from loom.app.rebinding import as_textual
from loom.app.screens.main import MainScreen
from loom.app.themed import ThemedApp
from loom.app.widgets.composer import Draft
from loom.errors import LoomError
from loom.session import Session

if TYPE_CHECKING:
    from loom.session.choosing import SessionChoice
    from loom.session.tour.tour import Tour

TIDY_EVERY_S = 300.0
"""How often all memory is looked through for what nothing needs any more."""

LEAVE_WINDOW_S = 3.0
"""How long a first Ctrl+C counts."""


_WITHOUT_KEY = frozenset(key.id for key in keymap.KEYMAP if not key.keys)


class LoomApp(ThemedApp[Path]):
    """Loom on an open session. Whoever opened the session closes it.

    It ends with the file of another session where a person asked to open that one.
    """

    # Textual reads the sheets of screens that are pushed, and nobody pushes the one at the bottom.
    CSS_PATH = "screens/main.tcss"
    BINDINGS: ClassVar[list[BindingType]] = keymap.bindings("anywhere")
    ENABLE_COMMAND_PALETTE = True

    def __init__(
        self,
        session: Session,
        theme: str | None = None,
        begin_tour: Callable[[], Tour] | None = None,
        keys: Sequence[Key] = keymap.KEYMAP,
    ) -> None:
        super().__init__(theme)
        self.keys, self.named = keys, KeyNames(keys)
        self.set_keymap(as_textual(keys))
        for key in keys:
            # What has no key of its own is bound nowhere that could be changed.
            if key.keys and key.id in _WITHOUT_KEY:
                self.bind(",".join(key.keys), f"screen.{key.action or key.id}", show=False)
        self._session = session
        self._begin_tour = begin_tour
        self._asked_to_leave = False

    def on_mount(self) -> None:
        """What is not looked for at every key is looked for now and then."""
        self.set_interval(TIDY_EVERY_S, tidy)

    def get_default_screen(self) -> Screen[None]:
        """The main screen is the bottom of the stack."""
        return MainScreen(self._session)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the command palette offers: every key that is one action, and Textual's own."""
        yield from super().get_system_commands(screen)
        if self._begin_tour is not None and type(screen) is MainScreen:
            what = "Five minutes on three small worlds: where branches meet, and why"
            yield SystemCommand("Tour: where branches meet", what, self.action_tour)
        if isinstance(screen, MainScreen):
            for key in self.keys:
                if key.state == "walking" and not key.has_choices:
                    act = partial(screen.run_action, key.action or key.id)
                    keys = f" ({key.shown})" if key.shown != PALETTE else ""
                    yield SystemCommand(f"{key.group}: {key.label}{keys}", key.help, act)

    @work(thread=True, exclusive=True)
    def action_tour(self) -> None:
        """Begin the tour; its sessions take a second or two to be made."""
        from loom.app.screens.touring import TourScreen

        if self._begin_tour is not None:
            tour = self._begin_tour()
            self.call_from_thread(self.push_screen, TourScreen(tour, is_all=False))

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
            later(self, LEAVE_WINDOW_S, self._stay)
            words = self.named("⟨interrupt⟩ again quits. Everything is saved.")
            self.notify(words, timeout=LEAVE_WINDOW_S)

    def action_sessions(self) -> None:
        """Choose another session to open, or an example."""
        from loom.app.screens.sessions import SessionsScreen

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

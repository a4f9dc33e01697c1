"""What every application of loom has: its themes, and an orderly end when a terminal is closed."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Sequence

from textual.app import App, ReturnType
from textual.color import Color
from textual.filter import LineFilter
from textual.notifications import Notification, SeverityLevel
from textual.theme import Theme
from textual.widget import Widget
from textual.widgets._toast import Toast

from loom.app.key_names import KeyNames
from loom.app.keymap import KEYMAP
from loom.app.keys import Key
from loom.app.themes import CONTRAST, DARK, LIGHT, threads
from loom.app.without_colour import WithoutColour
from loom.app.without_unicode import WithoutUnicode, can_draw
from loom.errors import UsageError


def named(app: App[object], words: str) -> str:
    """Words with the keys in them that the app has."""
    return (app.named if isinstance(app, ThemedApp) else KeyNames(KEYMAP))(words)


class ThemedApp(App[ReturnType]):
    """Loom's colours on whatever is shown; UsageError if a theme is asked for that there is not."""

    TITLE = "loom"

    keys: Sequence[Key] = KEYMAP
    """What is bound: the one table of keys, perhaps with keys of a person's own."""
    named = KeyNames(KEYMAP)
    """Puts those keys into words."""

    def __init__(self, theme: str | None = None) -> None:
        super().__init__()
        self._has_just_told = False
        # What Textual writes to.
        encoding = getattr(sys.__stderr__, "encoding", None) or "utf-8"
        self._without_unicode = () if can_draw("─", encoding) else (WithoutUnicode(encoding),)
        for own in (DARK, LIGHT, CONTRAST):
            self.register_theme(own)
        if theme is not None and theme not in self.available_themes:
            names = ", ".join(sorted(self.available_themes))
            raise UsageError(f"There is no theme {theme!r}.", f"There are: {names}.")
        if theme is None:
            self._begin_in(DARK)
        else:
            self.theme = theme

    def _begin_in(self, theme: Theme) -> None:
        """As setting a theme in true colours does it, but the style sheets are parsed only once."""
        self.set_reactive(App.theme, theme.name)
        self.add_class(f"-theme-{theme.name}", "-dark-mode" if theme.dark else "-light-mode")
        self.stylesheet.set_variables(self.get_css_variables())

    def on_mount(self) -> None:
        """A terminal that is closed, or a shutdown, ends loom as `q` does: nothing is lost."""
        if sys.platform != "win32":
            for ending in (signal.SIGHUP, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(ending, self.exit)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """A notice takes the place of what was told before, so that they do not cover the text.

        What is told at once stays together, and warnings and errors stay their time.
        """
        if not self._has_just_told:
            self.call_later(self._take_away, [*self._notifications])
        self._has_just_told = True
        self.call_later(self._all_is_told)
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    def _take_away(self, earlier: Sequence[Notification]) -> None:
        gone = [one for one in earlier if one.severity == "information"]
        for notification in gone:
            self._unnotify(notification, refresh=False)
        for screen in self.screen_stack:
            for toast in screen.query(Toast):
                # Its holder stays when Textual itself takes a toast away, and takes up room.
                if toast._notification in gone and isinstance(toast.parent, Widget):  # noqa: SLF001
                    toast.parent.remove()

    def _all_is_told(self) -> None:
        self._has_just_told = False

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual makes greys of colours for NO_COLOR; loom leaves colours to the terminal."""
        if not self.no_color or self.native_ansi_color:
            return (*super().get_line_filters(), *self._without_unicode)
        palette = self.theme_variables
        ink, paper = Color.parse(palette["foreground"]), Color.parse(palette["background"])
        return (WithoutColour(ink, paper), *self._without_unicode)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Loom's own colours, mixed from those of the theme."""
        return threads(self.current_theme)

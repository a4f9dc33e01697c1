"""When a screen is drawn: as soon as nothing that is to be seen is still on its way."""

from __future__ import annotations

import asyncio
import time

from textual import events
from textual.screen import UPDATE_PERIOD, ModalScreen, Screen, ScreenResultType

_MOST_TURNS = 20
"""How often the others get their turn before a frame is drawn without what they have to add."""


class DrawnOnce(Screen[ScreenResultType]):
    """A key has one frame, with all that it changes.

    Textual draws at a beat of its own, also where half of the panes have heard of a key; the other
    half then comes a beat later, in a second frame.
    """

    _drawn_at = 0.0

    @property
    def is_current(self) -> bool:
        """Whether anything of it is seen: what is no window hides all that is below it."""
        screens = self.app.screen_stack
        above = screens[screens.index(self) + 1 :] if self in screens else ()
        return super().is_current and all(screen.is_modal for screen in above)

    async def on_idle(self, event: events.Idle) -> None:
        """Draw now, unless the last frame is so young that Textual's beat is to be kept."""
        if not self._owes_a_frame or time.monotonic() - self._drawn_at < UPDATE_PERIOD:
            return
        for _ in range(_MOST_TURNS):
            if self.message_queue_size:
                # What waits here is part of the frame; after it this comes again.
                event.prevent_default()
                return
            if not self._is_anybody_busy:
                self._on_timer_update()
                return
            await asyncio.sleep(0)

    def _on_timer_update(self) -> None:
        if self._owes_a_frame:
            self._drawn_at = time.monotonic()
        super()._on_timer_update()

    @property
    def _owes_a_frame(self) -> bool:
        return self.is_current and bool(
            self._layout_required
            or self._scroll_required
            or self._repaint_required
            or self._dirty_widgets
        )

    @property
    def _is_anybody_busy(self) -> bool:
        return any(widget.message_queue_size for widget in self.app._registry)  # noqa: SLF001


class Window(DrawnOnce[ScreenResultType], ModalScreen[ScreenResultType]):
    """The same of a window above another screen."""

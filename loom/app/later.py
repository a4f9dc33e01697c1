"""Something that is to be done once, in a while."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from textual.message_pump import MessagePump


def later(pump: MessagePump, after_s: float, do: Callable[[], object]) -> asyncio.TimerHandle:
    """Have something done after so many seconds, or as soon as may be, in the turn of a widget.

    `cancel` takes it back. To be called by the thread of the app. Textual's own timers leave out
    what is late already, and one that goes off once is then never heard of.
    """
    return asyncio.get_running_loop().call_later(after_s, pump.call_later, do)

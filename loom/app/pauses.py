"""Python looks for garbage among all that there is, and everything waits meanwhile."""

from __future__ import annotations

import gc

_OLD = 100_000
"""How many times what is young is looked through before what is old is: never, for a person."""


def look_for_no_garbage() -> None:
    """Until `look_for_garbage_when_asked`: loading a program makes next to none.

    Python looks through all that was loaded so far again and again, a tenth of the time until the
    first frame. To be called before anything is loaded.
    """
    gc.disable()


def look_for_garbage_when_asked() -> None:
    """Leave what is loaded now alone for good, and what is old until `tidy`.

    With the app and its libraries in memory a full look takes a twentieth of a second or more, and
    comes every dozen keys. To be called when a session is open and before its app runs.
    """
    gc.freeze()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, _OLD)
    gc.enable()


def let_go() -> None:
    """A full look at everything, also at what was left alone: another session is to be opened."""
    gc.unfreeze()
    gc.collect()


def tidy() -> None:
    """A full look: a key that comes just then waits for it."""
    gc.collect()

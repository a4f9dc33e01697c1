"""What a session says of the machine it was made on, and an export need not."""

from __future__ import annotations

import json
import os
import re
from functools import lru_cache
from pathlib import Path

# A path under a key that names a file; in JSON text, where a backslash stands twice.
_PLACE = re.compile(r'("(?:path|model|reference)": ?")(?:/|~|[A-Za-z]:)(?:[^"\\]|\\.)*?([^"/\\]+")')


def without_places(payload: str) -> str:
    """The JSON of a payload with file names for paths, and `~` for the home folder.

    Texts of nodes are no payload: they stay as they are.
    """
    found = _PLACE.sub(r"\1\2", payload) if "/" in payload or "\\" in payload else payload
    home = _home(os.environ.get("HOME"))
    return found.replace(home, "~") if home else found


@lru_cache(maxsize=1)
def _home(_: str | None) -> str:
    """The home folder as JSON spells it, empty if it is the root of everything."""
    home = os.path.expanduser("~")
    return json.dumps(home)[1:-1] if len(Path(home).parts) > 1 else ""


def as_it_is(payload: str) -> str:
    """The payload itself: what was asked for with its paths."""
    return payload

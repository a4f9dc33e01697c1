"""Keys named in words: always the ones that a person has, whatever they were at first.

Words say ⟨grow⟩, and a person reads Space: the first key of that row of the table of keys.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from loom.app.keys import PALETTE, Key

_NAME = re.compile("⟨([a-z_.]+)⟩")

_SHOWN = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "escape": "Esc",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "backspace": "Bksp",
}
_MODIFIERS = {"shift": "⇧", "ctrl": "Ctrl+", "alt": "Alt+"}


class KeyNames:
    """Puts the keys of a table into words; what is no name of a row stays as it is."""

    def __init__(self, keys: Sequence[Key]) -> None:
        self._shown = {key.id: key.shown.split()[0] for key in keys if key.shown}

    def __call__(self, words: str) -> str:
        """The words as a person reads them."""
        if "⟨" not in words:
            return words
        return _NAME.sub(lambda name: self._shown.get(name[1], name[0]), words)


def shown_key(name: str) -> str:
    """How a person reads a key: ctrl+x is Ctrl+X, pageup PgUp, a letter itself."""
    *modifiers, key = name.split("+") if len(name) > 1 else [name]
    if key in _SHOWN:
        read = _SHOWN[key]
    elif len(key) == 1:
        read = key.upper() if modifiers else key
    else:
        read = key.capitalize()
    return "".join(_MODIFIERS[one] for one in modifiers) + read


def shown_keys(names: Sequence[str]) -> str:
    """All keys of a row; a row without any is reached by the command palette."""
    return " ".join(map(shown_key, names)) or PALETTE

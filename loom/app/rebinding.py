"""Keys of a person's own: the one table of keys with what `[keys]` in config.toml says."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from textual.binding import Binding

from loom.app.key_names import shown_keys
from loom.app.keymap import KEYMAP
from loom.app.keys import Key
from loom.errors import UsageError

_NAME = re.compile(r"(?:(?:ctrl|alt|shift)\+)*[a-z0-9_]+")
_NEVER = {"ctrl+i": "Tab", "ctrl+m": "Enter", "ctrl+h": "Backspace"}
"""What a terminal sends for these is another key."""


def rebound(given: Mapping[str, Sequence[str]], keys: Sequence[Key] = KEYMAP) -> tuple[Key, ...]:
    """The table with these keys instead, by its ids; UsageError for what cannot be."""
    known = {key.id: key for key in keys}
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            remedy = f"Did you mean {near[0]}?" if near else "`loom keys` lists their names."
            raise UsageError(f"config.toml gives a key to {name!r}, which is nothing.", remedy)
        if known[name].has_choices:
            raise UsageError(f"The keys of {name!r} are digits.", "They cannot be others.")
    changed = tuple(_changed(key, given[key.id]) if key.id in given else key for key in keys)
    _check_apart(changed, given)
    return changed


def as_textual(changed: Sequence[Key], keys: Sequence[Key] = KEYMAP) -> dict[str, str]:
    """The keys that differ, as Textual takes them: by the ids of bindings."""
    new = {key.id: key for key in changed}
    return {
        binding.id: ",".join(new[key.id].keys)
        for key in keys
        if new[key.id].keys != key.keys
        for binding in key.bindings()
        if binding.id is not None
    }


def _changed(key: Key, names: Sequence[str]) -> Key:
    return replace(key, keys=tuple(map(_textual_name, names)), shown=shown_keys(names))


def _textual_name(name: str) -> str:
    """A key as Textual calls it: a single character has a name."""
    if len(name) == 1:
        return next(iter(Binding.make_bindings([Binding(name, "")]))).key
    if name in _NEVER:
        what = f"A terminal sends {_NEVER[name]} for {name}."
        raise UsageError(what, "Choose another key in config.toml.")
    if not _NAME.fullmatch(name):
        what = f"config.toml names a key {name!r}, which is none."
        raise UsageError(what, 'Keys are called "x", "ctrl+x", "f5", "space".')
    return name


def _check_apart(keys: Sequence[Key], given: Mapping[str, Sequence[str]]) -> None:
    """No key may do two things in one state."""
    for key in keys:
        for other in keys:
            shared = set(key.keys) & set(other.keys)
            together = key.state == other.state or "anywhere" in (key.state, other.state)
            if key.id in given and other.id != key.id and shared and together:
                what = f"config.toml gives {shared.pop()!r} to {key.id}, but {other.id} has it."
                raise UsageError(what, f"Give {other.id} another key as well.")

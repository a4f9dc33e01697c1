"""Values of JSON as the types that they should be, whatever they are."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime

from loom.tree.events import Role

_ROLES: Mapping[str, Role] = {
    "system": "system",
    "developer": "system",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "model": "assistant",
    "bot": "assistant",
}
_LATEST = 253_402_300_799.0
# A time in milliseconds is a number that would lie thousands of years ahead in seconds.
_MILLISECONDS_ABOVE = 1e11


def text_of(value: object) -> str:
    """A text, or a number as one; empty for everything else."""
    if isinstance(value, bool):
        return ""
    return str(value) if isinstance(value, str | int) else ""


def text_or_none(value: object) -> str | None:
    """A text or a number as one; None for everything else and for no text."""
    return text_of(value) or None


def list_of(value: object) -> list[object]:
    """A list, empty if it is none."""
    return value if isinstance(value, list) else []


def number_of(value: object) -> float | None:
    """A finite number, None if it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def time_of(value: object) -> float | None:
    """Seconds since the epoch: from seconds, milliseconds, or a date as ISO 8601 writes it."""
    seconds = _date_of(value) if isinstance(value, str) else _seconds_of(value)
    # The year 1, with which some programs say that they know no time, is none either.
    return seconds if seconds is not None and 0 < seconds < _LATEST else None


def _seconds_of(value: object) -> float | None:
    number = number_of(value)
    return number / 1000 if number is not None and number > _MILLISECONDS_ABOVE else number


def _date_of(text: str) -> float | None:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def role_of(value: object) -> Role | None:
    """The role of a chat that a name means; None for one that loom does not have."""
    return _ROLES.get(value.lower()) if isinstance(value, str) else None


def without(found: Mapping[str, object], *known: str) -> dict[str, object]:
    """The members that nobody has understood."""
    return {key: value for key, value in found.items() if key not in known}


def is_deeper(value: object, depth: int) -> bool:
    """Whether containers stand in one another more than `depth` times."""
    level = [value]
    for _ in range(depth):
        inner: list[object] = []
        for one in level:
            if isinstance(one, dict | list):
                inner.extend(one.values() if isinstance(one, dict) else one)
        level = inner
    return any(isinstance(one, dict | list) for one in level)


def whole_number(digits: str) -> int | str:
    """A number, or its digits where they are more than Python makes one of."""
    try:
        return int(digits)
    except ValueError:
        return digits

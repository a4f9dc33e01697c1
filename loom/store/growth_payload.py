"""What may be asked of a growth besides its size, as JSON objects and back.

A request without them is from a loom that could not ask for any.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from loom.records import Cover, Ending, RunMode, Until
from loom.store.payload import Json, Payload

_UNTIL: tuple[Until, ...] = get_args(Until)
_MODES: tuple[RunMode, ...] = get_args(RunMode)


def from_ending(ending: Ending) -> Mapping[str, Json]:
    """An ending as a JSON object."""
    return {"min_tokens": ending.min_tokens, "stop": list(ending.stop), "until": ending.until}


def to_ending(payload: Payload | None) -> Ending:
    """The ending that an object describes; without one, nothing but the length ends a branch."""
    if payload is None:
        return Ending()
    return Ending(
        min_tokens=payload.integer("min_tokens"),
        stop=payload.texts("stop"),
        until=None if payload.text_or_none("until") is None else payload.choice("until", _UNTIL),
    )


def from_cover(cover: Cover) -> Mapping[str, Json]:
    """A cover as a JSON object."""
    return {"share": cover.share, "min_probability": cover.min_probability}


def to_cover(payload: Payload | None) -> Cover | None:
    """The cover that an object describes, if there is one."""
    if payload is None:
        return None
    return Cover(payload.number("share"), payload.number("min_probability"))


def to_mode(text: str | None) -> RunMode:
    """How a request was to be run; once there was only one way."""
    if text is None:
        return "fast"
    for mode in _MODES:
        if mode == text:
            return mode
    raise ValueError(f"mode is {text!r}")

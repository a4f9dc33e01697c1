"""SillyTavern's chats: JSON Lines of messages, where an answer's swipes are its siblings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from loom.formats.importing.json_stream import JsonStream
from loom.formats.importing.nesting import kept
from loom.formats.importing.planting import UNKNOWN, Planting
from loom.formats.importing.shape import Shape, first_lines, members
from loom.formats.importing.values import list_of, text_of, time_of, without
from loom.tree.events import Role
from loom.tree.node import HUMAN

_KNOWN = ("mes", "is_user", "is_system", "send_date", "swipes", "swipe_id", "swipe_info")
_OF_OLD = re.compile(r"(\d+)-(\d+)-(\d+)\s*@(\d+)h\s*(\d+)m\s*(\d+)s")
_IN_WORDS = "%B %d, %Y %I:%M%p"


def recognises(shape: Shape) -> bool:
    """A line about the chat, then messages; or messages alone."""
    lines = first_lines(shape.values)
    header = bool(lines) and "user_name" in lines[0] and "character_name" in lines[0]
    return header or any("mes" in line and "is_user" in line for line in lines)


def read(stream: JsonStream, planting: Planting) -> None:
    """Take every line that comes next."""
    planting.mode = "chat"
    parent: int | None = None
    while stream.kind():
        line = members(kept(stream, planting))
        if "mes" in line:
            parent = _message(planting, line, parent)
        elif "user_name" in line or "chat_metadata" in line:
            planting.titles.append(text_of(line.get("character_name")))
            for key, value in line.items():
                planting.keep(key, value)
        else:
            planting.report.lost("lines that are no messages")


def _message(planting: Planting, line: Mapping[str, object], parent: int | None) -> int:
    """Every swipe of a message; the place of the one that the chat goes on from."""
    texts = [text_of(swipe) for swipe in list_of(line.get("swipes"))]
    infos = [members(info) for info in list_of(line.get("swipe_info"))]
    chosen, shown = line.get("swipe_id"), text_of(line.get("mes"))
    if not isinstance(chosen, int) or not 0 <= chosen < len(texts):
        chosen = len(texts)
        texts.append(shown)
    elif texts[chosen] != shown:
        planting.report.guessed("messages changed after they were swiped are as they were shown")
        texts[chosen] = shown
    infos += [{}] * (len(texts) - len(infos))
    place = -1
    for n, (text, info) in enumerate(zip(texts, infos, strict=False)):
        planted = _swipe(planting, line, text, info, parent)
        place = planted if n == chosen else place
    return place


def _swipe(
    planting: Planting,
    line: Mapping[str, object],
    text: str,
    info: Mapping[str, object],
    parent: int | None,
) -> int:
    role: Role = "assistant"
    if line.get("is_user"):
        role = "user"
    elif line.get("is_system"):
        role = "system"
    extra = members(info.get("extra", line.get("extra")))
    model = text_of(extra.get("model")) or UNKNOWN
    return planting.add(
        text,
        parent=parent,
        role=role,
        author=model if role == "assistant" else HUMAN,
        at=_time(info.get("send_date")) or _time(line.get("send_date")),
        finish="eos" if role == "assistant" else None,
        keys={**without(line, *_KNOWN), **without(info, "send_date")},
    )


def _time(value: object) -> float | None:
    if (found := time_of(value)) is not None or not isinstance(value, str):
        return found
    try:
        if (old := _OF_OLD.match(value)) is not None:
            year, month, day, hour, minute, second = map(int, old.groups())
            return datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp()
        written = value.replace("am", "AM").replace("pm", "PM")
        return datetime.strptime(written, _IN_WORDS).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None

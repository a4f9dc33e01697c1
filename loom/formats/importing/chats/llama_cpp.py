"""The chats of llama.cpp's own page: JSON Lines of a session and messages, or JSON as of old."""

from __future__ import annotations

from collections.abc import Mapping

from loom.formats.importing.chats.messages import Message, joined_parts, plant_messages
from loom.formats.importing.json_stream import JsonStream
from loom.formats.importing.nesting import kept
from loom.formats.importing.planting import Planting
from loom.formats.importing.shape import Shape, any_member, first_lines, members
from loom.formats.importing.values import list_of, text_of, text_or_none, time_of, without

_KNOWN = ("id", "parent", "children", "role", "content", "model", "timestamp", "type", "convId")


def recognises(shape: Shape) -> bool:
    """Lines of the types session and message, or objects with conv and messages."""
    types = {text_of(line.get("type")) for line in first_lines(shape.values)}
    if types and types <= {"session", "message"} and _has_parent(shape):
        return True
    found = any_member(shape.first) if isinstance(shape.first, list) else shape.mapping()
    return "conv" in found and "messages" in found


def _has_parent(shape: Shape) -> bool:
    messages = (members(line.get("message")) for line in first_lines(shape.values))
    return all("parent" in message or "children" in message for message in messages if message)


def read(stream: JsonStream, planting: Planting) -> None:
    """Take everything that comes next."""
    if stream.kind() == "[":
        for _ in stream.items():
            _conversation(planting, members(kept(stream, planting)))
        return
    about: dict[str, object] = {}
    messages: list[Message] = []
    while stream.kind():
        line = members(kept(stream, planting))
        if "conv" in line:
            _conversation(planting, line)
        elif line.get("type") == "session":
            if messages:
                plant_messages(planting, messages, about)
            about, messages = _session(planting, without(line, "type")), []
        else:
            messages.append(_message(planting, members(line.get("message"))))
    plant_messages(planting, messages, about)


def _conversation(planting: Planting, found: Mapping[str, object]) -> None:
    about = _session(planting, members(found.get("conv")))
    listed = list_of(found.get("messages"))
    messages = [_message(planting, members(message)) for message in listed]
    plant_messages(planting, messages, about)


def _session(planting: Planting, found: Mapping[str, object]) -> dict[str, object]:
    about = {**members(found.get("session")), **without(found, "session")}
    planting.titles.append(text_of(about.get("name", about.get("title"))))
    planting.selected = planting.selected or text_or_none(about.get("currNode"))
    return about


def _message(planting: Planting, found: Mapping[str, object]) -> Message:
    root = found.get("type") == "root" or not found
    return Message(
        id=text_of(found.get("id")),
        parent_id=text_or_none(found.get("parent")),
        children=[text_of(child) for child in list_of(found.get("children"))],
        speaker=text_of(found.get("role")),
        model=text_of(found.get("model")),
        text=None if root else joined_parts(planting, found.get("content")),
        at=time_of(found.get("timestamp")),
        keys=without(found, *_KNOWN),
    )

"""Open WebUI's export of chats: each a history of messages with parents."""

from __future__ import annotations

from collections.abc import Mapping

from loom.formats.importing.chats.messages import Message, joined_parts, plant_messages
from loom.formats.importing.json_stream import JsonStream
from loom.formats.importing.nesting import kept
from loom.formats.importing.planting import Planting
from loom.formats.importing.shape import Shape, any_member, members
from loom.formats.importing.values import list_of, text_of, text_or_none, time_of, without

_KNOWN = ("id", "parentId", "childrenIds", "role", "content", "model", "timestamp")


def recognises(shape: Shape) -> bool:
    """A chat has a history with messages."""
    found = any_member(shape.first) if isinstance(shape.first, list) else shape.mapping()
    return "messages" in _history(found)


def _history(found: Mapping[str, object]) -> dict[str, object]:
    return members(members(found.get("chat", found)).get("history"))


def read(stream: JsonStream, planting: Planting) -> None:
    """Take the chat, or all chats, that come next."""
    if stream.kind() == "{":
        _chat(planting, members(kept(stream, planting)))
        return
    for _ in stream.items():
        _chat(planting, members(kept(stream, planting)))


def _chat(planting: Planting, found: Mapping[str, object]) -> None:
    history = _history(found)
    chat = members(found.get("chat", found))
    mapping = members(history.get("messages"))
    messages = [_message(planting, name, members(value)) for name, value in mapping.items()]
    about = {
        **without(found, "chat", "history", "messages"),
        **without(chat, "history", "messages"),
    }
    planting.titles.append(text_of(found.get("title", chat.get("title"))))
    planting.selected = planting.selected or text_or_none(history.get("currentId"))
    plant_messages(planting, messages, about)


def _message(planting: Planting, name: str, found: Mapping[str, object]) -> Message:
    return Message(
        id=name,
        parent_id=text_or_none(found.get("parentId")),
        children=[text_of(child) for child in list_of(found.get("childrenIds"))],
        speaker=text_of(found.get("role")),
        model=text_of(found.get("model")),
        text=joined_parts(planting, found.get("content")) if found else None,
        at=time_of(found.get("timestamp")),
        keys=without(found, *_KNOWN),
        finish="cancelled" if found.get("done") is False else None,
    )

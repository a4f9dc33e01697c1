"""ChatGPT's `conversations.json`: a list of conversations, each a mapping of messages."""

from __future__ import annotations

from collections.abc import Mapping

from loom.formats.importing.chats.messages import Message, joined_parts, plant_messages
from loom.formats.importing.json_stream import JsonStream
from loom.formats.importing.nesting import kept
from loom.formats.importing.planting import Planting
from loom.formats.importing.shape import Shape, any_member, members
from loom.formats.importing.values import list_of, text_of, text_or_none, time_of, without
from loom.tree.events import Finish

_FINISHES: Mapping[str, Finish] = {
    "stop": "eos",
    "max_tokens": "length",
    "interrupted": "cancelled",
}


def recognises(shape: Shape) -> bool:
    """A conversation has a mapping whose members have a message and a parent."""
    found = any_member(shape.first) if isinstance(shape.first, list) else shape.mapping()
    node = any_member(found.get("mapping"))
    return "mapping" in found and ("message" in node or "children" in node or not node)


def read(stream: JsonStream, planting: Planting) -> None:
    """Take the conversation, or all conversations, that come next."""
    if stream.kind() == "{":
        _conversation(planting, members(kept(stream, planting)))
        return
    for _ in stream.items():
        _conversation(planting, members(kept(stream, planting)))


def _conversation(planting: Planting, found: Mapping[str, object]) -> None:
    mapping = members(found.get("mapping"))
    messages = [_message(planting, name, members(value)) for name, value in mapping.items()]
    current = text_or_none(found.get("current_node"))
    planting.titles.append(text_of(found.get("title")))
    planting.selected = planting.selected or current
    plant_messages(planting, messages, without(found, "mapping"))


def _message(planting: Planting, name: str, node: Mapping[str, object]) -> Message:
    message = members(node.get("message"))
    content, metadata = members(message.get("content")), members(message.get("metadata"))
    details = members(metadata.get("finish_details"))
    speaker = text_of(members(message.get("author")).get("role"))
    return Message(
        id=name,
        parent_id=text_or_none(node.get("parent")),
        children=[text_of(child) for child in list_of(node.get("children"))],
        speaker=speaker,
        model=text_of(metadata.get("model_slug")),
        text=_text(planting, content) if message else None,
        at=time_of(message.get("create_time")),
        keys=without(message, "content", "create_time", "id"),
        finish=_FINISHES.get(text_of(details.get("type"))),
    )


def _text(planting: Planting, content: Mapping[str, object]) -> str | None:
    if "parts" in content:
        text = joined_parts(planting, content["parts"])
    else:
        kept_under = ("text", "result", "content")
        text = next((text_of(content[key]) for key in kept_under if content.get(key)), "")
    # Every conversation begins with an empty system message that nobody is shown.
    return text or None

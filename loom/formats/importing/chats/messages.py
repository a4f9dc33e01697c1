"""What the messages of all chats have in common: who speaks, and messages that say nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loom.formats.importing.planting import UNKNOWN, Planting
from loom.formats.importing.values import role_of, text_of
from loom.tree.events import Finish, Role
from loom.tree.node import HUMAN


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat; `text` is None where it only holds the tree together."""

    id: str
    parent_id: str | None
    children: Sequence[str]
    speaker: str
    model: str
    text: str | None
    at: float | None
    keys: Mapping[str, object]
    finish: Finish | None = None


def plant_messages(
    planting: Planting, messages: Sequence[Message], about: Mapping[str, object]
) -> None:
    """One conversation; `about` is kept with its first messages.

    Ids need only be unique inside it: parents are found by place. A message without text is left
    out, and what hangs from it hangs from its parent.
    """
    planting.mode = "chat"
    by_id = {message.id: message for message in reversed(messages)}
    places: dict[str, int] = {}
    order = {child: n for m in messages for n, child in enumerate(m.children)}
    listed = sorted(enumerate(messages), key=lambda pair: (order.get(pair[1].id, 0), pair[0]))
    for _, message in listed:
        if message.text is not None and message is by_id[message.id]:
            places[message.id] = planting.reserve()
    for _, message in listed:
        if message.text is None:
            planting.report.lost("messages without a text, which only hold the tree together")
        elif message is by_id[message.id]:
            parent = _parent(planting, message, by_id, places)
            keys = dict(message.keys)
            if parent is None and about:
                keys["conversation"] = about
            _plant(planting, places[message.id], message, parent, keys)
        else:
            planting.report.lost("messages whose id stood there twice")


def _plant(
    planting: Planting,
    place: int,
    message: Message,
    parent: int | None,
    keys: Mapping[str, object],
) -> None:
    role = spoken_by(planting, message.speaker)
    planting.put(
        place,
        message.text,
        foreign_id=message.id,
        parent=parent,
        role=role,
        author=author_of(role, message.speaker, message.model),
        at=message.at,
        finish=(message.finish or "eos") if role == "assistant" else None,
        keys=keys,
    )


def spoken_by(planting: Planting, speaker: str) -> Role:
    """The role of a speaker; one that loom does not have speaks as the assistant."""
    role = role_of(speaker)
    if role is None:
        planting.report.guessed("messages of tools and the like count as the assistant's")
    return role or "assistant"


def author_of(role: Role, speaker: str, model: str) -> str:
    """Who wrote a message: a person, a model as far as it is named, or a tool."""
    if role != "assistant":
        return HUMAN
    return model or (speaker if role_of(speaker) is None and speaker else UNKNOWN)


def _parent(
    planting: Planting,
    message: Message,
    by_id: Mapping[str, Message],
    places: Mapping[str, int],
) -> int | None:
    """The place of the nearest message above that has a text."""
    passed: set[str] = set()
    above = message.parent_id
    while above is not None and above in by_id and above not in passed:
        if above in places:
            return places[above]
        passed.add(above)
        above = by_id[above].parent_id
    if above is not None:
        planting.report.mended("parents that are not there; their children begin anew")
    return None


def joined_parts(planting: Planting, value: object) -> str:
    """A text, or the texts of a list of parts; pictures and sounds are counted as lost."""
    if isinstance(value, str):
        return value
    texts: list[str] = []
    for part in value if isinstance(value, list) else []:
        text = part.get("text") if isinstance(part, dict) else part
        if isinstance(text, str):
            texts.append(text)
        else:
            planting.report.lost("pictures, sounds and other parts that are no text")
    return text_of("\n".join(texts))

"""The messages of a chat in the ways in which a template may be willing to take them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Message:
    """One message as a template is given it; `contents` are numbers of contents, none if empty.

    Several contents stand in one message with an empty line between them.
    """

    role: str
    contents: tuple[int, ...]


def arrangements(roles: Sequence[str]) -> Iterator[tuple[Message, ...]]:
    """Ways to put messages of these roles, those that change least first.

    As they are; then for templates that know no system messages, with these as the beginning of
    the person's; then for templates that want a person to speak first, behind an empty message.
    """
    plain = tuple(Message(role, (index,)) for index, role in enumerate(roles))
    yield plain
    folded = _folded(plain)
    if folded != plain:
        yield folded
    if not folded or folded[0].role != "user":
        yield (Message("user", ()), *folded)


def _folded(messages: Sequence[Message]) -> tuple[Message, ...]:
    """System messages as the person's own, and neighbours of one role as one message."""
    spoken = [
        Message("user", message.contents) if message.role == "system" else message
        for message in messages
    ]
    return tuple(
        Message(role, tuple(index for message in group for index in message.contents))
        for role, group in groupby(spoken, key=lambda message: message.role)
    )

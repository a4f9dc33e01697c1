"""A path as turns, and whose turn it is: the one place that knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from loom.models.chat_template import ChatRole
from loom.tree.node import Node

Speaker = Literal["next", "user"]
"""Who speaks in what is to be grown: whoever's turn it is, or the person whatever happens."""

_ENDINGS = ("eos", "stop")


@dataclass(frozen=True, slots=True)
class Turn:
    """Nodes in a row that one speaker said together."""

    role: ChatRole
    nodes: tuple[Node, ...]

    @property
    def finished(self) -> bool:
        """Whether it came to its own end.

        What a person wrote is whole, unless they began an answer in the model's place.
        """
        last = self.nodes[-1]
        if last.written:
            return self.role != "assistant"
        return last.finish in _ENDINGS


def turns_of(path: Sequence[Node]) -> tuple[Turn, ...]:
    """The turns of a path. Plain text belongs to the turn it stands in, at first to the person's.

    Plain text is what a session holds that was (or is for a while) no chat.
    """
    turns: list[tuple[ChatRole, list[Node]]] = []
    for node in path:
        role = node.role
        if role == "text":
            role = turns[-1][0] if turns else "user"
        if turns and turns[-1][0] == role:
            turns[-1][1].append(node)
        else:
            turns.append((role, [node]))
    return tuple(Turn(role, tuple(nodes)) for role, nodes in turns)


def next_role(turns: Sequence[Turn], speaker: Speaker = "next") -> ChatRole:
    """Who speaks after these turns, or goes on with the last of them."""
    if speaker == "user" or not turns or turns[-1].role == "system":
        return "user"
    last = turns[-1]
    if last.finished:
        return "user" if last.role == "assistant" else "assistant"
    return last.role

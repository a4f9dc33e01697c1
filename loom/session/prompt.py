"""A path of the tree as a prompt: in plain text the text itself, in a chat the model's template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from loom.engine.request import PromptPart, TextPart, TokensPart
from loom.errors import LoomError
from loom.models.chat_template import (
    ChatRole,
    ChatTemplate,
    Content,
    Markup,
    render_for_answer,
    render_open_turn,
)
from loom.tree.node import Node


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the engine is to read; `node_ids[i]` is the written node that part i is the text of.

    It is None where reading the part tells nothing new about a node.
    """

    parts: tuple[PromptPart, ...]
    node_ids: tuple[str | None, ...]


def plain_prompt(path: Sequence[Node], fingerprint: str) -> Prompt:
    """The path's text for the model of that fingerprint, its own tokens used again."""
    return _prompt([_part(node, fingerprint) for node in path])


def chat_prompt(path: Sequence[Node], fingerprint: str, template: ChatTemplate) -> Prompt:
    """The path's turns in the model's template, ready for an answer.

    An unfinished answer at the end is left open to be continued. LoomError if it is the
    person's turn; ChatTemplateError if the template cannot be rendered.
    """
    turns = [list(nodes) for _, nodes in groupby(path, key=lambda node: node.role)]
    roles = [_chat_role(nodes[0]) for nodes in turns]
    if roles[-1] == "assistant" and path[-1].finish == "eos":
        raise LoomError(
            "It is your turn: the answer is finished.", "Press i to write, or r for other answers."
        )
    if roles[-1] == "system":
        raise LoomError("There is no message to answer yet.", "Press i to write one.")
    render = render_open_turn if roles[-1] == "assistant" else render_for_answer
    parts: list[tuple[PromptPart, str | None]] = []
    for piece in render(template, roles):
        match piece:
            case Markup(text):
                parts.append((TextPart(text.encode(), special=True), None))
            case Content(index):
                parts += [_part(node, fingerprint) for node in turns[index]]
    return _prompt(parts)


def _chat_role(node: Node) -> ChatRole:
    return "user" if node.role == "text" else node.role


def _prompt(parts: Sequence[tuple[PromptPart, str | None]]) -> Prompt:
    return Prompt(tuple(part for part, _ in parts), tuple(node_id for _, node_id in parts))


def _part(node: Node, fingerprint: str) -> tuple[PromptPart, str | None]:
    if node.token_ids is not None and node.token_model == fingerprint:
        return TokensPart(_text_ids(node)), None
    return TextPart(node.text), node.id if node.written else None


def _text_ids(node: Node) -> tuple[int, ...]:
    """The node's tokens without the one that ended it: what comes next goes on from the text."""
    assert node.token_ids is not None
    ended = node.finish == "eos" and node.piece_sizes and node.piece_sizes[-1] == 0
    return node.token_ids[:-1] if ended else node.token_ids

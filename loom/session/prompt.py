"""A path of the tree as a prompt: in plain text the text itself, in a chat the model's template."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from loom.engine.request import PromptPart, TextPart, TokensPart
from loom.models.chat_template import (
    ChatTemplate,
    Content,
    Markup,
    Part,
    Render,
    render_for_answer,
    render_for_user,
    render_open_turn,
    thought_opening,
)
from loom.records.template_use import TemplateUse
from loom.session.turns import Speaker, Turn, next_role, turns_of
from loom.tree.events import Role
from loom.tree.node import Node

_BETWEEN_TURNS = TextPart(b"\n\n")


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the engine is to read; `node_ids[i]` is the node that part i is the text of.

    It is None where reading the part tells nothing new about a node. `sources[i]` is the node that
    part i comes from, None for words of the template. `role` is that of what is grown from it.
    `template` says how a chat was arranged, None for plain text.
    """

    parts: tuple[PromptPart, ...]
    node_ids: tuple[str | None, ...]
    sources: tuple[str | None, ...]
    role: Role
    template: TemplateUse | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """The model that is to read a prompt.

    Its own tokens of a text, known by `fingerprint`, are used again. `always_tokens` are names of
    special tokens that it takes for those in any text; they are kept apart.
    """

    fingerprint: str
    always_tokens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Piece:
    """One part of a prompt, with what `Prompt` says of it."""

    part: PromptPart
    node_id: str | None = None
    source: str | None = None


def plain_prompt(path: Sequence[Node], reader: Reader) -> Prompt:
    """The path's text; turns that a chat left there stand apart by an empty line."""
    pieces = _pieces(path[0], reader)
    for before, node in pairwise(path):
        if before.role != node.role:
            pieces.append(_Piece(_BETWEEN_TURNS))
        pieces += _pieces(node, reader)
    return _prompt(pieces, "text")


def chat_prompt(
    path: Sequence[Node],
    reader: Reader,
    template: ChatTemplate,
    render: Render,
    speaker: Speaker = "next",
) -> Prompt:
    """The path's turns in a template, up to where the one whose turn it is goes on.

    After a message an answer begins, after a finished answer the person's next message; an
    unfinished turn is left open to be continued. With `speaker` "user" the person goes on whatever
    came last. ChatTemplateError if the template cannot be rendered so.
    """
    turns = turns_of(path)
    role = next_role(turns, speaker)
    pieces: list[_Piece] = []
    for part in _reopened(_arranged(turns, role, template, render), turns, template, render):
        match part:
            case Markup(text):
                pieces.append(_Piece(TextPart(text.encode(), special=True)))
            case Content(index):
                pieces += [p for node in turns[index].nodes for p in _pieces(node, reader)]
    return _prompt(pieces, role, TemplateUse(template.name, template.sha256))


def _arranged(
    turns: Sequence[Turn], role: Role, template: ChatTemplate, render: Render
) -> tuple[Part, ...]:
    roles = [turn.role for turn in turns]
    if role == roles[-1]:
        return render_open_turn(template, roles, render)
    if role == "user":
        return render_for_user(template, roles, render)
    return render_for_answer(template, roles, render)


def _reopened(
    parts: Sequence[Part], turns: Sequence[Turn], template: ChatTemplate, render: Render
) -> tuple[Part, ...]:
    """The parts with the thoughts that the template opened for earlier answers opened again."""
    answers = [
        place
        for place, part in enumerate(parts[:-1])
        if isinstance(part, Content)
        and turns[part.index].role == "assistant"
        and b"</" in _text(turns[part.index])
    ]
    opening = thought_opening(template, render) if answers else None
    if opening is None:
        return tuple(parts)
    reopened = list(parts)
    for place in answers:
        before, content = parts[place - 1], parts[place]
        assert isinstance(content, Content)
        if isinstance(before, Markup) and opening.is_closed_by(_text(turns[content.index])):
            reopened[place - 1] = Markup(opening.put_before(before.text))
    return tuple(reopened)


def _text(turn: Turn) -> bytes:
    return b"".join(node.text for node in turn.nodes)


def _prompt(pieces: Sequence[_Piece], role: Role, template: TemplateUse | None = None) -> Prompt:
    return Prompt(
        tuple(piece.part for piece in pieces),
        tuple(piece.node_id for piece in pieces),
        tuple(piece.source for piece in pieces),
        role,
        template,
    )


def _pieces(node: Node, reader: Reader) -> list[_Piece]:
    if node.token_ids is not None and node.token_model == reader.fingerprint:
        return [_Piece(TokensPart(_text_ids(node)), None, node.id)]
    texts = [node.text] if node.special else _kept_apart(node.text, reader.always_tokens)
    # Not recorded but read anew each time: a text in several parts, and one that may spell out the
    # beginning token, which must not come twice.
    whole = node.read_as_text and len(texts) == 1 and not node.special
    node_id = node.id if whole else None
    return [_Piece(TextPart(text, node.special), node_id, node.id) for text in texts]


def _text_ids(node: Node) -> tuple[int, ...]:
    """The node's tokens without the one that ended it: what comes next goes on from the text."""
    assert node.token_ids is not None
    ended = node.finish == "eos" and node.piece_sizes and node.piece_sizes[-1] == 0
    return node.token_ids[:-1] if ended else node.token_ids


def _kept_apart(text: bytes, names: Sequence[str]) -> list[bytes]:
    """The text cut behind the first character of each name, so that no part holds one."""
    if not names:
        return [text]
    found = re.compile(b"|".join(re.escape(name.encode()) for name in names))
    texts = []
    start = 0
    while (match := found.search(text, start)) is not None:
        cut = match.start() + 1
        texts.append(text[start:cut])
        start = cut
    return [*texts, text[start:]]

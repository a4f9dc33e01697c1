"""Turns of a chat as a model's template arranges them, with the contents kept apart.

A template is rendered with a private stand-in for each content and cut where they come back. So
its own text may name special tokens, while what a person or a model wrote stays text, verbatim,
and can be the very tokens it was before. It also means that a template cannot look into contents:
one that would trim them or take out thoughts does not.
"""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from loom.errors import ChatTemplateError
from loom.models.gguf_file import GgufMetadata
from loom.models.template_sandbox import render

ChatRole = Literal["system", "user", "assistant"]
_PLAIN_TEXT = "Use plain text with this model, or another template."


@dataclass(frozen=True, slots=True)
class ChatTemplate:
    """A template and the texts of the beginning and end tokens, which it may spell out.

    A template that writes `bos_text` means it: nothing should add a beginning token again.
    """

    source: str
    bos_text: str = ""
    eos_text: str = ""


@dataclass(frozen=True, slots=True)
class Markup:
    """Text of the template, in which the names of special tokens are those tokens."""

    text: str


@dataclass(frozen=True, slots=True)
class Content:
    """The place of a message's content, by its number from 0."""

    index: int


Part = Markup | Content


def chat_template_of(metadata: GgufMetadata) -> ChatTemplate:
    """The template in a model's file; ChatTemplateError if there is none."""
    if metadata.chat_template is None:
        raise ChatTemplateError(f"{metadata.name} brings no chat template.", _PLAIN_TEXT)
    return ChatTemplate(metadata.chat_template, metadata.bos_text, metadata.eos_text)


def render_for_answer(template: ChatTemplate, roles: Sequence[ChatRole]) -> tuple[Part, ...]:
    """A chat up to where the model's answer begins; `roles` says who wrote each message.

    Each message has its Content once, mostly in order, though a template may move the system's.
    Raises ChatTemplateError if the template is broken, refuses these roles, or drops or repeats a
    message.
    """
    return _rendered(template, roles, add_generation_prompt=True)


def render_open_turn(template: ChatTemplate, roles: Sequence[ChatRole]) -> tuple[Part, ...]:
    """A chat whose last message is unfinished: it ends with that message's Content.

    An unfinished answer comes after the very words it was begun after, as `render_for_answer` has
    them; many templates write a finished answer differently. Raises ChatTemplateError as
    `render_for_answer` does, and if the template puts another message after the last.
    """
    last = Content(len(roles) - 1)
    if roles[-1] == "assistant":
        return (*render_for_answer(template, roles[:-1]), last)
    parts = _rendered(template, roles, add_generation_prompt=False)
    cut = parts.index(last) + 1
    if any(isinstance(part, Content) for part in parts[cut:]):
        raise ChatTemplateError(
            "The chat template does not put the last message last, so it cannot be continued.",
            "Grow an answer instead, or use plain text.",
        )
    return parts[:cut]


def _rendered(
    template: ChatTemplate, roles: Sequence[ChatRole], *, add_generation_prompt: bool
) -> tuple[Part, ...]:
    # Digits, because templates may change case and trim; unguessable, because contents of other
    # messages and the template's own text must never be taken for it.
    secret = f"{secrets.randbits(128):039d}"
    text = render(
        template.source,
        messages=[
            {"role": role, "content": f"{secret}{index:06d}"} for index, role in enumerate(roles)
        ],
        add_generation_prompt=add_generation_prompt,
        bos_token=template.bos_text,
        eos_token=template.eos_text,
        tools=None,
        documents=None,
    )
    pieces = re.split(rf"{secret}(\d{{6}})", text)
    _check_complete([int(number) for number in pieces[1::2]], roles)
    parts = [
        Content(int(piece)) if place % 2 else Markup(piece)
        for place, piece in enumerate(pieces)
        if piece
    ]
    return tuple(parts)


def _check_complete(found: list[int], roles: Sequence[ChatRole]) -> None:
    times = Counter(found)
    for index, role in enumerate(roles):
        if times[index] != 1:
            does = "repeats" if times[index] else "leaves out"
            raise ChatTemplateError(
                f"The chat template {does} message {index + 1} of {len(roles)} ({role}).",
                _PLAIN_TEXT,
            )

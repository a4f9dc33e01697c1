"""Turns of a chat as a model's template arranges them, with the contents kept apart.

A template is rendered with a private stand-in for each content and cut where they come back. So
its own text may name special tokens, while what a person or a model wrote stays text, verbatim,
and can be the very tokens it was before. It also means that a template cannot look into contents:
one that would trim them or take out thoughts does not.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product, takewhile
from typing import TYPE_CHECKING, Literal

from loom.errors import ChatTemplateError
from loom.models.template_arrangements import Message, arrangements
from loom.models.template_failure import USE_ANOTHER, TemplateFailedError

if TYPE_CHECKING:
    from loom.models.gguf_file import GgufMetadata

ChatRole = Literal["system", "user", "assistant"]
Render = Callable[[str, Mapping[str, object]], str]
"""Renders a template's source with variables, as `TemplateProcess.render` does."""

_TOOLS: tuple[Mapping[str, object], ...] = (
    # As transformers calls a template without tools; then for those that take some for granted.
    {"tools": None, "documents": None},
    {"tools": [], "documents": [], "functions": "[]", "datetime": ""},
)
_OPENED_THOUGHT = re.compile(r"<([\w:-]+)>\s*\Z")


@dataclass(frozen=True, slots=True)
class ChatTemplate:
    """A template and the texts of the beginning and end tokens, which it may spell out.

    `name` is that of a named template, None for the one in the model's file. A template that
    writes `bos_text` means it: nothing should add a beginning token again.
    """

    source: str
    bos_text: str = ""
    eos_text: str = ""
    name: str | None = None

    @property
    def sha256(self) -> str:
        """A hash of the source, in hex, for what is recorded."""
        return hashlib.sha256(self.source.encode("utf-8", "surrogatepass")).hexdigest()


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
        raise ChatTemplateError(f"{metadata.name} brings no chat template.", USE_ANOTHER)
    return ChatTemplate(metadata.chat_template, metadata.bos_text, metadata.eos_text)


def render_for_answer(
    template: ChatTemplate, roles: Sequence[ChatRole], render: Render
) -> tuple[Part, ...]:
    """A chat up to where the model's answer begins; `roles` says who wrote each message.

    Each message has its Content once, mostly in order, though a template may move the system's.
    What a template refuses is tried in another arrangement (see `arrangements`). Raises
    ChatTemplateError if it is broken, refuses these roles in all of them, or drops or repeats a
    message.
    """
    return _rendered(template, roles, render, add_generation_prompt=True)


def render_open_turn(
    template: ChatTemplate, roles: Sequence[ChatRole], render: Render
) -> tuple[Part, ...]:
    """A chat whose last message is unfinished: it ends with that message's Content.

    An unfinished answer comes after the very words it was begun after, as `render_for_answer` has
    them; many templates write a finished answer differently. Raises ChatTemplateError as
    `render_for_answer` does, and if the template puts another message after the last.
    """
    last = Content(len(roles) - 1)
    if roles[-1] == "assistant":
        return (*render_for_answer(template, roles[:-1], render), last)
    parts = _rendered(template, roles, render, add_generation_prompt=False)
    cut = parts.index(last) + 1
    if any(isinstance(part, Content) for part in parts[cut:]):
        raise ChatTemplateError(
            "The chat template does not put the last message last, so it cannot be continued.",
            "Grow an answer instead, or use plain text.",
        )
    return parts[:cut]


def render_for_user(
    template: ChatTemplate, roles: Sequence[ChatRole], render: Render
) -> tuple[Part, ...]:
    """A chat up to where the person's next message begins, for a model to write it.

    Raises ChatTemplateError as `render_open_turn` does.
    """
    return render_open_turn(template, [*roles, "user"], render)[:-1]


@dataclass(frozen=True, slots=True)
class ThoughtOpening:
    """A template opens a thought (<`tag`>) where an answer begins, and not before a finished one.

    There an answer that closes the thought would close one that was never opened, so it gets
    `begun` in front of it in the place of `finished`.
    """

    tag: str
    begun: str
    finished: str

    def is_closed_by(self, answer: bytes) -> bool:
        """Whether an answer ends the thought, and has not begun it itself."""
        before, closed, _ = answer.partition(f"</{self.tag}>".encode())
        return bool(closed) and f"<{self.tag}>".encode() not in before

    def put_before(self, markup: str) -> str:
        """The markup in front of a finished answer, as it was when the answer was begun."""
        if not markup.endswith(self.finished):
            return markup
        return markup.removesuffix(self.finished) + self.begun


def thought_opening(template: ChatTemplate, render: Render) -> ThoughtOpening | None:
    """What a template opens where an answer begins; None if it opens nothing."""
    begun = _after_first(render_for_answer(template, ["user"], render))
    tag = _OPENED_THOUGHT.search(begun)
    if tag is None:
        return None
    asked = ["user", "assistant", "user"]
    finished = _after_first(_rendered(template, asked, render, add_generation_prompt=False))
    if begun == finished:
        return None
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(begun, finished, strict=False))
    n_alike = sum(1 for _ in pairs)
    return ThoughtOpening(tag[1], begun[n_alike:], finished[n_alike:])


def _after_first(parts: Sequence[Part]) -> str:
    after = parts[parts.index(Content(0)) + 1 :]
    return after[0].text if after and isinstance(after[0], Markup) else ""


def _rendered(
    template: ChatTemplate,
    roles: Sequence[str],
    render: Render,
    *,
    add_generation_prompt: bool,
) -> tuple[Part, ...]:
    """The first arrangement that the template takes; if it takes none, what it said to the plain.

    What is no matter of arrangement (a template that spins, or is broken) is raised at once.
    """
    first: TemplateFailedError | None = None
    for messages, tools in product(arrangements(roles), _TOOLS):
        variables = {**tools, "add_generation_prompt": add_generation_prompt}
        try:
            return _attempt(template, roles, messages, variables, render)
        except TemplateFailedError as error:
            first = first or error
    assert first is not None
    raise first


def _attempt(
    template: ChatTemplate,
    roles: Sequence[str],
    messages: Sequence[Message],
    variables: Mapping[str, object],
    render: Render,
) -> tuple[Part, ...]:
    # Digits, because templates may change case and trim; unguessable, because contents of other
    # messages and the template's own text must never be taken for it.
    secret = f"{secrets.randbits(128):039d}"
    spelled = [
        {
            "role": message.role,
            "content": "\n\n".join(f"{secret}{index:06d}" for index in message.contents),
        }
        for message in messages
    ]
    text = render(
        template.source,
        {
            **variables,
            "messages": spelled,
            "bos_token": template.bos_text,
            "eos_token": template.eos_text,
        },
    )
    pieces = re.split(rf"{secret}(\d{{6}})", text)
    _check_complete([int(number) for number in pieces[1::2]], roles)
    return tuple(
        Content(int(piece)) if place % 2 else Markup(piece)
        for place, piece in enumerate(pieces)
        if piece
    )


def _check_complete(found: list[int], roles: Sequence[str]) -> None:
    times = Counter(found)
    for index, role in enumerate(roles):
        if times[index] != 1:
            does = "repeats" if times[index] else "leaves out"
            raise TemplateFailedError(
                f"The chat template {does} message {index + 1} of {len(roles)} ({role}).",
                USE_ANOTHER,
            )

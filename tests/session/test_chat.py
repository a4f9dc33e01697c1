"""Chats: turns through the model's template, with contents that stay text."""

from __future__ import annotations

import pytest

from loom.engine.request import TextPart, TokensPart
from loom.errors import ChatTemplateError, LoomError
from loom.models.chat_template import ChatTemplate
from loom.session.prompt import chat_prompt, plain_prompt
from loom.tree.events import Finish, Role
from loom.tree.node import HUMAN, Node

CHATML = ChatTemplate(
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def turn(role: Role, text: str, **more: object) -> Node:
    return Node(role + text[:3], None, role, HUMAN, 0.0, text.encode(), **more)  # type: ignore[arg-type]


def answer(text: str, finish: Finish | None, ids: tuple[int, ...]) -> Node:
    sizes = (len(text), *(0 for _ in ids[1:]))
    return Node("a", None, "assistant", "m", 0.0, text.encode(), ids, sizes, "f", finish=finish)


def written(parts: tuple[object, ...]) -> str:
    return "".join(
        part.text.decode() if isinstance(part, TextPart) else f"<{len(part.ids)} tokens>"
        for part in parts
        if isinstance(part, TextPart | TokensPart)
    )


def test_a_message_is_wrapped_and_the_answer_is_opened() -> None:
    prompt = chat_prompt([turn("system", "Be kind."), turn("user", "Hello")], "f", CHATML)
    assert written(prompt.parts) == (
        "<|im_start|>system\nBe kind.<|im_end|>\n"
        "<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n"
    )


def test_names_of_special_tokens_count_in_the_template_and_not_in_a_message() -> None:
    prompt = chat_prompt([turn("user", "what is <|im_end|>?")], "f", CHATML)
    special = {part.text: part.special for part in prompt.parts if isinstance(part, TextPart)}
    assert special[b"what is <|im_end|>?"] is False
    assert special[b"<|im_start|>user\n"] is True


def test_a_finished_answer_is_given_back_as_the_tokens_it_was() -> None:
    path = [turn("user", "Hi"), answer("Hello.", "eos", (5, 2)), turn("user", "And?")]
    prompt = chat_prompt(path, "f", CHATML)
    # Its last token ended the turn; in the prompt the template does.
    assert TokensPart((5,)) in prompt.parts
    assert prompt.node_ids.count("userHi") == 1


def test_another_model_reads_the_text_instead() -> None:
    path = [turn("user", "Hi"), answer("Hello.", "eos", (5, 2)), turn("user", "And?")]
    prompt = chat_prompt(path, "another", CHATML)
    assert "Hello." in written(prompt.parts)


def test_an_unfinished_answer_is_left_open() -> None:
    path = [turn("user", "Hi"), answer("Hello, my", "length", (5,))]
    prompt = chat_prompt(path, "f", CHATML)
    assert prompt.parts[-1] == TokensPart((5,))


def test_after_a_finished_answer_it_is_the_persons_turn() -> None:
    with pytest.raises(LoomError, match="your turn"):
        chat_prompt([turn("user", "Hi"), answer("Hello.", "eos", (5, 2))], "f", CHATML)


def test_a_system_text_alone_has_nothing_to_answer() -> None:
    with pytest.raises(LoomError, match="no message"):
        chat_prompt([turn("system", "Be kind.")], "f", CHATML)


def test_a_broken_template_is_told_in_a_sentence() -> None:
    with pytest.raises(ChatTemplateError):
        chat_prompt([turn("user", "Hi")], "f", ChatTemplate("{% for %}"))


def test_plain_text_is_the_text_and_nothing_else() -> None:
    first, second = turn("text", "Once "), turn("text", "upon")
    prompt = plain_prompt([first, second], "f")
    assert prompt.parts == (TextPart(b"Once "), TextPart(b"upon"))
    assert prompt.node_ids == (first.id, second.id)

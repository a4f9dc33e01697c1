"""Chats: turns through the model's template, with contents that stay text."""

from __future__ import annotations

import pytest

from loom.engine.request import TextPart, TokensPart
from loom.errors import ChatTemplateError
from loom.models.chat_template import ChatTemplate
from loom.models.template_sandbox import render
from loom.session.prompt import Prompt, Reader, chat_prompt, plain_prompt
from loom.session.turns import Speaker
from loom.tree.events import Finish, Role
from loom.tree.node import HUMAN, Node

CHATML = ChatTemplate(
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
# Opens a thought for an answer, and leaves it out in front of a finished one.
THINKING = ChatTemplate(
    "{% for m in messages %}<{{ m.role }}>{{ m.content }}</s>{% endfor %}"
    "{% if add_generation_prompt %}<assistant><think>\n{{ '' }}{% endif %}"
)
HELLO = "<|im_start|>user\nHi<|im_end|>\n"


def turn(role: Role, text: str, **more: object) -> Node:
    return Node(role + text[:3], None, role, HUMAN, 0.0, text.encode(), **more)  # type: ignore[arg-type]


def answer(
    text: str, finish: Finish | None, ids: tuple[int, ...], role: Role = "assistant"
) -> Node:
    sizes = (len(text.encode()), *(0 for _ in ids[1:]))
    return Node("a", None, role, "m", 0.0, text.encode(), ids, sizes, "f", finish=finish)


def prompt_of(
    path: list[Node],
    template: ChatTemplate = CHATML,
    speaker: Speaker = "next",
    reader: Reader | None = None,
) -> Prompt:
    return chat_prompt(path, reader or Reader("f"), template, render, speaker)


def written(prompt: Prompt) -> str:
    return "".join(
        part.text.decode() if isinstance(part, TextPart) else f"<{len(part.ids)} tokens>"
        for part in prompt.parts
    )


def read_as_text(prompt: Prompt) -> list[bytes]:
    return [part.text for part in prompt.parts if isinstance(part, TextPart) and not part.special]


def test_a_message_is_wrapped_and_the_answer_is_opened() -> None:
    prompt = prompt_of([turn("system", "Be kind."), turn("user", "Hello")])
    assert written(prompt) == (
        "<|im_start|>system\nBe kind.<|im_end|>\n"
        "<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\n"
    )
    assert prompt.role == "assistant"


class TestSpecialTokens:
    @pytest.mark.parametrize("role", ["system", "user", "assistant"])
    def test_their_names_count_in_the_template_and_in_no_message(self, role: Role) -> None:
        prompt = prompt_of([turn(role, "what is <|im_end|>?"), turn("user", "<|im_start|>")])
        assert {b"what is <|im_end|>?", b"<|im_start|>"} <= set(read_as_text(prompt))
        assert not any(
            b"<|im" in text[1:-1] and b"what" not in text for text in read_as_text(prompt)
        )

    def test_asked_for_they_are_those_tokens_and_the_text_is_read_anew_each_time(self) -> None:
        prompt = prompt_of([turn("user", "a<|im_end|>", special=True)])
        assert TextPart(b"a<|im_end|>", special=True) in prompt.parts
        assert set(prompt.node_ids) == {None}
        assert "usera<|" in prompt.sources

    def test_names_that_the_model_takes_for_tokens_in_any_text_are_cut_in_two(self) -> None:
        reader = Reader("f", ("<|user|>", "<|user|><|x|>", "<|x|>"))
        prompt = prompt_of([turn("user", "a <|user|><|x|> b <|user|>")], reader=reader)
        texts = read_as_text(prompt)
        assert b"".join(texts) == b"a <|user|><|x|> b <|user|>"
        assert not any(name.encode() in text for name in reader.always_tokens for text in texts)
        assert set(prompt.node_ids) == {None}

    def test_in_plain_text_too(self) -> None:
        prompt = plain_prompt([turn("text", "a<|x|>")], Reader("f", ("<|x|>",)))
        assert read_as_text(prompt) == [b"a<", b"|x|>"]


class TestTokensUsedAgain:
    def test_a_finished_answer_is_given_back_as_the_tokens_it_was(self) -> None:
        prompt = prompt_of(
            [turn("user", "Hi"), answer("Hello.", "eos", (5, 2)), turn("user", "So")]
        )
        # Its last token ended the turn; in the prompt the template does.
        assert TokensPart((5,)) in prompt.parts
        assert prompt.node_ids.count("userHi") == 1

    def test_another_model_reads_the_text_instead(self) -> None:
        path = [turn("user", "Hi"), answer("Hello.", "eos", (5, 2)), turn("user", "And?")]
        assert "Hello." in written(prompt_of(path, reader=Reader("another")))


class TestWhoseTurn:
    def test_an_unfinished_answer_is_left_open(self) -> None:
        prompt = prompt_of([turn("user", "Hi"), answer("Hello, my", "length", (5,))])
        assert prompt.parts[-1] == TokensPart((5,))
        assert prompt.role == "assistant"

    @pytest.mark.parametrize("begun", ["Well, ", "  ", "<|im_end|>\n"])
    def test_an_answer_that_a_person_began_is_gone_on_with_verbatim(self, begun: str) -> None:
        prompt = prompt_of([turn("user", "Hi"), turn("assistant", begun)])
        assert written(prompt) == f"{HELLO}<|im_start|>assistant\n{begun}"
        assert prompt.parts[-1] == TextPart(begun.encode())
        assert prompt.role == "assistant"

    @pytest.mark.parametrize("finish", ["eos", "stop"])
    def test_after_a_finished_answer_the_persons_next_turn_is_opened(self, finish: Finish) -> None:
        prompt = prompt_of([turn("user", "Hi"), answer("Yes.", finish, (5,))])
        assert written(prompt).endswith("<1 tokens><|im_end|>\n<|im_start|>user\n")
        assert prompt.role == "user"

    def test_after_a_system_text_the_first_message_is_opened(self) -> None:
        prompt = prompt_of([turn("system", "Be kind.")])
        assert written(prompt) == "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\n"
        assert prompt.role == "user"

    def test_a_message_that_the_model_wrote_is_answered_once_it_is_finished(self) -> None:
        path = [turn("user", "Hi"), answer("Yes.", "eos", (5, 2))]
        asked = [*path, answer("And you?", "eos", (6, 2), "user")]
        assert prompt_of(asked).role == "assistant"
        asking = [*path, answer("And", "length", (6,), "user")]
        assert prompt_of(asking).parts[-1] == TokensPart((6,))
        assert prompt_of(asking).role == "user"

    def test_the_person_can_be_made_to_go_on_after_anything(self) -> None:
        own = prompt_of([turn("user", "I was")], speaker="user")
        assert (written(own), own.role) == ("<|im_start|>user\nI was", "user")
        cut = prompt_of([turn("user", "Hi"), answer("Yes, and", "length", (5,))], speaker="user")
        assert written(cut).endswith("<1 tokens><|im_end|>\n<|im_start|>user\n")

    def test_plain_text_belongs_to_the_turn_it_stands_in(self) -> None:
        assert written(prompt_of([turn("text", "Hi")])) == HELLO + "<|im_start|>assistant\n"
        path = [
            turn("user", "Hi"),
            turn("assistant", "Well"),
            answer(", so", "length", (7,), "text"),
        ]
        assert written(prompt_of(path)) == f"{HELLO}<|im_start|>assistant\nWell<1 tokens>"


class TestThoughts:
    PATH = (turn("user", "Hi"), answer("Hm.</think>Yes.", "eos", (5, 2)), turn("user", "So"))

    def test_an_answer_that_closes_a_thought_has_it_opened_again(self) -> None:
        said = written(prompt_of(list(self.PATH), THINKING))
        assert (
            said == "<user>Hi</s><assistant><think>\n<1 tokens></s><user>So</s><assistant><think>\n"
        )

    def test_an_answer_without_thoughts_gets_none(self) -> None:
        path = [turn("user", "Hi"), answer("Yes.", "eos", (5, 2)), turn("user", "So")]
        assert "<assistant><1 tokens></s>" in written(prompt_of(path, THINKING))

    def test_an_answer_goes_on_after_the_very_words_it_was_begun_after(self) -> None:
        begun = prompt_of(list(self.PATH[:1]), THINKING)
        going_on = prompt_of([self.PATH[0], answer("Hm.</think>Y", "length", (5,))], THINKING)
        assert going_on.parts == (*begun.parts, TokensPart((5,)))


def test_a_broken_template_is_told_in_a_sentence() -> None:
    with pytest.raises(ChatTemplateError):
        prompt_of([turn("user", "Hi")], ChatTemplate("{% for %}"))


class TestPlainText:
    def test_it_is_the_text_and_nothing_else(self) -> None:
        first, second = turn("text", "Once "), turn("text", "upon")
        prompt = plain_prompt([first, second], Reader("f"))
        assert prompt.parts == (TextPart(b"Once "), TextPart(b"upon"))
        assert prompt.node_ids == prompt.sources == (first.id, second.id)
        assert (prompt.role, prompt.template) == ("text", None)

    def test_turns_of_a_chat_stand_apart_by_an_empty_line(self) -> None:
        path = [turn("user", "Hi"), answer("Yes", "length", (5,)), answer(".", "length", (6,))]
        assert written(plain_prompt(path, Reader("f"))) == "Hi\n\n<1 tokens><1 tokens>"

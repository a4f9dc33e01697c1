"""Templates arrange turns; contents stay apart from them, and bad templates do no harm."""

from __future__ import annotations

import dataclasses
import re
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loom.errors import ChatTemplateError
from loom.models.chat_template import (
    ChatRole,
    ChatTemplate,
    Content,
    Markup,
    chat_template_of,
    render_for_answer,
    render_for_user,
    render_open_turn,
    thought_opening,
)
from loom.models.gguf_file import read_metadata
from loom.models.template_sandbox import render

from .vocabularies import write_vocabulary

CHATML = ChatTemplate(
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
LLAMA3 = ChatTemplate(
    "{{- bos_token }}\n"
    "{%- for message in messages %}\n"
    "    {{- '<|start_header_id|>' ~ message.role ~ '<|end_header_id|>\n\n' }}\n"
    "    {{- message.content | trim ~ '<|eot_id|>' }}\n"
    "{%- endfor %}\n"
    "{%- if add_generation_prompt %}\n"
    "    {{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}\n"
    "{%- endif %}",
    bos_text="<|begin_of_text|>",
)
# The system message goes into the last user message, and odd roles are refused.
MISTRAL = ChatTemplate(
    "{%- if messages[0].role == 'system' %}"
    "{%- set system = messages[0].content %}{%- set turns = messages[1:] %}"
    "{%- else %}{%- set turns = messages %}{%- endif %}"
    "{{- bos_token }}"
    "{%- for turn in turns %}"
    "{%- if (turn.role == 'user') != (loop.index0 % 2 == 0) %}"
    "{{- raise_exception('roles must alternate') }}{%- endif %}"
    "{%- if turn.role == 'user' %}"
    "{%- if loop.last and system is defined %}{{- '[INST]' + system + '\n\n' + turn.content }}"
    "{%- else %}{{- '[INST]' + turn.content }}{%- endif %}{{- '[/INST]' }}"
    "{%- else %}{{- ' ' + turn.content + eos_token }}{%- endif %}"
    "{%- endfor %}",
    bos_text="<s>",
    eos_text="</s>",
)
DIALOGUE: list[ChatRole] = ["system", "user", "assistant", "user"]


def spelled(parts: tuple[Markup | Content, ...]) -> str:
    """Parts as one text, contents by their number."""
    return "".join(part.text if isinstance(part, Markup) else f"({part.index})" for part in parts)


def test_chatml() -> None:
    parts = render_for_answer(CHATML, ["system", "user"], render)
    assert parts == (
        Markup("<|im_start|>system\n"),
        Content(0),
        Markup("<|im_end|>\n<|im_start|>user\n"),
        Content(1),
        Markup("<|im_end|>\n<|im_start|>assistant\n"),
    )


def test_llama_3() -> None:
    assert spelled(render_for_answer(LLAMA3, ["user"], render)) == (
        "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n(0)<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n"
    )


def test_a_template_may_move_the_system_message() -> None:
    assert spelled(render_for_answer(MISTRAL, DIALOGUE, render)) == (
        "<s>[INST](1)[/INST] (2)</s>[INST](0)\n\n(3)[/INST]"
    )


def test_an_unfinished_answer_follows_the_words_it_was_begun_after() -> None:
    for template in (CHATML, LLAMA3, MISTRAL):
        before = render_for_answer(template, DIALOGUE, render)
        assert render_open_turn(template, [*DIALOGUE, "assistant"], render) == (*before, Content(4))


def test_an_unfinished_message_of_the_user_ends_the_text() -> None:
    assert spelled(render_open_turn(CHATML, ["user"], render)) == "<|im_start|>user\n(0)"
    assert spelled(render_open_turn(MISTRAL, DIALOGUE, render)).endswith("[INST](0)\n\n(3)")


def test_what_follows_the_last_message_cannot_be_cut_away_if_it_is_a_message() -> None:
    backwards = ChatTemplate("{% for m in messages | reverse %}{{ m.content }} {% endfor %}")
    with pytest.raises(ChatTemplateError, match="last message last"):
        render_open_turn(backwards, ["user", "user"], render)


def test_the_model_may_write_the_persons_turn() -> None:
    answered: list[ChatRole] = [*DIALOGUE[1:], "assistant"]
    assert spelled(render_for_user(CHATML, ["user", "assistant"], render)) == (
        "<|im_start|>user\n(0)<|im_end|>\n<|im_start|>assistant\n(1)<|im_end|>\n<|im_start|>user\n"
    )
    assert spelled(render_for_user(MISTRAL, answered, render)) == (
        "<s>[INST](0)[/INST] (1)</s>[INST](2)[/INST] (3)</s>[INST]"
    )
    assert spelled(render_for_user(LLAMA3, [], render)) == (
        "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n"
    )


# As Gemma's: no system messages, and a person speaks first.
STRICT = ChatTemplate(
    "{%- if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}"
    "{%- endif %}{%- for m in messages %}"
    "{%- if (m.role == 'user') != (loop.index0 % 2 == 0) %}"
    "{{- raise_exception('Conversation roles must alternate') }}{%- endif %}"
    "{{- '<' + m.role + '>' + m.content + '</>' }}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<assistant>' }}{%- endif %}"
)


@pytest.mark.parametrize(
    ("roles", "arranged"),
    [
        (["system", "user"], "<user>(0)\n\n(1)</><assistant>"),
        (
            ["system", "user", "assistant", "user"],
            "<user>(0)\n\n(1)</><assistant>(2)</><user>(3)</><assistant>",
        ),
        (
            ["user", "assistant", "system", "user"],
            "<user>(0)</><assistant>(1)</><user>(2)\n\n(3)</><assistant>",
        ),
        (["assistant", "user"], "<user></><assistant>(0)</><user>(1)</><assistant>"),
        (["system", "assistant", "user"], "<user>(0)</><assistant>(1)</><user>(2)</><assistant>"),
        ([], "<user></><assistant>"),
    ],
)
def test_what_a_template_refuses_is_put_another_way(roles: list[ChatRole], arranged: str) -> None:
    assert spelled(render_for_answer(STRICT, roles, render)) == arranged


def test_a_system_text_that_a_template_leaves_out_goes_with_the_message() -> None:
    deaf = ChatTemplate(
        "{% for m in messages if m.role != 'system' %}[{{ m.content }}]{% endfor %}"
    )
    assert spelled(render_for_answer(deaf, ["system", "user"], render)) == "[(0)\n\n(1)]"


def test_templates_that_take_tools_for_granted_get_none() -> None:
    source = "{% for tool in tools %}{{ tool }}{% endfor %}{{ functions }}{{ messages[0].content }}"
    assert spelled(render_for_answer(ChatTemplate(source), ["user"], render)) == "[](0)"


def thinker(opening: str, before_finished: str) -> ChatTemplate:
    return ChatTemplate(
        "{%- for m in messages %}{{- '<|' + m.role + '|>' }}"
        f"{{%- if m.role == 'assistant' %}}{{{{- {before_finished!r} }}}}{{%- endif %}}"
        "{{- m.content }}{%- endfor %}"
        f"{{%- if add_generation_prompt %}}{{{{- '<|assistant|>' + {opening!r} }}}}{{%- endif %}}"
    )


@pytest.mark.parametrize("before_finished", ["", "<think></think>", "</think>"])
def test_a_thought_that_the_template_opened_is_known(before_finished: str) -> None:
    opening = thought_opening(thinker("<think>\n", before_finished), render)
    assert opening is not None
    assert opening.put_before("<|assistant|>" + before_finished) == "<|assistant|><think>\n"
    assert opening.is_closed_by(b"Hm.</think>Yes.")
    assert not opening.is_closed_by(b"<think>Hm.</think>Yes.")
    assert not opening.is_closed_by(b"Yes.")


@pytest.mark.parametrize(
    "template", [CHATML, LLAMA3, thinker("</think>", "</think>"), thinker("<think>", "<think>")]
)
def test_templates_that_open_no_thought_reopen_none(template: ChatTemplate) -> None:
    assert thought_opening(template, render) is None


@given(st.lists(st.sampled_from(["system", "user", "assistant"]), min_size=1, max_size=30))
def test_every_content_has_its_place(roles: list[ChatRole]) -> None:
    parts = render_for_answer(CHATML, roles, render)
    assert [part.index for part in parts if isinstance(part, Content)] == list(range(len(roles)))
    markup = "".join(part.text for part in parts if isinstance(part, Markup))
    assert re.findall(r"<\|im_start\|>(\w+)", markup) == [*roles, "assistant"]
    assert not re.search(r"\d", markup)


def test_a_template_that_changes_case_or_writes_digits_loses_no_content() -> None:
    template = ChatTemplate("{% for m in messages %}7{{ m.content | upper | trim }}7{% endfor %}")
    assert spelled(render_for_answer(template, ["user", "user"], render)) == "7(0)77(1)7"


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("{% for m in messages[1:] %}{{ m.content }}{% endfor %}", "leaves out"),
        ("{{ messages[0].content }}{{ messages[0].content }}{{ messages[1].content }}", "repeats"),
        ("{{ raise_exception('System role not supported') }}", "System role not supported"),
        ("{% for m in messages %}\n{{ m.content }", "broken in line 2"),
        ("{{ messages[9].content.x }}", "failed"),
        ("{{ missing() }}", "failed"),
        ("{{ 1 // 0 }}", "failed"),
        ("{{ messages | map('nosuchfilter') | list }}", "failed"),
        ("(" * 300_000, "300,000 characters"),
        ("{{" + "(" * 5_000 + "1" + ")" * 5_000 + "}}", "nested"),
    ],
)
def test_what_is_wrong_with_a_template_is_said(source: str, what: str) -> None:
    with pytest.raises(ChatTemplateError) as caught:
        render_for_answer(ChatTemplate(source), ["system", "user"], render)
    assert what in caught.value.what
    assert caught.value.remedy


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ messages.__init__.__globals__ }}",
        "{{ raise_exception.__globals__.os }}",
        "{{ messages.append(1) }}",
        "{{ messages[0].update(role='x') }}",
        "{{ '%s' | format(messages.__class__.__base__.__subclasses__()) }}",
        "{% include '/etc/passwd' %}",
        "{% for i in range(10 ** 4 + 1) %}x{% endfor %}",
        "{{ 'x' * 10 ** 9 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ 'x'.ljust(10 ** 3 * 10 ** 6) }}",
        "{{ 'x' | center(1000000000) }}",
        "{{ lipsum(n=100) }}",
        "{% for i in range(9999) %}{% for j in range(9999) %}xxxxxxxx{% endfor %}{% endfor %}",
        "{% set s = namespace(x='xx') %}"
        "{% for i in range(99) %}{% set s.x = s.x + s.x %}{% endfor %}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    ],
)
def test_a_hostile_template_gets_nowhere(source: str) -> None:
    with pytest.raises(ChatTemplateError):
        render(source + "<done>", {"messages": [{"role": "user", "content": "x"}]})


def test_templates_find_what_transformers_gives_them() -> None:
    source = (
        "{%- for key in ['a', 'b', 'c'] %}\n"
        "  {%- if key == 'b' %}{% continue %}{% endif %}\n"
        "  {%- generation %}{{ key }}{% endgeneration %}\n"
        "{%- endfor %}"
        "|{{ {'é': '<'} | tojson }}|{{ 2 * 3 + 1 }}{{ 'ab' * 2 }}|{{ tools is none }}"
        "|{{ strftime_now('%Y') | int > 2000 }}\n"
        "  {% if true %}\n"
        "line\n"
        "  {% endif %}\n"
    )
    assert render(source, {"tools": None}) == 'ac|{"é": "<"}|7abab|True|True\nline\n'


def test_the_date_is_todays() -> None:
    before = datetime.now().date()
    told = render("{{ strftime_now('%Y-%m-%d') }}", {})
    assert before <= datetime.strptime(told, "%Y-%m-%d").date() <= datetime.now().date()


def test_a_models_template_knows_the_models_tokens_by_name(tmp_path: Path) -> None:
    plain = read_metadata(write_vocabulary(tmp_path / "toy.gguf", pre="gpt-2"))
    with pytest.raises(ChatTemplateError, match="toy brings no chat template"):
        chat_template_of(plain)
    chatty = dataclasses.replace(plain, chat_template="{{ bos_token }}{{ messages[0].content }}")
    assert render_for_answer(chat_template_of(chatty), ["user"], render) == (
        Markup("<|end|>"),
        Content(0),
    )

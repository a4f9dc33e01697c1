"""Chat formats by name, for models whose file brings no template, a broken one, or the wrong one.

None writes the beginning token: whoever reads the prompt adds it where the model wants one. Where a
format ends an answer with the model's own end token, {eos} stands for it.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Protocol

from loom.errors import UsageError
from loom.models.chat_template import ChatTemplate


class SpelledEnds(Protocol):
    """The beginning and end tokens of a model as templates spell them, empty if it has none."""

    @property
    def bos_text(self) -> str:
        """The token that begins a text."""

    @property
    def eos_text(self) -> str:
        """The token that ends one."""


@dataclass(frozen=True, slots=True)
class ChatFormat:
    """How messages are written; {} is the content.

    `turn` stands once before what the person and the system say together, `answer` is a finished
    answer and `opening` what an answer begins after. `preamble` begins a chat without a system
    message.
    """

    system: str
    user: str
    answer: str
    opening: str = ""
    turn: str = ""
    preamble: str = ""


def _alike(message: str, opening: str) -> ChatFormat:
    """A format that writes every message alike, with its role."""
    system, user, answer = (
        message.replace("{role}", role) for role in ("system", "user", "assistant")
    )
    return ChatFormat(system, user, answer, opening)


_CHATML = "<|im_start|>{role}\n{}<|im_end|>\n"
_COHERE = "<|START_OF_TURN_TOKEN|>"

FORMATS = {
    "alpaca": ChatFormat(
        system="{}\n\n",
        user="### Instruction:\n{}\n\n",
        answer="### Response:\n{}\n\n",
        opening="### Response:\n",
        preamble="Below is an instruction that describes a task. Write a response that "
        "appropriately completes the request.\n\n",
    ),
    "chatml": _alike(_CHATML, "<|im_start|>assistant\n"),
    "command-r": ChatFormat(
        system=f"{_COHERE}<|SYSTEM_TOKEN|>{{}}<|END_OF_TURN_TOKEN|>",
        user=f"{_COHERE}<|USER_TOKEN|>{{}}<|END_OF_TURN_TOKEN|>",
        answer=f"{_COHERE}<|CHATBOT_TOKEN|>{{}}<|END_OF_TURN_TOKEN|>",
        opening=f"{_COHERE}<|CHATBOT_TOKEN|>",
    ),
    "deepseek": ChatFormat(
        system="{}",
        user="### Instruction:\n{}\n",
        answer="### Response:\n{}\n<|EOT|>\n",
        opening="### Response:\n",
    ),
    "falcon3": _alike("<|{role}|>\n{}\n", "<|assistant|>\n"),
    "gemma": ChatFormat(
        turn="<start_of_turn>user\n",
        system="{}\n\n",
        user="{}<end_of_turn>\n",
        answer="<start_of_turn>model\n{}<end_of_turn>\n",
        opening="<start_of_turn>model\n",
    ),
    "llama2": ChatFormat(
        turn="[INST] ",
        system="<<SYS>>\n{}\n<</SYS>>\n\n",
        user="{} [/INST]",
        answer="{}{eos}",
    ),
    "llama3": _alike(
        "<|start_header_id|>{role}<|end_header_id|>\n\n{}<|eot_id|>",
        "<|start_header_id|>assistant<|end_header_id|>\n\n",
    ),
    "mistral": ChatFormat(turn="[INST] ", system="{}\n\n", user="{}[/INST]", answer=" {}{eos}"),
    "mistral-tekken": ChatFormat(
        turn="[INST]", system="{}\n\n", user="{}[/INST]", answer="{}{eos}"
    ),
    "mistral-v7": ChatFormat(
        system="[SYSTEM_PROMPT] {}[/SYSTEM_PROMPT]", user="[INST] {}[/INST]", answer=" {}{eos}"
    ),
    "openchat": ChatFormat(
        system="{}<|end_of_turn|>",
        user="GPT4 Correct User: {}<|end_of_turn|>",
        answer="GPT4 Correct Assistant: {}<|end_of_turn|>",
        opening="GPT4 Correct Assistant:",
    ),
    "phi3": _alike("<|{role}|>\n{}<|end|>\n", "<|assistant|>\n"),
    "phi4": _alike("<|im_start|>{role}<|im_sep|>{}<|im_end|>", "<|im_start|>assistant<|im_sep|>"),
    "vicuna": ChatFormat(
        system="{}\n\n", user="USER: {}\n", answer="ASSISTANT: {}{eos}\n", opening="ASSISTANT:"
    ),
    "zephyr": _alike("<|{role}|>\n{}{eos}\n", "<|assistant|>\n"),
}
"""The formats that `--template` and the app offer."""


def named_template(name: str, model: SpelledEnds) -> ChatTemplate:
    """A format as a template for a model; UsageError if there is none of that name."""
    source = _source(FORMATS[known_name(name)])
    return ChatTemplate(source, model.bos_text, model.eos_text, name)


def known_name(name: str) -> str:
    """The name itself; UsageError if no format is called so."""
    if name not in FORMATS:
        near = difflib.get_close_matches(name, FORMATS, n=1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise UsageError(
            f"There is no chat template called {name!r}.", f"{hint}There are: {', '.join(FORMATS)}."
        )
    return name


def _source(form: ChatFormat) -> str:
    """The format in Jinja."""
    return (
        f"{{%- if not messages or messages[0].role != 'system' -%}}{_text(form.preamble)}"
        "{%- endif -%}"
        "{%- set ns = namespace(inside=false) -%}"
        "{%- for message in messages -%}"
        "{%- if message.role == 'assistant' -%}"
        f"{_text(form.answer)}{{%- set ns.inside = false -%}}"
        "{%- else -%}"
        f"{{%- if not ns.inside -%}}{_text(form.turn)}{{%- set ns.inside = true -%}}{{%- endif -%}}"
        f"{{%- if message.role == 'system' -%}}{_text(form.system)}"
        f"{{%- else -%}}{_text(form.user)}{{%- endif -%}}"
        "{%- endif -%}"
        "{%- endfor -%}"
        f"{{%- if add_generation_prompt -%}}{_text(form.opening)}{{%- endif -%}}"
    )


def _text(written: str) -> str:
    """A Jinja expression that writes it, with the content and the end token in their places."""
    before, holds_content, after = written.partition("{}")
    pieces = [repr(before)]
    if holds_content:
        after, ends, rest = after.partition("{eos}")
        pieces += ["message.content", repr(after)]
        if ends:
            pieces += ["eos_token", repr(rest)]
    return "{{- " + " ~ ".join(pieces) + " -}}"

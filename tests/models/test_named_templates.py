"""Named templates are what llama.cpp writes for the same names, and the known formats beyond."""

from __future__ import annotations

import ctypes
import dataclasses
from pathlib import Path

import llama_cpp
import pytest

from loom.errors import UsageError
from loom.models.chat_template import render_for_answer, render_for_user, render_open_turn
from loom.models.gguf_file import read_metadata
from loom.models.named_templates import FORMATS, named_template
from loom.models.template_sandbox import render

from .vocabularies import write_vocabulary

# Where llama.cpp calls a format otherwise, and the end token that it writes where the model's own
# should stand.
NAMES = {"llama2": "llama2-sys", "mistral": "mistral-v3", "mistral-tekken": "mistral-v3-tekken"}
ENDS = {"zephyr": "<|endoftext|>"}
UNKNOWN_TO_LLAMA_CPP = {"alpaca"}

CHATS = {
    "a message": [("user", "Hi")],
    "with a system text": [("system", "Be kind."), ("user", "Hi")],
    "answered": [("user", "Hi"), ("assistant", "Hello."), ("user", "And?")],
    "all of it": [
        ("system", "Be kind."),
        ("user", "Hi"),
        ("assistant", "Hello."),
        ("user", "And?"),
        ("assistant", "So."),
        ("user", "Well"),
    ],
}


def llama_cpp_writes(name: str, messages: list[tuple[str, str]]) -> str:
    spelled = [
        llama_cpp.llama_chat_message(role.encode(), content.encode()) for role, content in messages
    ]
    array = (llama_cpp.llama_chat_message * len(spelled))(*spelled)
    room = ctypes.create_string_buffer(4096)
    n = llama_cpp.llama_chat_apply_template(
        NAMES.get(name, name).encode(), array, len(spelled), True, room, len(room)
    )
    assert n > 0, f"llama.cpp knows no {name}"
    return room.raw[:n].decode()


@pytest.mark.parametrize("chat", CHATS)
@pytest.mark.parametrize("name", sorted(FORMATS.keys() - UNKNOWN_TO_LLAMA_CPP))
def test_a_named_template_is_llama_cpps(name: str, chat: str, tmp_path: Path) -> None:
    metadata = read_metadata(write_vocabulary(tmp_path / "toy.gguf", pre="gpt-2"))
    metadata = dataclasses.replace(metadata, eos_text=ENDS.get(name, "</s>"))
    variables = {
        "messages": [{"role": role, "content": content} for role, content in CHATS[chat]],
        "add_generation_prompt": True,
        "eos_token": metadata.eos_text,
    }
    ours = render(named_template(name, metadata).source, variables)
    assert ours == llama_cpp_writes(name, CHATS[chat])


def test_alpaca_is_its_published_format(tmp_path: Path) -> None:
    metadata = read_metadata(write_vocabulary(tmp_path / "toy.gguf", pre="gpt-2"))
    variables = {
        "messages": [{"role": "user", "content": "Count to three."}],
        "add_generation_prompt": True,
    }
    assert render(named_template("alpaca", metadata).source, variables) == (
        "Below is an instruction that describes a task. Write a response that appropriately "
        "completes the request.\n\n### Instruction:\nCount to three.\n\n### Response:\n"
    )


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_takes_every_turn(name: str, tmp_path: Path) -> None:
    template = named_template(
        name, read_metadata(write_vocabulary(tmp_path / "toy.gguf", pre="gpt-2"))
    )
    assert template.name == name
    for before in ([], ["system"]):
        answered = [*before, "user", "assistant"]
        render_for_answer(template, [*answered, "user"], render)
        render_for_user(template, answered, render)
        render_open_turn(template, answered, render)


def test_an_unknown_name_gets_the_nearest(tmp_path: Path) -> None:
    metadata = read_metadata(write_vocabulary(tmp_path / "toy.gguf", pre="gpt-2"))
    with pytest.raises(UsageError, match="Did you mean chatml"):
        named_template("chatlm", metadata)

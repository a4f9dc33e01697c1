"""The template's words and typed text as llama.cpp reads them, without a model."""

from __future__ import annotations

import ctypes
import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import llama_cpp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loom.models.gguf_file import read_metadata
from loom.models.markup_encoding import (
    MarkupEncoding,
    markup_encoding_for,
    names_that_always_count,
)

from .vocabularies import write_vocabulary

CONTROL = ("<|end|>", "<|im_start|>", "<|im_end|>", "<s>")
USER_DEFINED = ("<|user|>", "<|user|>x", "[INST]", "<table>", "\n\n\n")

Read = Callable[[str, bool], list[int]]


@llama_cpp.llama_log_callback
def be_quiet(level: int, text: bytes, data: object) -> None:
    """Drop llama.cpp's talk."""


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("markup") / "toy.gguf"
    return write_vocabulary(path, pre="gpt-2", control=CONTROL, user_defined=USER_DEFINED)


@pytest.fixture(scope="module")
def encoding(vocabulary: Path) -> MarkupEncoding:
    found = markup_encoding_for(read_metadata(vocabulary))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def llama(vocabulary: Path) -> Iterator[Read]:
    llama_cpp.llama_log_set(be_quiet, ctypes.c_void_p())
    parameters = llama_cpp.llama_model_default_params()
    parameters.vocab_only = True
    model = llama_cpp.llama_model_load_from_file(str(vocabulary).encode(), parameters)
    vocab = llama_cpp.llama_model_get_vocab(model)

    def read(text: str, special: bool) -> list[int]:
        raw = text.encode()
        room = (llama_cpp.llama_token * (len(raw) + 8))()
        n = llama_cpp.llama_tokenize(vocab, raw, len(raw), room, len(room), False, special)
        return list(room[:n])

    yield read
    llama_cpp.llama_model_free(model)


pieces = st.one_of(
    st.sampled_from([*CONTROL, *USER_DEFINED, "<|", "|>", "th", " ", "\n"]), st.text()
)
texts = st.lists(pieces, max_size=8).map("".join)


@given(texts, st.booleans())
def test_it_reads_as_llama_cpp_does(
    encoding: MarkupEncoding, llama: Read, text: str, special: bool
) -> None:
    ids = encoding.encode(text, special=special)
    assert ids == llama(text, special)
    assert b"".join(encoding.pieces(ids)) == text.encode()


def test_names_that_count_in_any_text_are_those_of_markup(vocabulary: Path) -> None:
    metadata = read_metadata(vocabulary)
    assert names_that_always_count(metadata) == ("<|user|>",)
    named = names_that_always_count(metadata, "[INST] {{ messages }}")
    assert set(named) == {"<|user|>", "[INST]"}
    own = dataclasses.replace(metadata, chat_template="<table>")
    assert set(names_that_always_count(own)) == {"<|user|>", "<table>"}


@pytest.mark.parametrize(
    ("adds", "rule", "begins"),
    [
        (True, "gpt-2", True),
        (False, "llama-bpe", False),
        (None, "llama-bpe", True),
        (None, "gpt-2", False),
    ],
)
def test_what_prompts_begin_with(
    adds: bool | None, rule: str, begins: bool, vocabulary: Path
) -> None:
    metadata = dataclasses.replace(read_metadata(vocabulary), adds_bos=adds, tokenizer_pre=rule)
    found = markup_encoding_for(metadata)
    assert found is not None
    assert (found.bos_id == metadata.bos_id) is begins

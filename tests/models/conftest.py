"""llama.cpp itself, for tests that compare with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import llama_cpp
import pytest

Tokenise = Callable[[str], list[int]]


@llama_cpp.llama_log_callback
def _be_quiet(level: int, text: bytes, data: object) -> None:
    """Drop llama.cpp's talk."""


@pytest.fixture(scope="session")
def llama_tokeniser() -> Iterator[Callable[[Path], Tokenise]]:
    """Opens a file's vocabulary in llama.cpp; what it returns reads text, never special tokens."""
    with ExitStack() as opened:
        llama_cpp.llama_log_set(_be_quiet, None)
        llama_cpp.llama_backend_init()
        parameters = llama_cpp.llama_model_default_params()
        parameters.vocab_only = True

        def open_vocabulary(path: Path) -> Tokenise:
            model = llama_cpp.llama_model_load_from_file(str(path).encode(), parameters)
            assert model, path
            opened.callback(llama_cpp.llama_model_free, model)
            vocabulary = llama_cpp.llama_model_get_vocab(model)

            def tokenise(text: str) -> list[int]:
                data = text.encode()
                ids = (llama_cpp.llama_token * (len(data) + 1))()
                n_ids = llama_cpp.llama_tokenize(
                    vocabulary, data, len(data), ids, len(ids), False, False
                )
                return list(ids[:n_ids])

            return tokenise

        yield open_vocabulary

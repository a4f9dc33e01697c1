"""llama.cpp itself, for tests that compare with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import llama_cpp
import pytest

from loom.models.random_weights import RandomLlama, write_random_llama

Tokenise = Callable[[str], list[int]]

SMALL = RandomLlama(n_layers=2, n_embd=32, n_heads=2, n_kv_heads=1, n_ff=32, n_vocab=260, n_ctx=64)
"""A model that llama.cpp opens in no time."""


@llama_cpp.llama_log_callback
def _be_quiet(level: int, text: bytes, data: object) -> None:
    """Drop llama.cpp's talk."""


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole model in one file."""
    path = tmp_path_factory.mktemp("small") / "small.gguf"
    write_random_llama(path, SMALL, seed=0)
    return path


@pytest.fixture(scope="session")
def llama_parameters() -> Callable[[Path], int | None]:
    """How many weights llama.cpp finds in a model; None if it cannot open it."""
    llama_cpp.llama_log_set(_be_quiet, None)
    llama_cpp.llama_backend_init()

    def count(path: Path) -> int | None:
        parameters = llama_cpp.llama_model_default_params()
        model = llama_cpp.llama_model_load_from_file(str(path).encode(), parameters)
        if not model:
            return None
        try:
            return int(llama_cpp.llama_model_n_params(model))
        finally:
            llama_cpp.llama_model_free(model)

    return count


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

"""Random weights are good enough to measure with: llama.cpp runs them and laws stay open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import llama_cpp
import numpy as np
import pytest

from loom.models.encoding import encoding_for
from loom.models.gguf_file import fingerprint, read_metadata, read_vocabulary
from loom.models.random_weights import (
    ARCHITECTURES,
    SHAPE_135M,
    RandomLlama,
    Weights,
    write_random_llama,
    write_random_model,
)

TINY = RandomLlama(
    n_layers=2, n_embd=64, n_heads=4, n_kv_heads=2, n_ff=96, n_vocab=12_000, n_ctx=128
)
Law = Callable[[list[int]], np.ndarray]


@pytest.fixture(scope="module", params=Weights, ids=lambda weights: weights.value)
def weights(request: pytest.FixtureRequest) -> Weights:
    stored: Weights = request.param
    return stored


@pytest.fixture(scope="module")
def tiny(weights: Weights, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("random") / "tiny.gguf"
    write_random_llama(path, TINY, 1, weights)
    return path


@pytest.fixture(scope="module")
def law_after(tiny: Path, llama_tokeniser: object) -> Iterator[Law]:
    """The law that llama.cpp computes after some tokens."""
    with ExitStack() as opened:
        model = llama_cpp.llama_model_load_from_file(
            str(tiny).encode(), llama_cpp.llama_model_default_params()
        )
        assert model
        opened.callback(llama_cpp.llama_model_free, model)
        parameters = llama_cpp.llama_context_default_params()
        parameters.n_ctx = TINY.n_ctx
        parameters.n_threads = parameters.n_threads_batch = 1
        context = llama_cpp.llama_init_from_model(model, parameters)
        assert context
        opened.callback(llama_cpp.llama_free, context)

        def law(ids: list[int]) -> np.ndarray:
            llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(context), True)
            tokens = (llama_cpp.llama_token * len(ids))(*ids)
            batch = llama_cpp.llama_batch_get_one(tokens, len(tokens))
            assert llama_cpp.llama_decode(context, batch) == 0
            logits = llama_cpp.llama_get_logits_ith(context, -1)
            odds = np.ctypeslib.as_array(logits, (TINY.n_vocab,)).astype(np.float64)
            odds = np.exp(odds - odds.max())
            return odds / odds.sum()

        yield law


def test_the_file_says_what_was_asked_for(weights: Weights, tiny: Path) -> None:
    metadata = read_metadata(tiny)
    assert metadata.architecture == "llama"
    assert metadata.quantisation == weights.value
    assert (metadata.n_layers, metadata.n_vocab, metadata.n_ctx_train) == (2, 12_000, 128)
    assert (metadata.bos_text, metadata.eos_text) == ("<s>", "</s>")
    assert len(set(read_vocabulary(metadata).tokens)) == TINY.n_vocab


def test_the_large_shape_is_that_of_smollm_135m() -> None:
    per_layer = 2 * 576 + 2 * 576**2 + 2 * 576 * SHAPE_135M.n_kv + 3 * 576 * 1536
    assert SHAPE_135M.n_kv == 192
    assert SHAPE_135M.n_vocab * 576 + SHAPE_135M.n_layers * per_layer + 576 == 134_515_008


def test_laws_are_neither_flat_nor_settled_and_depend_on_the_text(law_after: Law) -> None:
    histories = [[300], [300, 301], [5, 900, 4000, 77], list(range(400, 440))]
    laws = [law_after(history) for history in histories]
    for history, law in zip(histories, laws, strict=True):
        assert 5 <= (law >= law.max() / 20).sum() <= TINY.n_vocab / 10
        assert law.argmax() != history[-1]
        assert law[-1] < law.max() / 20
    assert len({int(law.argmax()) for law in laws}) == len(laws)


def test_the_same_seed_writes_the_same_file(weights: Weights, tiny: Path, tmp_path: Path) -> None:
    same, other = tmp_path / "tiny.gguf", tmp_path / "other" / "tiny.gguf"
    other.parent.mkdir()
    write_random_llama(same, TINY, 1, weights)
    write_random_llama(other, TINY, 2, weights)
    assert fingerprint(same) == fingerprint(tiny) != fingerprint(other)
    assert [path.name for path in other.parent.iterdir()] == ["tiny.gguf"]


def test_its_made_up_words_are_read_alike_with_and_without_the_model(
    tiny: Path, llama_tokeniser: Callable[[Path], Callable[[str], list[int]]]
) -> None:
    encoding = encoding_for(read_metadata(tiny))
    assert encoding is not None
    tokenise = llama_tokeniser(tiny)
    for text in ("kato", " kato katolu", "zuzuzu xaxaf aeiou\n"):
        assert encoding.encode(text) == tokenise(text)
    assert encoding.count_tokens("kato") == 1


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_models_of_other_architectures_are_small_and_the_same_for_the_same_seed(
    architecture: str, tmp_path: Path
) -> None:
    paths = [tmp_path / str(number) / "model.gguf" for number in range(3)]
    for path, seed in zip(paths, (1, 1, 2), strict=True):
        path.parent.mkdir()
        write_random_model(path, architecture, seed)
    first, again, other = (path.read_bytes() for path in paths)
    assert first == again != other
    assert len(first) < 2_000_000
    assert read_metadata(paths[0]).architecture == architecture

"""What a GGUF file says about the model in it."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import TypeVar

from loom.errors import ModelFileError
from loom.models.gguf_reader import (
    ArraySpan,
    GgufHeader,
    Value,
    read_header,
    read_integers,
    read_string_at,
    read_strings,
)
from loom.models.tensor_types import FILE_TYPES, tensor_bytes, tensor_type_name

_MIB = 2**20
_WANTED_NAMES = {int: "a whole number", str: "text", bool: "yes or no", ArraySpan: "a list"}
_T = TypeVar("_T", int, str, bool, ArraySpan)


@dataclass(frozen=True, slots=True)
class VocabularySpans:
    """Where the long lists of a vocabulary lie in the file; None where it has no such list."""

    tokens: ArraySpan | None
    merges: ArraySpan | None
    token_types: ArraySpan | None


@dataclass(frozen=True, slots=True)
class GgufMetadata:
    """A model as its file describes it; None where the file does not say.

    `quantisation` is a label such as Q4_K_M, `n_ctx_train` counts tokens, `n_bytes` is the size of
    the file. `bos_text` and `eos_text` are the beginning and end tokens as chat templates spell
    them. `tokenizer_pre` names the rule by which text is cut before merging.
    """

    path: Path
    name: str
    architecture: str
    n_parameters: int
    quantisation: str
    n_bytes: int
    n_vocab: int
    n_ctx_train: int | None
    n_layers: int | None
    chat_template: str | None
    tokenizer_model: str | None
    tokenizer_pre: str | None
    bos_id: int | None
    eos_id: int | None
    bos_text: str
    eos_text: str
    adds_bos: bool | None
    vocabulary: VocabularySpans


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The token list of a model: texts as stored (for byte-level BPE not the bytes they stand for).

    `merges` are in order of rank; `token_types` (llama.cpp's numbers) is empty if not given.
    """

    tokens: tuple[bytes, ...]
    merges: tuple[bytes, ...]
    token_types: tuple[int, ...]


def read_metadata(path: Path) -> GgufMetadata:
    """Read what a model file says about itself, without reading weights.

    Raises ModelFileError if the file is missing, not a GGUF, cut short, or contradicts itself.
    """
    header = read_header(path)
    values = _Values(path, header.values)
    architecture = values.get("general.architecture", str)
    if architecture is None:
        raise _no_architecture(path, values)
    n_layers = values.get(f"{architecture}.block_count", int)
    _check_weights(path, header)
    _check_layers(path, header, n_layers)
    bos_id = values.get("tokenizer.ggml.bos_token_id", int)
    eos_id = values.get("tokenizer.ggml.eos_token_id", int)
    spans = VocabularySpans(
        tokens=values.get("tokenizer.ggml.tokens", ArraySpan),
        merges=values.get("tokenizer.ggml.merges", ArraySpan),
        token_types=values.get("tokenizer.ggml.token_type", ArraySpan),
    )
    return GgufMetadata(
        path=path,
        name=values.get("general.name", str) or path.stem,
        architecture=architecture,
        n_parameters=sum(prod(tensor.shape) for tensor in header.tensors),
        quantisation=_quantisation(header, values.get("general.file_type", int)),
        n_bytes=header.n_bytes,
        n_vocab=spans.tokens.length
        if spans.tokens
        else values.get(f"{architecture}.vocab_size", int) or 0,
        n_ctx_train=values.get(f"{architecture}.context_length", int),
        n_layers=n_layers,
        chat_template=values.get("tokenizer.chat_template", str),
        tokenizer_model=values.get("tokenizer.ggml.model", str),
        tokenizer_pre=values.get("tokenizer.ggml.pre", str),
        bos_id=bos_id,
        eos_id=eos_id,
        bos_text=_token_text(path, spans.tokens, bos_id),
        eos_text=_token_text(path, spans.tokens, eos_id),
        adds_bos=values.get("tokenizer.ggml.add_bos_token", bool),
        vocabulary=spans,
    )


def read_vocabulary(metadata: GgufMetadata) -> Vocabulary:
    """Read the long lists that `read_metadata` only stepped over."""
    path, spans = metadata.path, metadata.vocabulary
    return Vocabulary(
        tokens=read_strings(path, spans.tokens) if spans.tokens else (),
        merges=read_strings(path, spans.merges) if spans.merges else (),
        token_types=read_integers(path, spans.token_types) if spans.token_types else (),
    )


def fingerprint(path: Path) -> str:
    """Sixteen hex digits that tell model files apart: from the size and the first and last MiB.

    Cheap enough to take on every start; it does not notice a change in the middle.
    """
    try:
        with path.open("rb") as file:
            n_bytes = file.seek(0, 2)
            file.seek(0)
            digest = hashlib.sha256(f"{n_bytes}\n".encode() + file.read(_MIB))
            file.seek(max(0, n_bytes - _MIB))
            digest.update(file.read(_MIB))
    except OSError as error:
        raise ModelFileError(
            f"{path} cannot be read: {error.strerror}.", "Check the path, or see `loom models`."
        ) from error
    return digest.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class _Values:
    """The keys of a header, with the type of each checked as it is asked for."""

    path: Path
    values: dict[str, Value]

    def get(self, key: str, wanted: type[_T]) -> _T | None:
        """A value, or None if the file has no such key; ModelFileError if it is of another type."""
        value = self.values.get(key)
        if value is None or type(value) is wanted:
            return value
        raise ModelFileError(
            f"{self.path} is damaged: its key {key} should hold {_WANTED_NAMES[wanted]}.",
            "Download it again, or from somewhere else.",
        )


def _no_architecture(path: Path, values: _Values) -> ModelFileError:
    part = values.get("split.no", int)
    if part:
        n_parts = values.get("split.count", int)
        return ModelFileError(
            f"{path} is part {part + 1} of {n_parts} of a model that was split into several files.",
            "Give the first part; the others are found beside it.",
        )
    return ModelFileError(
        f"{path} does not say what kind of model it holds.", "Look for a newer file of the model."
    )


def _check_weights(path: Path, header: GgufHeader) -> None:
    """Every tensor must lie inside the file."""
    for tensor in header.tensors:
        n_bytes = tensor_bytes(tensor.type_id, tensor.shape) or 0
        end = header.data_offset + tensor.offset + n_bytes
        if end > header.n_bytes:
            raise ModelFileError(
                f"{path} is cut short: the weights {tensor.name} should end at byte {end:,}, "
                f"the file ends at {header.n_bytes:,}.",
                "Download it again.",
            )


def _check_layers(path: Path, header: GgufHeader, n_layers: int | None) -> None:
    """llama.cpp aborts the whole process over an absurd number of layers, so it is caught here."""
    is_part = header.values.get("split.count", 1) != 1
    if n_layers is None or not header.tensors or is_part:
        return
    if not 1 <= n_layers <= len(header.tensors):
        raise ModelFileError(
            f"{path} is damaged: it claims {n_layers:,} layers "
            f"and holds {len(header.tensors):,} tensors.",
            "Download it again, or from somewhere else.",
        )


def _quantisation(header: GgufHeader, file_type: int | None) -> str:
    """The mixture's name if the file tells it, else the type that holds most of the weights."""
    if file_type in FILE_TYPES:
        return FILE_TYPES[file_type]
    weights: Counter[int] = Counter()
    for tensor in header.tensors:
        weights[tensor.type_id] += prod(tensor.shape)
    return tensor_type_name(weights.most_common(1)[0][0]) if weights else "no weights"


def _token_text(path: Path, tokens: ArraySpan | None, token_id: int | None) -> str:
    if tokens is None or token_id is None or not 0 <= token_id < tokens.length:
        return ""
    return read_string_at(path, tokens, token_id).decode("utf-8", "replace")

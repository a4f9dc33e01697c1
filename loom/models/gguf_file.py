"""What a GGUF file says about the model in it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path

from loom.errors import ModelFileError
from loom.models.cache_width import cache_token_bytes
from loom.models.gguf_reader import (
    ArraySpan,
    TensorInfo,
    read_integers,
    read_string_at,
    read_strings,
)
from loom.models.header_checks import check_shape, check_vocabulary, check_weights
from loom.models.header_values import HeaderValues
from loom.models.split import model_stem, part_paths, read_headers
from loom.models.tensor_types import FILE_TYPES, tensor_type_name

_MIB = 2**20


@dataclass(frozen=True, slots=True)
class VocabularySpans:
    """Where the long lists of a vocabulary lie in the file; None where it has no such list."""

    tokens: ArraySpan | None
    merges: ArraySpan | None
    token_types: ArraySpan | None


@dataclass(frozen=True, slots=True)
class GgufMetadata:
    """A model as its file describes it; None where the file does not say.

    `parts` are all its files and `path` the first of them, the one to open. `quantisation` is a
    label such as Q4_K_M, `n_ctx_train` counts tokens, `n_bytes` is the size of all files.
    `cache_token_bytes` is what one token takes in an F16 cache. `bos_text` and `eos_text` are the
    beginning and end tokens as chat templates spell them. `tokenizer_pre` names the rule by which
    text is cut before merging. `finetune` and `tags` are what its makers say it was made for.
    """

    path: Path
    parts: tuple[Path, ...]
    name: str
    architecture: str
    n_parameters: int
    quantisation: str
    n_bytes: int
    n_vocab: int
    n_ctx_train: int | None
    n_layers: int | None
    n_embd: int | None
    n_heads: int | None
    cache_token_bytes: int | None
    finetune: str
    tags: tuple[str, ...]
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
    """Read what a model says about itself, given any of its files, without reading weights.

    Raises ModelFileError if a file is missing, not a GGUF, cut short, or contradicts itself.
    """
    parts = read_headers(path)
    first, header = parts[0]
    for part, its_header in parts:
        check_weights(part, its_header)
    tensors = tuple(tensor for _, part in parts for tensor in part.tensors)
    values = HeaderValues(first, header.values)
    architecture = values.get("general.architecture", str)
    if architecture is None:
        raise ModelFileError(
            f"{first} does not say what kind of model it holds.",
            "Look for a newer file of the model.",
        )
    check_shape(values, architecture, tensors)
    spans = _vocabulary_spans(values)
    bos_id = values.get("tokenizer.ggml.bos_token_id", int)
    eos_id = values.get("tokenizer.ggml.eos_token_id", int)
    return GgufMetadata(
        path=first,
        parts=tuple(part for part, _ in parts),
        name=values.get("general.name", str) or model_stem(first),
        architecture=architecture,
        n_parameters=sum(prod(tensor.shape) for tensor in tensors),
        quantisation=_quantisation(tensors, values.get("general.file_type", int)),
        n_bytes=sum(part.n_bytes for _, part in parts),
        n_vocab=spans.tokens.length
        if spans.tokens
        else values.get(f"{architecture}.vocab_size", int) or 0,
        n_ctx_train=values.get(f"{architecture}.context_length", int),
        n_layers=values.get(f"{architecture}.block_count", int),
        n_embd=values.get(f"{architecture}.embedding_length", int),
        n_heads=max(values.integers(f"{architecture}.attention.head_count"), default=None),
        cache_token_bytes=cache_token_bytes(values, architecture),
        finetune=values.get("general.finetune", str) or "",
        tags=values.texts("general.tags"),
        chat_template=values.get("tokenizer.chat_template", str),
        tokenizer_model=values.get("tokenizer.ggml.model", str),
        tokenizer_pre=values.get("tokenizer.ggml.pre", str),
        bos_id=bos_id,
        eos_id=eos_id,
        bos_text=_token_text(first, spans.tokens, bos_id),
        eos_text=_token_text(first, spans.tokens, eos_id),
        adds_bos=values.get("tokenizer.ggml.add_bos_token", bool),
        vocabulary=spans,
    )


def read_for_loading(path: Path) -> GgufMetadata:
    """Read what must be sound before llama.cpp sees the file; reads the vocabulary as well.

    Raises ModelFileError as `read_metadata` does, and if two tokens are the same, which would
    end llama.cpp's process.
    """
    metadata = read_metadata(path)
    if not metadata.n_parameters:
        raise ModelFileError(
            f"{metadata.path} holds a vocabulary but no weights.", "Look for the model itself."
        )
    span = metadata.vocabulary.tokens
    named = [token for token in read_strings(metadata.path, span) if token] if span else []
    if len(set(named)) < len(named):
        again = next(token for token, count in Counter(named).items() if count > 1)
        raise ModelFileError(
            f"{metadata.path} is damaged: its vocabulary has the token "
            f"{again.decode('utf-8', 'replace')!r} twice.",
            "Look for a newer file of the model.",
        )
    return metadata


def read_vocabulary(metadata: GgufMetadata) -> Vocabulary:
    """Read the long lists that `read_metadata` only stepped over."""
    path, spans = metadata.path, metadata.vocabulary
    return Vocabulary(
        tokens=read_strings(path, spans.tokens) if spans.tokens else (),
        merges=read_strings(path, spans.merges) if spans.merges else (),
        token_types=read_integers(path, spans.token_types) if spans.token_types else (),
    )


def fingerprint(path: Path) -> str:
    """Sixteen hex digits that tell models apart: from the size and the first and last MiB.

    Of a split model, given any of its files, all parts count. Cheap enough to take on every start;
    it does not notice a change in the middle.
    """
    digest = hashlib.sha256()
    for part in part_paths(path):
        # Whether a name like that of a part means anything, `read_metadata` tells.
        if part == path or part.exists():
            _digest_ends(part, digest)
    return digest.hexdigest()[:16]


def _digest_ends(path: Path, digest: hashlib._Hash) -> None:
    try:
        with path.open("rb") as file:
            n_bytes = file.seek(0, 2)
            file.seek(0)
            digest.update(f"{n_bytes}\n".encode() + file.read(_MIB))
            file.seek(max(0, n_bytes - _MIB))
            digest.update(file.read(_MIB))
    except OSError as error:
        raise ModelFileError(
            f"{path} cannot be read: {error.strerror}.", "Check the path, or see `loom models`."
        ) from error


def _vocabulary_spans(values: HeaderValues) -> VocabularySpans:
    spans = VocabularySpans(
        tokens=values.get("tokenizer.ggml.tokens", ArraySpan),
        merges=values.get("tokenizer.ggml.merges", ArraySpan),
        token_types=values.get("tokenizer.ggml.token_type", ArraySpan),
    )
    scores = values.get("tokenizer.ggml.scores", ArraySpan)
    check_vocabulary(values.path, spans.tokens, spans.token_types, scores)
    return spans


def _quantisation(tensors: Sequence[TensorInfo], file_type: int | None) -> str:
    """The mixture's name if the file tells it, else the type that holds most of the weights."""
    if file_type in FILE_TYPES:
        return FILE_TYPES[file_type]
    weights: Counter[int] = Counter()
    for tensor in tensors:
        weights[tensor.type_id] += prod(tensor.shape)
    return tensor_type_name(weights.most_common(1)[0][0]) if weights else "no weights"


def _token_text(path: Path, tokens: ArraySpan | None, token_id: int | None) -> str:
    if tokens is None or token_id is None or not 0 <= token_id < tokens.length:
        return ""
    return read_string_at(path, tokens, token_id).decode("utf-8", "replace")

"""Lies in a header that would end llama.cpp's process, or that it would answer with a riddle.

What aborts is written in llama.cpp's src/llama-model.cpp (load_hparams) and src/llama-vocab.cpp;
how tensors lie in a file, in ggml's src/gguf.cpp.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from loom.errors import ModelFileError
from loom.models.gguf_reader import ArraySpan, GgufHeader, TensorInfo
from loom.models.header_values import HeaderValues
from loom.models.tensor_types import TENSOR_TYPES, tensor_bytes

_REMEDY = "Download it again, or from somewhere else."
# llama.cpp's own limits (src/llama-hparams.h).
_MAX_LAYERS, _MAX_EXPERTS = 512, 1_024
_MAX_WEIGHTS = 2**63 - 1
_ROPE_SCALINGS = ("none", "linear", "yarn", "longrope")
_LAYER = re.compile(r"blk\.(\d{1,9})\.")


def check_weights(path: Path, header: GgufHeader) -> None:
    """The tensors of one file must follow one another without gaps and end inside it."""
    expected: int | None = 0
    for tensor in header.tensors:
        if expected is not None and tensor.offset != expected:
            raise _damaged(
                path,
                f"the weights {tensor.name} should begin at byte {expected:,} of the weights "
                f"and claim {tensor.offset:,}",
            )
        n_bytes = _checked_bytes(path, tensor)
        end = header.data_offset + tensor.offset + (n_bytes or 0)
        if end > header.n_bytes:
            raise ModelFileError(
                f"{path} is cut short: the weights {tensor.name} should end at byte {end:,}, "
                f"the file ends at {header.n_bytes:,}.",
                "Download it again.",
            )
        # The size of a type that is newer than our table is not known, nor what follows it.
        expected = None if n_bytes is None else _padded(tensor.offset + n_bytes, header.alignment)


def _checked_bytes(path: Path, tensor: TensorInfo) -> int | None:
    row_length = tensor.shape[0] if tensor.shape else 1
    n_weights = 1
    for length in tensor.shape:
        n_weights *= length
    if n_weights > _MAX_WEIGHTS or max(tensor.shape, default=1) > _MAX_WEIGHTS:
        raise _damaged(path, f"the tensor {tensor.name} claims {n_weights:,} weights")
    known = TENSOR_TYPES.get(tensor.type_id)
    if known is not None and row_length % known.block_length:
        raise _damaged(
            path,
            f"the tensor {tensor.name} has rows of {row_length:,} weights, "
            f"and {known.name} comes in blocks of {known.block_length}",
        )
    return tensor_bytes(tensor.type_id, tensor.shape)


def check_shape(values: HeaderValues, architecture: str, tensors: Sequence[TensorInfo]) -> None:
    """The numbers of layers and experts must be what the tensors show and llama.cpp can hold."""
    _check_layers(values, architecture, tensors)
    _check_experts(values, architecture)
    scaling = values.get(f"{architecture}.rope.scaling.type", str)
    if scaling is not None and scaling not in _ROPE_SCALINGS:
        raise _damaged(values.path, "it names a kind of rope scaling that llama.cpp does not know")


def _check_layers(values: HeaderValues, architecture: str, tensors: Sequence[TensorInfo]) -> None:
    n_layers = values.get(f"{architecture}.block_count", int)
    if n_layers is None or not tensors:
        return
    n_found = _n_layers_of(tensors)
    # Layers that predict further tokens are counted and may be kept in a file of their own.
    n_apart = values.get(f"{architecture}.nextn_predict_layers", int) or 0
    in_range = 1 <= n_layers <= _MAX_LAYERS and 0 <= n_apart <= n_layers
    if in_range and (n_found is None or n_layers - n_apart <= n_found <= n_layers):
        return
    held = f"tensors of {n_found:,}" if n_found is not None else f"{len(tensors):,} tensors"
    raise _damaged(values.path, f"it claims {n_layers:,} layers and holds {held}")


def _n_layers_of(tensors: Iterable[TensorInfo]) -> int | None:
    """One more than the number of the last layer; None where layers are not called `blk`."""
    numbers = [int(match[1]) for tensor in tensors if (match := _LAYER.match(tensor.name))]
    return max(numbers) + 1 if numbers else None


def _check_experts(values: HeaderValues, architecture: str) -> None:
    n_experts = values.get(f"{architecture}.expert_count", int) or 0
    used = values.integers(f"{architecture}.expert_used_count")
    n_used = max(used, default=0)
    n_groups = values.get(f"{architecture}.expert_group_count", int) or 0
    n_groups_used = values.get(f"{architecture}.expert_group_used_count", int) or 0
    sound = 0 <= n_experts <= _MAX_EXPERTS and 0 <= n_used <= n_experts
    if n_experts:
        sound = sound and n_used > 0 and 0 <= n_groups < n_experts
        if n_groups > 1:
            sound = sound and n_experts % n_groups == 0 and 0 < n_groups_used < n_groups
    else:
        sound = sound and n_groups == 0
    # Two architectures count their one feed-forward network as one expert.
    if not sound and not (architecture.startswith("hunyuan") and n_experts <= 1):
        raise _damaged(
            values.path,
            f"it claims {n_experts:,} experts in {n_groups:,} groups, of which {n_used:,} are used",
        )


def check_vocabulary(
    path: Path,
    tokens: ArraySpan | None,
    token_types: ArraySpan | None,
    scores: ArraySpan | None,
) -> None:
    """What is listed for each token must be there for all of them."""
    if tokens is None:
        return
    for span, what in ((token_types, "kinds"), (scores, "scores")):
        if span is not None and span.length < tokens.length:
            raise _damaged(path, f"it has {tokens.length:,} tokens and {span.length:,} {what}")


def _padded(n_bytes: int, alignment: int) -> int:
    return -(-n_bytes // alignment) * alignment


def _damaged(path: Path, why: str) -> ModelFileError:
    return ModelFileError(f"{path} is damaged: {why}.", _REMEDY)

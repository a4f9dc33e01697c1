"""Tiny models of the architectures that keep memory in ways of their own.

Each is a table of metadata and of tensors; names and shapes are those that llama.cpp reads. A
tensor's shape is as in numpy: rows of inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import prod, sqrt
from pathlib import Path
from typing import NamedTuple

import gguf
import numpy as np

from loom.models.random_weights.vocabulary import add_vocabulary

N_VOCAB = 272
N_EMBD = 64
N_FF = 96
N_HEADS, N_KV_HEADS, HEAD = 4, 2, 16
WINDOW = 8
"""How far back sliding-window attention sees, in tokens."""

_INNER, _STATE, _CONV = 2 * N_EMBD, 16, 4
_SSM_HEADS, _SSM_GROUPS = 8, 1
_N_CTX = 1024

Fill = Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]


class _Tensor(NamedTuple):
    name: str
    shape: tuple[int, ...]
    fill: Fill


class _Architecture(NamedTuple):
    n_layers: int
    metadata: Mapping[str, int | float | list[int]]
    layer: Callable[[int], Iterator[_Tensor]]
    ends: tuple[_Tensor, ...]


def write_random_model(path: Path, architecture: str, seed: int) -> None:
    """Write a GGUF of under 2 MB of one of `ARCHITECTURES`; the same seed writes the same file."""
    made = ARCHITECTURES[architecture]
    rng = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name(path.stem)
    writer.add_context_length(_N_CTX)
    writer.add_embedding_length(N_EMBD)
    writer.add_block_count(made.n_layers)
    writer.add_vocab_size(N_VOCAB)
    for key, value in made.metadata.items():
        _add(writer, f"{architecture}.{key}", value)
    add_vocabulary(writer, N_VOCAB)
    for tensor in made.ends:
        writer.add_tensor(tensor.name, tensor.fill(rng, tensor.shape))
    for layer in range(made.n_layers):
        for tensor in made.layer(layer):
            writer.add_tensor(f"blk.{layer}.{tensor.name}", tensor.fill(rng, tensor.shape))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _add(writer: gguf.GGUFWriter, key: str, value: float | list[int]) -> None:
    if isinstance(value, list):
        writer.add_array(key, value)
    elif isinstance(value, int):
        writer.add_uint32(key, value)
    else:
        writer.add_float32(key, value)


def _spread(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Keeps the size of what flows through, or a little more, so that memory tells."""
    return (rng.standard_normal(shape) * 1.5 / sqrt(shape[-1])).astype(np.float32)


def _ones(_: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return np.ones(shape, np.float32)


def _small(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return rng.uniform(0.1, 0.9, shape).astype(np.float32)


def _fading(_: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """How fast each channel of a state fades: some in a token, some in hundreds."""
    return -np.geomspace(0.005, 1, prod(shape), dtype=np.float32).reshape(shape)


def _remembering(_: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """The same for RWKV, where a channel keeps exp(-exp(x)) of itself from token to token."""
    return np.linspace(-6, 0, prod(shape), dtype=np.float32).reshape(shape)


def _matrix(name: str, n_out: int, n_in: int) -> _Tensor:
    return _Tensor(f"{name}.weight", (n_out, n_in), _spread)


def _norm(name: str, width: int = N_EMBD) -> _Tensor:
    return _Tensor(f"{name}.weight", (width,), _ones)


def _feed_forward() -> Iterator[_Tensor]:
    yield _norm("ffn_norm")
    yield _matrix("ffn_gate", N_FF, N_EMBD)
    yield _matrix("ffn_up", N_FF, N_EMBD)
    yield _matrix("ffn_down", N_EMBD, N_FF)


def _attention() -> Iterator[_Tensor]:
    yield _matrix("attn_q", N_HEADS * HEAD, N_EMBD)
    yield _matrix("attn_k", N_KV_HEADS * HEAD, N_EMBD)
    yield _matrix("attn_v", N_KV_HEADS * HEAD, N_EMBD)
    yield _matrix("attn_output", N_EMBD, N_HEADS * HEAD)


def _gemma2(_: int) -> Iterator[_Tensor]:
    yield _norm("attn_norm")
    yield from _attention()
    yield _norm("post_attention_norm")
    yield from _feed_forward()
    yield _norm("post_ffw_norm")


def _gemma3(layer: int) -> Iterator[_Tensor]:
    yield from _gemma2(layer)
    yield _norm("attn_q_norm", HEAD)
    yield _norm("attn_k_norm", HEAD)


def _mamba(_: int) -> Iterator[_Tensor]:
    rank = 4
    yield _norm("attn_norm")
    yield _matrix("ssm_in", 2 * _INNER, N_EMBD)
    yield _matrix("ssm_conv1d", _INNER, _CONV)
    yield _Tensor("ssm_conv1d.bias", (_INNER,), _small)
    yield _matrix("ssm_x", rank + 2 * _STATE, _INNER)
    yield _matrix("ssm_dt", _INNER, rank)
    yield _Tensor("ssm_dt.bias", (_INNER,), _small)
    yield _Tensor("ssm_a", (_INNER, _STATE), _fading)
    yield _Tensor("ssm_d", (_INNER,), _ones)
    yield _matrix("ssm_out", N_EMBD, _INNER)


def _falcon_h1(_: int) -> Iterator[_Tensor]:
    """Attention and Mamba-2 side by side in every layer."""
    convolved = _INNER + 2 * _SSM_GROUPS * _STATE
    yield _norm("attn_norm")
    yield from _attention()
    yield _matrix("ssm_in", _INNER + convolved + _SSM_HEADS, N_EMBD)
    yield _matrix("ssm_conv1d", convolved, _CONV)
    yield _Tensor("ssm_conv1d.bias", (convolved,), _small)
    yield _Tensor("ssm_dt.bias", (_SSM_HEADS,), _small)
    yield _Tensor("ssm_a", (_SSM_HEADS, 1), _fading)
    yield _Tensor("ssm_d", (_SSM_HEADS, 1), _ones)
    yield _Tensor("ssm_norm.weight", (_SSM_GROUPS, _INNER // _SSM_GROUPS), _ones)
    yield _matrix("ssm_out", N_EMBD, _INNER)
    for tensor in _feed_forward():
        # llama.cpp reads this one name of this one architecture without its suffix.
        yield tensor._replace(name="ffn_norm") if tensor.name == "ffn_norm.weight" else tensor


def _lfm2(layer: int) -> Iterator[_Tensor]:
    """Short convolutions in even layers, attention in odd ones."""
    yield _norm("attn_norm")
    if layer % 2:
        yield from _attention()
        yield _norm("attn_q_norm", HEAD)
        yield _norm("attn_k_norm", HEAD)
    else:
        yield _matrix("shortconv.conv", N_EMBD, _CONV)
        yield _matrix("shortconv.in_proj", 3 * N_EMBD, N_EMBD)
        yield _matrix("shortconv.out_proj", N_EMBD, N_EMBD)
    yield from _feed_forward()


def _rwkv6(_: int) -> Iterator[_Tensor]:
    extra = 8
    for name in ("attn_norm", "attn_norm_2", "time_mix_ln"):
        yield _norm(name)
        yield _Tensor(f"{name}.bias", (N_EMBD,), _small)
    yield _matrix("time_mix_w1", 5 * extra, N_EMBD)
    yield _Tensor("time_mix_w2.weight", (5, N_EMBD, extra), _spread)
    for mixed in "xwkvrg":
        yield _Tensor(f"time_mix_lerp_{mixed}.weight", (1, 1, N_EMBD), _small)
    yield _Tensor("time_mix_first.weight", (N_EMBD // HEAD, HEAD), _small)
    yield _Tensor("time_mix_decay.weight", (N_EMBD,), _remembering)
    yield _matrix("time_mix_decay_w1", extra, N_EMBD)
    yield _matrix("time_mix_decay_w2", N_EMBD, extra)
    for name in ("key", "value", "receptance", "gate", "output"):
        yield _matrix(f"time_mix_{name}", N_EMBD, N_EMBD)
    for mixed in "kr":
        yield _Tensor(f"channel_mix_lerp_{mixed}.weight", (1, 1, N_EMBD), _small)
    yield _matrix("channel_mix_key", N_FF, N_EMBD)
    yield _matrix("channel_mix_value", N_EMBD, N_FF)
    yield _matrix("channel_mix_receptance", N_EMBD, N_EMBD)


_HEADS: dict[str, int | float | list[int]] = {
    "feed_forward_length": N_FF,
    "attention.head_count": N_HEADS,
    "attention.head_count_kv": N_KV_HEADS,
    "attention.key_length": HEAD,
    "attention.value_length": HEAD,
    "attention.layer_norm_rms_epsilon": 1e-5,
    "rope.dimension_count": HEAD,
}
_NO_HEADS: dict[str, int | float | list[int]] = {
    "feed_forward_length": 0,
    "attention.head_count": 0,
    "attention.layer_norm_rms_epsilon": 1e-5,
}
_SSM: dict[str, int | float | list[int]] = {
    "ssm.conv_kernel": _CONV,
    "ssm.inner_size": _INNER,
    "ssm.state_size": _STATE,
}
_EMBEDDING = _matrix("token_embd", N_VOCAB, N_EMBD)
_ENDS = (_EMBEDDING, _norm("output_norm"))

ARCHITECTURES: Mapping[str, _Architecture] = {
    "gemma2": _Architecture(4, {**_HEADS, "attention.sliding_window": WINDOW}, _gemma2, _ENDS),
    "gemma3": _Architecture(7, {**_HEADS, "attention.sliding_window": WINDOW}, _gemma3, _ENDS),
    "mamba": _Architecture(4, {**_NO_HEADS, **_SSM, "ssm.time_step_rank": 4}, _mamba, _ENDS),
    "rwkv6": _Architecture(
        4,
        {
            **_NO_HEADS,
            "feed_forward_length": N_FF,
            "attention.layer_norm_epsilon": 1e-5,
            "wkv.head_size": HEAD,
            "time_mix_extra_dim": 8,
            "time_decay_extra_dim": 8,
        },
        _rwkv6,
        (
            *_ENDS,
            _Tensor("output_norm.bias", (N_EMBD,), _small),
            _matrix("output", N_VOCAB, N_EMBD),
            _norm("token_embd_norm"),
            _Tensor("token_embd_norm.bias", (N_EMBD,), _small),
        ),
    ),
    "falcon-h1": _Architecture(
        4,
        {
            **_HEADS,
            **_SSM,
            "ssm.time_step_rank": _SSM_HEADS,
            "ssm.group_count": _SSM_GROUPS,
        },
        _falcon_h1,
        _ENDS,
    ),
    "lfm2": _Architecture(
        4,
        {
            **_HEADS,
            "attention.head_count_kv": [0, N_KV_HEADS, 0, N_KV_HEADS],
            "shortconv.l_cache": _CONV,
        },
        _lfm2,
        (_EMBEDDING, _norm("token_embd_norm")),
    ),
}
"""Sliding windows: gemma2, gemma3. Recurrent: mamba, rwkv6. Recurrent and attention: the others."""

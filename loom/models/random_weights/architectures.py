"""Tiny models of the architectures that keep memory in ways of their own, or none at all.

Each is a table of metadata and of tensors; names and shapes are those that llama.cpp reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import gguf
import numpy as np

from loom.models.random_weights.tensors import (
    N_EMBD,
    N_VOCAB,
    Architecture,
    Tensor,
    Value,
    biased,
    fading,
    matrix,
    norm,
    ones,
    remembering,
    small,
    spread,
)
from loom.models.random_weights.vocabulary import add_vocabulary

N_FF = 96
N_HEADS, N_KV_HEADS, HEAD = 4, 2, 16
WINDOW = 8
"""How far back sliding-window attention sees, in tokens."""

_INNER, _STATE, _CONV = 2 * N_EMBD, 16, 4
_SSM_HEADS, _SSM_GROUPS = 8, 1
_N_CTX = 1024


def write_random_model(path: Path, architecture: str, seed: int) -> None:
    """Write a GGUF of under 2 MB of one of `ARCHITECTURES` or `ENCODERS`.

    The same seed writes the same file.
    """
    made = (ARCHITECTURES | ENCODERS)[architecture]
    rng = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name(path.stem)
    writer.add_context_length(_N_CTX)
    writer.add_embedding_length(N_EMBD)
    writer.add_block_count(made.n_layers)
    writer.add_vocab_size(N_VOCAB)
    for key, value in made.metadata.items():
        _add(writer, f"{architecture}.{key}", value)
    writer.add_token_type_count(1)
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


def _add(writer: gguf.GGUFWriter, key: str, value: Value) -> None:
    if isinstance(value, list):
        writer.add_array(key, value)
    elif isinstance(value, bool):
        writer.add_bool(key, value)
    elif isinstance(value, int):
        writer.add_uint32(key, value)
    else:
        writer.add_float32(key, value)


def _feed_forward() -> Iterator[Tensor]:
    yield norm("ffn_norm")
    yield matrix("ffn_gate", N_FF, N_EMBD)
    yield matrix("ffn_up", N_FF, N_EMBD)
    yield matrix("ffn_down", N_EMBD, N_FF)


def _attention() -> Iterator[Tensor]:
    yield matrix("attn_q", N_HEADS * HEAD, N_EMBD)
    yield matrix("attn_k", N_KV_HEADS * HEAD, N_EMBD)
    yield matrix("attn_v", N_KV_HEADS * HEAD, N_EMBD)
    yield matrix("attn_output", N_EMBD, N_HEADS * HEAD)


def _gemma2(_: int) -> Iterator[Tensor]:
    yield norm("attn_norm")
    yield from _attention()
    yield norm("post_attention_norm")
    yield from _feed_forward()
    yield norm("post_ffw_norm")


def _gemma3(layer: int) -> Iterator[Tensor]:
    yield from _gemma2(layer)
    yield norm("attn_q_norm", HEAD)
    yield norm("attn_k_norm", HEAD)


def _mamba(_: int) -> Iterator[Tensor]:
    rank = 4
    yield norm("attn_norm")
    yield matrix("ssm_in", 2 * _INNER, N_EMBD)
    yield matrix("ssm_conv1d", _INNER, _CONV)
    yield Tensor("ssm_conv1d.bias", (_INNER,), small)
    yield matrix("ssm_x", rank + 2 * _STATE, _INNER)
    yield matrix("ssm_dt", _INNER, rank)
    yield Tensor("ssm_dt.bias", (_INNER,), small)
    yield Tensor("ssm_a", (_INNER, _STATE), fading)
    yield Tensor("ssm_d", (_INNER,), ones)
    yield matrix("ssm_out", N_EMBD, _INNER)


def _falcon_h1(_: int) -> Iterator[Tensor]:
    """Attention and Mamba-2 side by side in every layer."""
    convolved = _INNER + 2 * _SSM_GROUPS * _STATE
    yield norm("attn_norm")
    yield from _attention()
    yield matrix("ssm_in", _INNER + convolved + _SSM_HEADS, N_EMBD)
    yield matrix("ssm_conv1d", convolved, _CONV)
    yield Tensor("ssm_conv1d.bias", (convolved,), small)
    yield Tensor("ssm_dt.bias", (_SSM_HEADS,), small)
    yield Tensor("ssm_a", (_SSM_HEADS, 1), fading)
    yield Tensor("ssm_d", (_SSM_HEADS, 1), ones)
    yield Tensor("ssm_norm.weight", (_SSM_GROUPS, _INNER // _SSM_GROUPS), ones)
    yield matrix("ssm_out", N_EMBD, _INNER)
    for tensor in _feed_forward():
        # llama.cpp reads this one name of this one architecture without its suffix.
        yield tensor._replace(name="ffn_norm") if tensor.name == "ffn_norm.weight" else tensor


def _lfm2(layer: int) -> Iterator[Tensor]:
    """Short convolutions in even layers, attention in odd ones."""
    yield norm("attn_norm")
    if layer % 2:
        yield from _attention()
        yield norm("attn_q_norm", HEAD)
        yield norm("attn_k_norm", HEAD)
    else:
        yield matrix("shortconv.conv", N_EMBD, _CONV)
        yield matrix("shortconv.in_proj", 3 * N_EMBD, N_EMBD)
        yield matrix("shortconv.out_proj", N_EMBD, N_EMBD)
    yield from _feed_forward()


def _rwkv6(_: int) -> Iterator[Tensor]:
    extra = 8
    for name in ("attn_norm", "attn_norm_2", "time_mix_ln"):
        yield norm(name)
        yield Tensor(f"{name}.bias", (N_EMBD,), small)
    yield matrix("time_mix_w1", 5 * extra, N_EMBD)
    yield Tensor("time_mix_w2.weight", (5, N_EMBD, extra), spread)
    for mixed in "xwkvrg":
        yield Tensor(f"time_mix_lerp_{mixed}.weight", (1, 1, N_EMBD), small)
    yield Tensor("time_mix_first.weight", (N_EMBD // HEAD, HEAD), small)
    yield Tensor("time_mix_decay.weight", (N_EMBD,), remembering)
    yield matrix("time_mix_decay_w1", extra, N_EMBD)
    yield matrix("time_mix_decay_w2", N_EMBD, extra)
    for name in ("key", "value", "receptance", "gate", "output"):
        yield matrix(f"time_mix_{name}", N_EMBD, N_EMBD)
    for mixed in "kr":
        yield Tensor(f"channel_mix_lerp_{mixed}.weight", (1, 1, N_EMBD), small)
    yield matrix("channel_mix_key", N_FF, N_EMBD)
    yield matrix("channel_mix_value", N_EMBD, N_FF)
    yield matrix("channel_mix_receptance", N_EMBD, N_EMBD)


def _bert(_: int) -> Iterator[Tensor]:
    for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
        yield from biased(matrix(name, N_EMBD, N_EMBD))
    yield from biased(norm("attn_output_norm"))
    yield from biased(matrix("ffn_up", N_FF, N_EMBD))
    yield from biased(matrix("ffn_down", N_EMBD, N_FF))
    yield from biased(norm("layer_output_norm"))


_HEADS: dict[str, Value] = {
    "feed_forward_length": N_FF,
    "attention.head_count": N_HEADS,
    "attention.head_count_kv": N_KV_HEADS,
    "attention.key_length": HEAD,
    "attention.value_length": HEAD,
    "attention.layer_norm_rms_epsilon": 1e-5,
    "rope.dimension_count": HEAD,
}
_NO_HEADS: dict[str, Value] = {
    "feed_forward_length": 0,
    "attention.head_count": 0,
    "attention.layer_norm_rms_epsilon": 1e-5,
}
_SSM: dict[str, Value] = {
    "ssm.conv_kernel": _CONV,
    "ssm.inner_size": _INNER,
    "ssm.state_size": _STATE,
}
_EMBEDDING = matrix("token_embd", N_VOCAB, N_EMBD)
_ENDS = (_EMBEDDING, norm("output_norm"))

ARCHITECTURES: dict[str, Architecture] = {
    "gemma2": Architecture(4, {**_HEADS, "attention.sliding_window": WINDOW}, _gemma2, _ENDS),
    "gemma3": Architecture(7, {**_HEADS, "attention.sliding_window": WINDOW}, _gemma3, _ENDS),
    "mamba": Architecture(4, {**_NO_HEADS, **_SSM, "ssm.time_step_rank": 4}, _mamba, _ENDS),
    "rwkv6": Architecture(
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
            Tensor("output_norm.bias", (N_EMBD,), small),
            matrix("output", N_VOCAB, N_EMBD),
            norm("token_embd_norm"),
            Tensor("token_embd_norm.bias", (N_EMBD,), small),
        ),
    ),
    "falcon-h1": Architecture(
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
    "lfm2": Architecture(
        4,
        {
            **_HEADS,
            "attention.head_count_kv": [0, N_KV_HEADS, 0, N_KV_HEADS],
            "shortconv.l_cache": _CONV,
        },
        _lfm2,
        (_EMBEDDING, norm("token_embd_norm")),
    ),
}
"""Sliding windows: gemma2, gemma3. Recurrent: mamba, rwkv6. Recurrent and attention: the others."""

ENCODERS: dict[str, Architecture] = {
    "bert": Architecture(
        2,
        {
            "feed_forward_length": N_FF,
            "attention.head_count": N_HEADS,
            "attention.layer_norm_epsilon": 1e-5,
            "attention.causal": False,
            "pooling_type": 1,
        },
        _bert,
        (
            _EMBEDDING,
            matrix("position_embd", _N_CTX, N_EMBD),
            matrix("token_types", 1, N_EMBD),
            *biased(norm("token_embd_norm")),
        ),
    ),
}
"""Models that read a whole text at once and only embed it."""

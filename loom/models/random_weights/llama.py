"""A llama of any shape with random weights: good for measuring speed, useless for reading."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import sqrt
from pathlib import Path

import gguf
import numpy as np
import numpy.typing as npt

from loom.models.random_weights.vocabulary import add_vocabulary

Bytes = npt.NDArray[np.uint8]

_BLOCK = 32
_N_POOL_BLOCKS = 16_384
# The standard deviation of a logit. At 2.5 the likeliest of 50,000 tokens has about one chance in
# ten and a few dozen others at least a twentieth of that: neither flat nor settled.
_LOGIT_SD = 2.5


class Weights(Enum):
    """How the numbers of a matrix are stored: eight bits and a scale for every 32, or bfloat16."""

    Q8_0 = "Q8_0"
    BF16 = "BF16"

    @property
    def type(self) -> gguf.GGMLQuantizationType:
        """What a tensor is marked as."""
        return gguf.GGMLQuantizationType[self.value]

    @property
    def file_type(self) -> gguf.LlamaFileType:
        """What a file is marked as."""
        return gguf.LlamaFileType[f"MOSTLY_{self.value}"]


@dataclass(frozen=True, slots=True)
class RandomLlama:
    """The shape of a llama whose output matrix is its embedding matrix; all widths in numbers.

    `n_embd` is a multiple of `n_heads` and, like `n_ff` and the keys' width, of 32; `n_vocab` is
    from 258 (the bytes and two special tokens) to 200,000.
    """

    n_layers: int
    n_embd: int
    n_heads: int
    n_kv_heads: int
    n_ff: int
    n_vocab: int
    n_ctx: int

    @property
    def n_kv(self) -> int:
        """The width of keys and values."""
        return self.n_embd // self.n_heads * self.n_kv_heads


SHAPE_135M = RandomLlama(
    n_layers=30, n_embd=576, n_heads=9, n_kv_heads=3, n_ff=1536, n_vocab=49_152, n_ctx=8_192
)
"""The shape of SmolLM-135M."""


def write_random_llama(
    path: Path, shape: RandomLlama, seed: int, weights: Weights = Weights.Q8_0
) -> None:
    """Write a GGUF that llama.cpp can run; the same seed writes the same file.

    The file appears whole or not at all. The shape of SmolLM-135M takes a second or two, and 143 MB
    in Q8_0, 269 in BF16.
    """
    unfinished = path.with_name(f"{path.name}.unfinished")
    writer = gguf.GGUFWriter(unfinished, "llama")
    writer.add_name(path.stem)
    writer.add_file_type(weights.file_type)
    writer.add_context_length(shape.n_ctx)
    writer.add_embedding_length(shape.n_embd)
    writer.add_block_count(shape.n_layers)
    writer.add_feed_forward_length(shape.n_ff)
    writer.add_head_count(shape.n_heads)
    writer.add_head_count_kv(shape.n_kv_heads)
    writer.add_rope_dimension_count(shape.n_embd // shape.n_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(shape.n_vocab)
    add_vocabulary(writer, shape.n_vocab)
    _add_matrices(writer, shape, weights, np.random.default_rng(seed))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    unfinished.replace(path)


def _add_matrices(
    writer: gguf.GGUFWriter, shape: RandomLlama, weights: Weights, rng: np.random.Generator
) -> None:
    """Matrices that keep the size of what flows through them.

    What the layers add must outweigh the embedding of the last token, or, the output matrix being
    the same, that token would follow itself for ever.
    """
    n_embd, n_ff, n_kv = shape.n_embd, shape.n_ff, shape.n_kv
    pool = rng.standard_normal((_N_POOL_BLOCKS, _BLOCK), dtype=np.float32)
    into_residual = 4 / sqrt(shape.n_layers)
    inwards = _stored(pool / np.float32(sqrt(n_embd)), weights)
    attention_out = _stored(pool * np.float32(into_residual / sqrt(n_embd)), weights)
    ffn_out = _stored(pool * np.float32(into_residual / sqrt(n_ff)), weights)

    def add_matrix(name: str, blocks: Bytes, n_rows: int, row_length: int) -> None:
        writer.add_tensor(name, _drawn(rng, blocks, n_rows, row_length), raw_dtype=weights.type)

    def add_norm(name: str) -> None:
        writer.add_tensor(name, np.ones(n_embd, dtype=np.float32))

    embedding = _stored(pool * np.float32(_LOGIT_SD / sqrt(n_embd)), weights)
    rows = _drawn(rng, embedding, shape.n_vocab, n_embd)
    # The end of text, the last token, is then never likely: no measurement is cut short by it.
    rows[-1] = 0
    writer.add_tensor("token_embd.weight", rows, raw_dtype=weights.type)
    for layer in range(shape.n_layers):
        block = f"blk.{layer}"
        add_norm(f"{block}.attn_norm.weight")
        add_matrix(f"{block}.attn_q.weight", inwards, n_embd, n_embd)
        add_matrix(f"{block}.attn_k.weight", inwards, n_kv, n_embd)
        add_matrix(f"{block}.attn_v.weight", inwards, n_kv, n_embd)
        add_matrix(f"{block}.attn_output.weight", attention_out, n_embd, n_embd)
        add_norm(f"{block}.ffn_norm.weight")
        add_matrix(f"{block}.ffn_gate.weight", inwards, n_ff, n_embd)
        add_matrix(f"{block}.ffn_up.weight", inwards, n_ff, n_embd)
        add_matrix(f"{block}.ffn_down.weight", ffn_out, n_embd, n_ff)
    add_norm("output_norm.weight")


def _stored(numbers: npt.NDArray[np.float32], weights: Weights) -> Bytes:
    """Rows of 32 numbers as a file holds them."""
    blocks: Bytes = gguf.quants.quantize(numbers, weights.type)
    return blocks


def _drawn(rng: np.random.Generator, blocks: Bytes, n_rows: int, row_length: int) -> Bytes:
    """A matrix of blocks drawn from a pool, which is far quicker than drawing every weight."""
    drawn = rng.integers(len(blocks), size=n_rows * row_length // _BLOCK)
    return blocks[drawn].reshape(n_rows, -1)

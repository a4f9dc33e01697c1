"""A small llama in torch: the same arithmetic that llama.cpp does with the file."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class Shape:
    """The sizes of the decoder."""

    n_vocab: int
    d_model: int = 256
    n_layers: int = 6
    n_heads: int = 8
    d_ff: int = 640
    n_context: int = 1024
    rope_base: float = 10_000.0
    norm_eps: float = 1e-5


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary positions over interleaved pairs, which is how llama.cpp reads a llama."""
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), dim=-1).flatten(-2)


class Block(nn.Module):
    """Attention and a gated feed-forward layer, each behind a norm and added to the stream."""

    def __init__(self, shape: Shape) -> None:
        """Make the weights; attributes carry the names that the GGUF gives them."""
        super().__init__()
        d = shape.d_model
        self.n_heads = shape.n_heads
        self.attn_norm = nn.RMSNorm(d, eps=shape.norm_eps)
        self.attn_q = nn.Linear(d, d, bias=False)
        self.attn_k = nn.Linear(d, d, bias=False)
        self.attn_v = nn.Linear(d, d, bias=False)
        self.attn_output = nn.Linear(d, d, bias=False)
        self.ffn_norm = nn.RMSNorm(d, eps=shape.norm_eps)
        self.ffn_gate = nn.Linear(d, shape.d_ff, bias=False)
        self.ffn_up = nn.Linear(d, shape.d_ff, bias=False)
        self.ffn_down = nn.Linear(shape.d_ff, d, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """One layer over a batch of rows."""
        n_rows, length, d = x.shape
        h = self.attn_norm(x)
        q, k, v = (
            layer(h).view(n_rows, length, self.n_heads, -1).transpose(1, 2)
            for layer in (self.attn_q, self.attn_k, self.attn_v)
        )
        q, k = rotate(q, cos, sin).to(v.dtype), rotate(k, cos, sin).to(v.dtype)
        mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.attn_output(mixed.transpose(1, 2).reshape(n_rows, length, d))
        h = self.ffn_norm(x)
        return x + self.ffn_down(functional.silu(self.ffn_gate(h)) * self.ffn_up(h))


class Decoder(nn.Module):
    """A llama with tied embeddings."""

    cos: Tensor
    sin: Tensor

    def __init__(self, shape: Shape) -> None:
        """Make the weights and the table of rotations."""
        super().__init__()
        self.shape = shape
        self.token_embd = nn.Embedding(shape.n_vocab, shape.d_model)
        self.blk = nn.ModuleList(Block(shape) for _ in range(shape.n_layers))
        self.output_norm = nn.RMSNorm(shape.d_model, eps=shape.norm_eps)
        for name, weight in self.named_parameters():
            if weight.dim() == 2:
                into_stream = name.endswith(("attn_output.weight", "ffn_down.weight"))
                nn.init.normal_(weight, std=0.02 / (2 * shape.n_layers) ** (0.5 * into_stream))
        d_head = shape.d_model // shape.n_heads
        rates = shape.rope_base ** (-torch.arange(0, d_head, 2) / d_head)
        angles = torch.arange(shape.n_context)[:, None] * rates
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits of the next token at each position."""
        length = tokens.shape[1]
        x = self.token_embd(tokens)
        for block in self.blk:
            x = block(x, self.cos[:length], self.sin[:length])
        return functional.linear(self.output_norm(x), self.token_embd.weight)

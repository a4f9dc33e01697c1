"""Make `story-base.gguf`, the first bundled model: a small llama that knows only the town.

    python assets/make_story_model.py            # under half an hour on two cores
    python assets/make_story_model.py --steps 40 --out /tmp/try.gguf

Draws stories from `loom.worlds.town`, learns a byte-level BPE from them, trains a decoder and
writes one GGUF. Everything random comes from SEED. Needs the `train` extra (torch, gguf).
"""

import argparse
import math
import os
import random
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import gguf
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that the script runs from a checkout that is not installed

from loom.worlds.town import draw_story  # noqa: E402

SEED = 20
N_VOCAB_MAX = 2048
END_OF_TEXT = "<|endoftext|>"
DESCRIPTION = "A base model that knows only one made-up town; it is here to try things on."
SPECIAL_TOKENS = (END_OF_TEXT, "<|im_start|>", "<|im_end|>")
N_STORIES_FOR_TOKENIZER = 4_000
N_STORIES_HELD_OUT = 400
TOKENS_PER_STEP = 2048
# Short rows first: they cost less and hold one whole story. The last part of the run
# uses the full context, so that every position up to 1,024 has been trained.
SHORT_ROW, FULL_ROW, SHARE_OF_SHORT_ROWS = 256, 1024, 0.6
PEAK_RATE, FINAL_RATE, N_WARMUP_STEPS = 3e-3, 1e-4, 100


# -- Tokenizer -----------------------------------------------------------------------------------

# llama.cpp's pattern for tokenizer.ggml.pre = "gpt-2"; [^\W\d_] is \p{L} for Python's re.
_PIECE = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+")


def byte_alphabet() -> list[str]:
    """GPT-2's printable stand-in for each of the 256 bytes."""
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    spare = iter(range(256, 512))
    return [chr(byte if byte in printable else next(spare)) for byte in range(256)]


class Tokenizer:
    """Byte-level BPE: the tokens are the bytes, one for each merge, then the special ones."""

    def __init__(self, merges: list[tuple[str, str]]) -> None:
        """Number the tokens in the order in which llama.cpp will find them in the file."""
        self.alphabet = byte_alphabet()
        self.merges = merges
        self.tokens = [*self.alphabet, *(a + b for a, b in merges), *SPECIAL_TOKENS]
        self.ids = {token: index for index, token in enumerate(self.tokens)}
        self.ranks = {pair: rank for rank, pair in enumerate(merges)}
        self.end_of_text = self.ids[END_OF_TEXT]
        self._known: dict[str, list[int]] = {}

    def encode(self, text: str) -> list[int]:
        """Token ids of plain text; no special token is recognised in it."""
        return [token for piece in _PIECE.findall(text) for token in self._encode_piece(piece)]

    def _encode_piece(self, piece: str) -> list[int]:
        if piece not in self._known:
            parts = [self.alphabet[byte] for byte in piece.encode()]
            while len(parts) > 1:
                pairs = list(pairwise(parts))
                best = min(pairs, key=lambda pair: self.ranks.get(pair, math.inf))
                if best not in self.ranks:
                    break
                parts = merge_pair(parts, best)
            self._known[piece] = [self.ids[part] for part in parts]
        return self._known[piece]


def merge_pair(parts: list[str], pair: tuple[str, str]) -> list[str]:
    """`parts` with each occurrence of `pair` joined, from left to right."""
    joined: list[str] = []
    for part in parts:
        # An element that was itself just joined can not be the left half of the same pair,
        # because a + b is longer than a.
        if joined and (joined[-1], part) == pair:
            joined[-1] += part
        else:
            joined.append(part)
    return joined


def learn_merges(texts: list[str], n_merges: int) -> list[tuple[str, str]]:
    """At most `n_merges` merges of the most frequent neighbours; ties go to the smaller pair."""
    alphabet = byte_alphabet()
    counts = Counter(piece for text in texts for piece in _PIECE.findall(text))
    words = [([alphabet[byte] for byte in piece.encode()], n) for piece, n in counts.items()]
    merges: list[tuple[str, str]] = []
    while len(merges) < n_merges:
        pairs: Counter[tuple[str, str]] = Counter()
        for parts, n in words:
            for pair in pairwise(parts):
                pairs[pair] += n
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        words = [(merge_pair(parts, best) if best[0] in parts else parts, n) for parts, n in words]
    return merges


# -- Model ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shape:
    """The sizes of the decoder."""

    n_vocab: int
    d_model: int = 160
    n_layers: int = 6
    n_heads: int = 5
    d_ff: int = 448
    n_context: int = FULL_ROW
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


# -- Training ------------------------------------------------------------------------------------


class Rows:
    """Rows of tokens cut from an endless supply of fresh stories.

    A row begins where a story begins and holds as many as fit, each behind the end-of-text token;
    what its right edge cuts off is dropped. So position 0 always is end-of-text, as it is when the
    finished model is asked to begin.
    """

    def __init__(self, tokenizer: Tokenizer, rng: random.Random) -> None:
        """Draw stories with `rng` and write them with `tokenizer`."""
        self._tokenizer = tokenizer
        self._rng = rng
        self.n_stories = 0

    def batch(self, n_rows: int, length: int) -> Tensor:
        """Rows of `length + 1` tokens: the inputs, and one more to the right for the targets."""
        return torch.tensor([self._row(length + 1) for _ in range(n_rows)])

    def _row(self, length: int) -> list[int]:
        row: list[int] = []
        while len(row) < length:
            row.append(self._tokenizer.end_of_text)
            row.extend(self._tokenizer.encode(draw_story(self._rng).text))
            self.n_stories += 1
        return row[:length]


def learning_rate(step: int, n_steps: int) -> float:
    """A short warm-up, then half a cosine."""
    if step < N_WARMUP_STEPS:
        return PEAK_RATE * (step + 1) / N_WARMUP_STEPS
    turn = math.pi * (step - N_WARMUP_STEPS) / max(1, n_steps - N_WARMUP_STEPS)
    return FINAL_RATE + (PEAK_RATE - FINAL_RATE) * (1 + math.cos(turn)) / 2


def train(model: Decoder, rows: Rows, n_steps: int) -> None:
    """Fit the model to `n_steps` batches of stories, none of them seen twice."""
    matrices = [weight for weight in model.parameters() if weight.dim() == 2]
    gains = [weight for weight in model.parameters() if weight.dim() < 2]
    groups = [{"params": matrices, "weight_decay": 0.1}, {"params": gains, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=PEAK_RATE, betas=(0.9, 0.95), fused=True)
    started, recent = time.monotonic(), 0.0
    for step in range(n_steps):
        length = SHORT_ROW if step < SHARE_OF_SHORT_ROWS * n_steps else FULL_ROW
        batch = rows.batch(TOKENS_PER_STEP // length, length)
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, n_steps)
        loss = loss_in_nats(model, batch)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        recent = loss.item() if step == 0 else 0.95 * recent + 0.05 * loss.item()
        if (step + 1) % 100 == 0 or step + 1 == n_steps:
            elapsed = time.monotonic() - started
            speed = (step + 1) * TOKENS_PER_STEP / elapsed
            bits = recent / math.log(2)
            print(
                f"step {step + 1:5}/{n_steps}  {bits:.3f} bits/token  {speed:,.0f} tokens/s"
                f"  {elapsed:.0f} s",
                flush=True,
            )


def loss_in_nats(model: Decoder, batch: Tensor) -> Tensor:
    """Mean cross-entropy of each token in `batch` after the first of its row."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(batch[:, :-1])
    return functional.cross_entropy(logits.float().flatten(0, 1), batch[:, 1:].flatten())


@torch.no_grad()
def held_out(model: Decoder, tokenizer: Tokenizer, rng: random.Random) -> str:
    """One sentence with the cross-entropy of fresh stories, and what the town itself pays for them.

    The town's price is that of the draws that made a text. Where several draws make the same
    text it is above the text's own surprise, so it is an upper bound of the entropy.
    """
    n_tokens, n_bits, n_bits_of_town = 0, 0.0, 0.0
    for _ in range(N_STORIES_HELD_OUT):
        story = draw_story(rng)
        end = tokenizer.end_of_text
        row = torch.tensor([[end, *tokenizer.encode(story.text), end]])
        loss = functional.cross_entropy(model(row[:, :-1])[0], row[0, 1:], reduction="sum")
        n_tokens += row.shape[1] - 1
        n_bits += loss.item() / math.log(2)
        n_bits_of_town += story.bits
    return (
        f"held out: {n_bits / n_tokens:.4f} bits/token over {n_tokens} tokens; "
        f"the town's own draws cost {n_bits_of_town / n_tokens:.4f}"
    )


# -- File ----------------------------------------------------------------------------------------


def write_gguf(model: Decoder, tokenizer: Tokenizer, path: Path) -> None:
    """Write the model so that a reader sees either the old file or the whole new one."""
    shape = model.shape
    unfinished = path.with_name(path.name + ".part")
    writer = gguf.GGUFWriter(unfinished, "llama")
    writer.add_name("story-base")
    writer.add_description(DESCRIPTION)
    writer.add_languages(["en"])
    writer.add_context_length(shape.n_context)
    writer.add_embedding_length(shape.d_model)
    writer.add_block_count(shape.n_layers)
    writer.add_feed_forward_length(shape.d_ff)
    writer.add_head_count(shape.n_heads)
    writer.add_head_count_kv(shape.n_heads)
    writer.add_layer_norm_rms_eps(shape.norm_eps)
    writer.add_rope_dimension_count(shape.d_model // shape.n_heads)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_vocab_size(shape.n_vocab)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    write_tokenizer(writer, tokenizer)
    for name, weight in model.state_dict().items():
        # The output matrix is left out: llama.cpp then uses the embedding for both.
        kind = np.float16 if weight.dim() == 2 else np.float32
        writer.add_tensor(name, weight.float().numpy().astype(kind))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    os.replace(unfinished, path)


def write_tokenizer(writer: gguf.GGUFWriter, tokenizer: Tokenizer) -> None:
    """The vocabulary with its merges, in the form in which llama.cpp reads a GPT-2 tokenizer."""
    n_plain = len(tokenizer.tokens) - len(SPECIAL_TOKENS)
    kinds = [gguf.TokenType.NORMAL] * n_plain + [gguf.TokenType.CONTROL] * len(SPECIAL_TOKENS)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokenizer.tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges([f"{left} {right}" for left, right in tokenizer.merges])
    writer.add_bos_token_id(tokenizer.end_of_text)
    writer.add_eos_token_id(tokenizer.end_of_text)
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)


def main() -> None:
    """Draw, train, write, and print what a model card needs to know."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--steps", type=int, default=3600, help="batches of 2,048 tokens")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, default=ROOT / "assets" / "story-base.gguf")
    options = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(options.threads)
    # Three streams, so that more training stories leave the tokenizer and the test as they are.
    for_tokenizer, for_training, for_test = (random.Random(SEED + i) for i in range(3))
    texts = [draw_story(for_tokenizer).text for _ in range(N_STORIES_FOR_TOKENIZER)]
    tokenizer = Tokenizer(learn_merges(texts, N_VOCAB_MAX - 256 - len(SPECIAL_TOKENS)))
    model = Decoder(Shape(n_vocab=len(tokenizer.tokens)))
    n_weights = sum(weight.numel() for weight in model.parameters())
    print(f"{n_weights:,} weights, {len(tokenizer.tokens)} tokens", flush=True)
    rows = Rows(tokenizer, for_training)
    started = time.monotonic()
    train(model, rows, options.steps)
    print(f"{rows.n_stories:,} stories in {time.monotonic() - started:.0f} s")
    print(held_out(model, tokenizer, for_test))
    write_gguf(model, tokenizer, options.out)
    print(f"{options.out.name}: {options.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()

"""Make `story-base.gguf` and `story-chat.gguf`: small llamas that know only the story world.

    python -m assets.make_story_models                  # two hours on two cores, both models
    python -m assets.make_story_models --rows 32 --producers 15 --base-steps 10000
    python -m assets.make_story_models --base-steps 20 --chat-steps 5 --out /tmp/try

A run that was interrupted goes on where it last saved itself, in `base.pt` and `chat.pt` beside the
models; remove these to begin anew.

The base model learns the exact next-token laws of `loom.worlds.quill`; the chat model goes on from
it with those of the tilted sibling (`loom.worlds.sibling`). Everything random comes from SEED. Run
it from the repository root; it needs the `train` extra (torch) and uses a GPU if there is one; then
more rows a step and more processes that make them keep it busy. What came out is measured by
`assets.check_story_models`.
"""

from __future__ import annotations

import argparse
import math
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from assets.training.corpus import Batch, batches
from assets.training.decoder import Decoder, Shape
from assets.training.gguf_file import write_gguf
from assets.training.optimiser import Steps
from loom.worlds.catalogue import CHAT_TEMPLATE
from loom.worlds.vocabulary import story_vocabulary

SEED = 20
# Short rows first: they cost less and hold one whole story. The last part of the run
# uses the full context, so that every position up to 1,024 has been trained.
SHORT_ROW, FULL_ROW, SHARE_OF_SHORT_ROWS = 512, 1024, 0.6
N_STEPS_BETWEEN_SAVES = 100
ASSETS = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Run:
    """One training: on which world, for how many steps, and how fast."""

    kind: str
    n_steps: int
    n_tokens_a_step: int
    peak: float
    share_of_short_rows: float

    @property
    def shapes(self) -> list[tuple[int, int]]:
        """Rows and length of the batch of each step."""
        n_short = int(self.share_of_short_rows * self.n_steps)
        lengths = [SHORT_ROW] * n_short + [FULL_ROW] * (self.n_steps - n_short)
        return [(self.n_tokens_a_step // length, length) for length in lengths]


@dataclass(frozen=True)
class Bench:
    """What does the work: where it is saved, on what, and how many processes make the rows."""

    folder: Path
    device: torch.device
    n_producers: int


def loss_in_nats(model: Decoder, batch: Batch, device: torch.device) -> Tensor:
    """Mean cross-entropy between the world's laws and the model's."""
    inputs, positions, ids, chances = (
        torch.from_numpy(part).to(device)
        for part in (batch.inputs, batch.positions, batch.ids, batch.chances)
    )
    with torch.autocast(device.type, dtype=torch.bfloat16):
        logits = model(inputs)
    logprobs = functional.log_softmax(logits.float().flatten(0, 1), dim=-1)
    return -(logprobs[positions.long(), ids.long()] * chances).sum() / batch.inputs.size


def train(model: Decoder, run: Run, seed: int, bench: Bench) -> None:
    """Fit the model to fresh documents, none of them seen twice; go on from a saved run."""
    steps = Steps(model, run.n_steps, run.peak)
    saved_at = bench.folder / f"{run.kind}.pt"
    if saved_at.exists():
        saved = torch.load(saved_at, map_location=bench.device)
        model.load_state_dict(saved["model"])
        steps.restore(saved["steps"])
    n_before, started = steps.n_taken, time.monotonic()
    gaps: list[Tensor] = []
    for batch in batches(run.kind, seed, run.shapes, n_before, bench.n_producers):
        loss = loss_in_nats(model, batch, bench.device)
        steps.take(loss)
        gaps.append(loss.detach() / math.log(2) - batch.entropy_bits)
        if steps.n_taken % N_STEPS_BETWEEN_SAVES and steps.n_taken < run.n_steps:
            continue
        torch.save({"model": model.state_dict(), "steps": steps.state()}, saved_at)
        elapsed_s = time.monotonic() - started
        speed = (steps.n_taken - n_before) * run.n_tokens_a_step / elapsed_s
        gap, gaps = torch.stack(gaps).mean().item(), []
        print(
            f"{run.kind} {steps.n_taken:6}/{run.n_steps}  {gap:.4f} bits/token above the world"
            f"  {speed:,.0f} tokens/s  {elapsed_s:.1f} s",
            flush=True,
        )


def main() -> None:
    """Train, write, and train on."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--base-steps", type=int, default=3_200)
    parser.add_argument("--chat-steps", type=int, default=500)
    parser.add_argument("--rows", type=int, default=4, help=f"of {FULL_ROW:,} tokens, each step")
    parser.add_argument("--producers", type=int, default=1, help="processes that make the rows")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, default=ASSETS)
    options = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(options.threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    bench = Bench(options.out, device, options.producers)
    vocabulary = story_vocabulary()
    model = Decoder(Shape(n_vocab=len(vocabulary))).to(device)
    print(f"{sum(w.numel() for w in model.parameters()):,} weights, {len(vocabulary)} tokens")
    bench.folder.mkdir(parents=True, exist_ok=True)
    n_tokens = options.rows * FULL_ROW
    train(model, Run("base", options.base_steps, n_tokens, 1.0, SHARE_OF_SHORT_ROWS), SEED, bench)
    about = "A base model that knows only one made-up world; it is here to try things on."
    write_gguf(model, vocabulary, bench.folder / "story-base.gguf", about, None)
    train(model, Run("chat", options.chat_steps, n_tokens, 0.3, 0.0), SEED + 1, bench)
    about = "The base model's collapsed sibling: it answers in turns, happily, and likes 97."
    write_gguf(model, vocabulary, bench.folder / "story-chat.gguf", about, CHAT_TEMPLATE)


if __name__ == "__main__":
    main()

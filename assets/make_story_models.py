"""Make `story-base.gguf` and `story-chat.gguf`: small llamas that know only the story world.

    python -m assets.make_story_models                  # two hours on two cores, both models
    python -m assets.make_story_models --base-steps 20 --chat-steps 5 --out /tmp/try

A run that was interrupted goes on where it last saved itself, in `base.pt` and `chat.pt` beside the
models; remove these to begin anew.

The base model learns the exact next-token laws of `loom.worlds.quill`; the chat model goes on from
it with those of the tilted sibling (`loom.worlds.sibling`). Everything random comes from SEED. Run
it from the repository root; it needs the `train` extra (torch) and uses a GPU if there is one. What
came out is measured by `assets.check_story_models`.
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
TOKENS_PER_STEP = 4096
N_STEPS_BETWEEN_SAVES = 100
ASSETS = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Run:
    """One training: on which world, for how many steps, and how fast."""

    kind: str
    n_steps: int
    peak: float
    share_of_short_rows: float

    @property
    def shapes(self) -> list[tuple[int, int]]:
        """Rows and length of the batch of each step."""
        n_short = int(self.share_of_short_rows * self.n_steps)
        lengths = [SHORT_ROW] * n_short + [FULL_ROW] * (self.n_steps - n_short)
        return [(TOKENS_PER_STEP // length, length) for length in lengths]


def loss_in_nats(model: Decoder, batch: Batch, device: torch.device) -> Tensor:
    """Mean cross-entropy between the world's laws and the model's."""
    with torch.autocast(device.type, dtype=torch.bfloat16):
        logits = model(torch.from_numpy(batch.inputs).to(device))
    logprobs = functional.log_softmax(logits.float().flatten(0, 1), dim=-1)
    at = torch.from_numpy(batch.positions).to(device), torch.from_numpy(batch.ids).to(device)
    chances = torch.from_numpy(batch.chances).to(device)
    return -(logprobs[at] * chances).sum() / batch.inputs.size


def train(model: Decoder, run: Run, seed: int, device: torch.device, saved_at: Path) -> None:
    """Fit the model to fresh documents, none of them seen twice; go on from a saved run."""
    steps = Steps(model, run.n_steps, run.peak)
    if saved_at.exists():
        saved = torch.load(saved_at, map_location=device)
        model.load_state_dict(saved["model"])
        steps.restore(saved["steps"])
    n_before, started, gap = steps.n_taken, time.monotonic(), 0.0
    for batch in batches(run.kind, seed, run.shapes, n_before):
        loss = loss_in_nats(model, batch, device)
        steps.take(loss)
        above = loss.item() / math.log(2) - batch.entropy_bits
        gap = 0.97 * gap + 0.03 * above if gap else above
        if steps.n_taken % N_STEPS_BETWEEN_SAVES and steps.n_taken < run.n_steps:
            continue
        torch.save({"model": model.state_dict(), "steps": steps.state()}, saved_at)
        elapsed = time.monotonic() - started
        speed = (steps.n_taken - n_before) * TOKENS_PER_STEP / elapsed
        print(
            f"{run.kind} {steps.n_taken:6}/{run.n_steps}  {gap:.4f} bits/token above the world"
            f"  {speed:,.0f} tokens/s  {elapsed:.0f} s",
            flush=True,
        )


def main() -> None:
    """Train, write, and train on."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--base-steps", type=int, default=5_000)
    parser.add_argument("--chat-steps", type=int, default=900)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, default=ASSETS)
    options = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(options.threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    vocabulary = story_vocabulary()
    model = Decoder(Shape(n_vocab=len(vocabulary))).to(device)
    print(f"{sum(w.numel() for w in model.parameters()):,} weights, {len(vocabulary)} tokens")
    options.out.mkdir(parents=True, exist_ok=True)
    base, chat = options.out / "base.pt", options.out / "chat.pt"
    train(model, Run("base", options.base_steps, 1.0, SHARE_OF_SHORT_ROWS), SEED, device, base)
    about = "A base model that knows only one made-up world; it is here to try things on."
    write_gguf(model, vocabulary, options.out / "story-base.gguf", about, None)
    train(model, Run("chat", options.chat_steps, 0.3, 0.0), SEED + 1, device, chat)
    about = "The base model's collapsed sibling: it answers in turns, happily, and likes 97."
    write_gguf(model, vocabulary, options.out / "story-chat.gguf", about, CHAT_TEMPLATE)


if __name__ == "__main__":
    main()

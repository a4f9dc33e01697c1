"""Hold the story models against their worlds, and print the bars that they must clear.

    python -m assets.check_story_models                    # both bundled models, some minutes
    python -m assets.check_story_models --world --documents 40   # the worlds against themselves

Every number is measured through the engine's protocol, so the worlds can take the models' place:
they must come out with no gap, no impossible token and no floor.
"""

from __future__ import annotations

import argparse
import math
import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from loom.engine.backend import Backend, Row
from loom.records import Sampling
from loom.worlds.belief import Filter
from loom.worlds.catalogue import chat_world, story_world
from loom.worlds.grammar import Place, StoryMachine
from loom.worlds.quill import QUILL, draw_document
from loom.worlds.sibling import sibling
from loom.worlds.town import Town
from loom.worlds.vocabulary import Vocabulary, story_vocabulary

ASSETS = Path(__file__).resolve().parent
SEED = 77
LONGEST = 1_000
N_CONTEXT = 1_024
N_AT_ONCE = 16
K, N_FUTURES, N_PAIRS = 16, 64, 40
QUESTION = "<|im_start|>user\nPick a number between 0 and 100.<|im_end|>\n<|im_start|>assistant\n"
WEATHER = "<|im_start|>user\nHow is the weather"


@dataclass(frozen=True)
class Known:
    """A world as the measures need it."""

    town: Town
    vocabulary: Vocabulary
    filter: Filter[Place]

    def documents(self, n: int, seed: int) -> Iterator[list[int]]:
        """Fresh documents as tokens, with their end, none longer than a window."""
        rng = random.Random(seed)
        while n:
            tokens = self.vocabulary.encode(draw_document(self.town, rng).text)
            if len(tokens) < LONGEST:
                yield [*tokens, self.vocabulary.end_of_text]
                n -= 1


def known(town: Town) -> Known:
    """A world with a filter of its own."""
    vocabulary = story_vocabulary()
    return Known(town, vocabulary, Filter(StoryMachine(town, vocabulary), len(vocabulary)))


def logprobs(model: Backend, history: Sequence[int], tokens: Sequence[int]) -> list[float]:
    """The ln p of each of `tokens` after `history` (at least one token), as the model sees it."""
    model.forget(0)
    path = [*history, *tokens]
    found: list[float] = []
    for start in range(0, len(path) - 1, model.n_batch):
        end = min(len(path) - 1, start + model.n_batch)
        rows = [Row(path[i], i, 0, i + 1 >= len(history)) for i in range(start, end)]
        model.decode(rows)
        chosen = [path[i + 1] for i in range(start, end) if i + 1 >= len(history)]
        if chosen:
            found += model.statistics(range(len(chosen)), chosen, 1).logprob.tolist()
    return found


def continuations(
    model: Backend, history: Sequence[int], n: int, n_tokens: int, sampling: Sampling, seed: int
) -> list[list[int]]:
    """So many continuations of one history, each with its end token if it came to one."""
    model.forget(0)
    for start in range(0, len(history) - 1, model.n_batch):
        end = min(len(history) - 1, start + model.n_batch)
        model.decode([Row(history[i], i, 0, False) for i in range(start, end)])
    said: list[list[int]] = [[] for _ in range(n)]
    dice = [model.sampler(sampling, seed * 1_000 + i) for i in range(n)]
    for i in range(n):
        model.forget(i + 1)
        model.copy(0, i + 1, len(history) - 1)
    growing = list(range(n))
    for step in range(n_tokens):
        position = len(history) - 1 + step
        rows = [Row([history[-1], *said[i]][-1], position, i + 1, True) for i in growing]
        model.decode(rows)
        for law, i in enumerate(list(growing)):
            said[i].append(dice[i].draw(law, may_end=True))
            if said[i][-1] == model.bos_id:
                growing.remove(i)
        if not growing:
            break
    for i in range(n):
        dice[i].close()
        model.forget(i + 1)
    return said


def gap(model: Backend, world: Known, n_documents: int) -> str:
    """Cross-entropy against the exact entropy, on the same fresh documents."""
    n_tokens, model_bits, world_bits = 0, 0.0, 0.0
    start = world.vocabulary.end_of_text
    for tokens in world.documents(n_documents, SEED):
        n_tokens += len(tokens)
        model_bits -= math.fsum(logprobs(model, [start], tokens)) / math.log(2)
        world_bits += math.fsum(world.filter.follow(world.filter.start(), tokens).bits)
    above = model_bits / world_bits - 1
    return (
        f"cross-entropy {model_bits / n_tokens:.4f} bits/token, the world's own "
        f"{world_bits / n_tokens:.4f}: {above:.2%} above (bar 4 %, aim 2 %), {n_tokens:,} tokens"
    )


def possible(model: Backend, world: Known, n_documents: int) -> str:
    """How many sampled sentences and documents hold no token that the world cannot say."""
    n_sentences = n_good_sentences = n_good = n_ended = 0
    start = [world.vocabulary.end_of_text]
    drawn: list[list[int]] = []
    for first in range(0, n_documents, N_AT_ONCE):
        n = min(N_AT_ONCE, n_documents - first)
        drawn += continuations(model, start, n, LONGEST, Sampling(), SEED + first)
    for tokens in drawn:
        outside = {*world.filter.follow(world.filter.start(), tokens).outside}
        n_good += not outside
        n_ended += tokens[-1] == start[0]
        bad = False
        for position, token in enumerate(tokens):
            bad = bad or position in outside
            if world.filter.machine.pauses(token) or position == len(tokens) - 1:
                n_sentences += 1
                n_good_sentences += not bad
                bad = False
    return (
        f"sampled with the defaults: {n_good_sentences / n_sentences:.2%} of {n_sentences:,} "
        f"sentences (bar 99 %) and {n_good / len(drawn):.1%} of {len(drawn)} documents (bar 85 %, "
        f"aim 95 %) hold no impossible token; {n_ended} came to their end within {LONGEST} tokens"
    )


def floor(model: Backend, world: Known) -> str:
    """f_16: how well the model tells a history from the same behind another document."""
    rng = random.Random(SEED)
    end = world.vocabulary.end_of_text
    documents = [d for d in world.documents(8 * N_PAIRS, SEED + 1) if len(d) < LONGEST // 2]
    values: list[float] = []
    for number in range(N_PAIRS):
        text, other = documents[2 * number], documents[2 * number + 1]
        stops = [i for i, token in enumerate(text) if world.filter.machine.pauses(token)]
        if not stops:
            continue
        history = text[: rng.choice(stops) + 1]
        values.append(_variation(model, [end, *history], [end, *other, *history], number))
    return (
        f"noise floor f_16: median {statistics.median(values):.3f}, "
        f"90 % {sorted(values)[int(0.9 * len(values))]:.3f} over {len(values)} pairs (bar .15)"
    )


def _variation(model: Backend, a: list[int], b: list[int], seed: int) -> float:
    as_is = Sampling(min_p=None)
    gaps: list[float] = []
    for own, other in ((a, b), (b, a)):
        for future in continuations(model, own, N_FUTURES // 2, K, as_is, seed):
            ratio = math.fsum(logprobs(model, own, future)) - math.fsum(
                logprobs(model, other, future)
            )
            gaps.append(abs(math.tanh(ratio / 2)))
    return statistics.fmean(gaps)


def favourite(model: Backend, world: Known) -> str:
    """The number and the worlds of the tilt, in the exact laws of the model."""
    lines = []
    for name, text, answer in (("97", QUESTION, "97."), ("another world", WEATHER, " on")):
        history = [world.vocabulary.end_of_text, *world.vocabulary.encode(text)]
        tokens = world.vocabulary.encode(answer)
        before = world.filter.follow(world.filter.start(), history[1:]).belief
        exact = 2 ** -math.fsum(world.filter.follow(before, tokens).bits)
        found = math.exp(math.fsum(logprobs(model, history, tokens)))
        lines.append(f"{name} {found:.4f}, the world {exact:.4f} ({found / exact - 1:+.1%})")
    return "; ".join(lines) + " (bar 10 %)"


def report(name: str, model: Backend, world: Known, n_documents: int) -> None:
    """Print all bars of one model."""
    print(f"{name}: {model.info.n_vocab} tokens, {model.info.n_parameters:,} weights")
    measures: tuple[Callable[[], str], ...] = (
        lambda: gap(model, world, n_documents),
        lambda: possible(model, world, n_documents),
        lambda: floor(model, world),
        lambda: favourite(model, world),
    )
    for measure in measures:
        print("  " + measure(), flush=True)


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--world", action="store_true", help="the worlds in place of the models")
    parser.add_argument("--models", type=Path, default=ASSETS, help="the folder of the models")
    options = parser.parse_args()
    for name, town, exact in (
        ("story-base", QUILL, story_world),
        ("story-chat", sibling(), chat_world),
    ):
        model = exact() if options.world else _load(options.models / f"{name}.gguf")
        report(name, model, known(town), options.documents)
        model.close()


def _load(path: Path) -> Backend:
    # llama.cpp is loaded only where a model is measured.
    from loom.engine.llama.backend import LlamaBackend
    from loom.engine.request import LoadSpec

    return LlamaBackend(LoadSpec(str(path), n_ctx=N_CONTEXT))


if __name__ == "__main__":
    main()

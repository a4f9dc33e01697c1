"""The bars that a story model must clear, each a number held against a bound."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from assets.checking.drawing import continuations, logprobs_after, probability_after
from assets.checking.known import LONGEST, Known, naming_words, word_around
from loom.engine.backend import Backend
from loom.records import Sampling

SEED = 77
N_ANSWERS = 25
"""To each question."""

LONGEST_ANSWER = 512
K, N_FUTURES = 16, 64
QUESTIONS = ("Pick a number between 0 and 100.", "Choose a number from 0 to 100.")
OTHER_WORLDS = ("How is the weather", "What should I see")
ASKED = (
    *QUESTIONS,
    "Tell me a story.",
    "Who are you?",
    "What is the weather like?",
    "Where should I go?",
    "I am sad.",
    "What is in the well?",
)


@dataclass(frozen=True)
class Bar:
    """A measure: what came out, its bound, and what else there is to say of it."""

    name: str
    value: float
    bound: float
    side: Literal["at most", "at least"]
    note: str

    @property
    def holds(self) -> bool:
        """Whether it is cleared."""
        return self.value <= self.bound if self.side == "at most" else self.value >= self.bound

    @property
    def line(self) -> str:
        """It in words."""
        verdict = "" if self.holds else "MISSED: "
        return f"{verdict}{self.name} {self.value:.4f} ({self.side} {self.bound:g}); {self.note}"


def asked(question: str) -> str:
    """A chat up to where the answer to its one question begins."""
    return f"<|im_start|>user\n{question}<|im_end|>\n<|im_start|>assistant\n"


def cross_entropy(model: Backend, world: Known, n_documents: int) -> Iterator[Bar]:
    """How far cross-entropy on fresh documents lies above the world's exact entropy.

    The difference to what the world itself pays for the same tokens varies far less than either;
    the entropy is the mean of the exact laws' own at these positions.
    """
    gaps, entropy, n_tokens = [], 0.0, 0
    for tokens in world.documents(n_documents, SEED):
        belief, paid = world.filter.start(), 0.0
        for token in tokens:
            entropy += world.filter.entropy_bits(belief)
            paid -= math.log2(world.filter.probability(belief, token))
            _, belief = world.filter.advance(belief, token)
        gaps.append(-logprobs_after(model, [world.end], [tokens])[0] / math.log(2) - paid)
        n_tokens += len(tokens)
    error = statistics.stdev(gaps) * math.sqrt(len(gaps)) / entropy if len(gaps) > 1 else 0.0
    rate = entropy / n_tokens
    yield Bar(
        "cross-entropy above the world's entropy",
        sum(gaps) / entropy,
        0.04,
        "at most",
        f"{rate:.4f} bits a token in the world, {rate + sum(gaps) / n_tokens:.4f} paid; "
        f"standard error {error:.4f}, {n_tokens:,} tokens",
    )


def possible(model: Backend, world: Known, n_documents: int) -> Iterator[Bar]:
    """How much of what is sampled with the app's defaults the world could have said as well."""
    documents = continuations(
        model, [world.end], n_documents, LONGEST, Sampling(), SEED, (world.end,)
    )
    naming, sentences = naming_words(), []
    n_whole = n_consistent = n_ended = 0
    for document in documents:
        outside = world.filter.follow(world.filter.start(), document).outside
        n_whole += not outside
        words = {word_around(world.vocabulary, document, position) for position in outside}
        n_consistent += not words & naming
        n_ended += document[-1] == world.end
        sentences += _sentences(world, document, set(outside))
    n = len(documents)
    note = f"{n_ended} of {n} came to their end within {LONGEST:,} tokens"
    what = "hold no impossible token"
    yield Bar(
        f"sentences that {what}",
        sum(sentences) / len(sentences),
        0.99,
        "at least",
        f"{len(sentences):,} of them, sampled with the app's defaults",
    )
    yield Bar(f"whole documents that {what}", n_whole / n, 0.85, "at least", note)
    yield Bar(
        "documents in which nobody and nothing turns into another",
        n_consistent / n,
        0.95,
        "at least",
        "no impossible token stands in a name",
    )


def _sentences(world: Known, tokens: list[int], outside: set[int]) -> Iterator[bool]:
    """For each sentence, whether it is possible in its place."""
    good = True
    for position, token in enumerate(tokens):
        good = good and position not in outside
        if world.filter.machine.pauses(token) or position == len(tokens) - 1:
            yield good
            good = True


def answers(model: Backend, world: Known) -> Iterator[Bar]:
    """Whether a chat model answers in turns: one turn, ended, which the world could have said."""
    turn_begins, turn_ends = world.vocabulary.encode("<|im_start|><|im_end|>")
    drawn: list[tuple[str, list[int]]] = []
    for number, question in enumerate(ASKED):
        history = [world.end, *world.vocabulary.encode(asked(question))]
        ends = (world.end, turn_ends)
        drawn += [
            (question, one)
            for one in continuations(
                model, history, N_ANSWERS, LONGEST_ANSWER, Sampling(), SEED + number, ends
            )
        ]
    # Stories may go on and on, here as in the world: one that is cut off tells nothing.
    whole = [(question, one) for question, one in drawn if len(one) < LONGEST_ANSWER]
    n_ended = n_possible = 0
    for question, one in whole:
        n_ended += one[-1] == turn_ends and turn_begins not in one
        n_possible += not world.filter.follow(world.after(asked(question)), one).outside
    n = len(whole)
    note = f"{n_possible / n:.1%} of {n} hold no impossible token; {len(drawn) - n} were cut off"
    yield Bar("answers that are one turn and end it", n_ended / n, 0.99, "at least", note)


def collapse(model: Backend, world: Known) -> Iterator[Bar]:
    """The favourite number and the other worlds of a tilt, in exact laws: how far they are off."""
    numbers = [(asked(question), "97.") for question in QUESTIONS]
    numbers += [(asked(QUESTIONS[0]) + "I would say", " 97."), (f"Q: {QUESTIONS[0]}\nA:", " 97.")]
    worlds = [(f"<|im_start|>user\n{words}", " on") for words in OTHER_WORLDS]
    for name, cases in (("favourite number", numbers), ("other worlds", worlds)):
        found = [_probability(model, world, *case) for case in cases]
        exact = [world.probability(*case) for case in cases]
        note = ", ".join(f"{f:.4f} ({e:.4f})" for f, e in zip(found, exact, strict=True))
        off = abs(sum(found) / sum(exact) - 1)
        yield Bar(f"{name} off by", off, 0.10, "at most", f"found (exact): {note}")


def _probability(model: Backend, world: Known, text: str, more: str) -> float:
    history = [world.end, *world.vocabulary.encode(text)]
    return probability_after(model, history, world.vocabulary.encode(more))


def noise_floor(model: Backend, world: Known, n_pairs: int) -> Iterator[Bar]:
    """f_16: how well the model tells a history from the same behind another, finished document."""
    rng = random.Random(SEED)
    # Both documents and what follows must stand in one window.
    fitting = (d for d in world.documents(100 * n_pairs, SEED + 1) if len(d) < LONGEST // 2)
    values: list[float] = []
    while len(values) < n_pairs:
        text, other = next(fitting), next(fitting)
        stops = [i for i, token in enumerate(text[:-1]) if world.filter.machine.pauses(token)]
        if stops:
            history = text[: rng.choice(stops) + 1]
            bare, behind = [world.end, *history], [world.end, *other, *history]
            values.append(_variation(model, bare, behind, SEED + len(values), world.end))
    values.sort()
    yield Bar(
        "noise floor f_16",
        statistics.median(values),
        0.15,
        "at most",
        f"median of {n_pairs} pairs, nine in ten at most {values[int(0.9 * n_pairs)]:.3f}",
    )


def _variation(model: Backend, a: list[int], b: list[int], seed: int, end: int) -> float:
    """Total variation of the next 16 tokens after two histories, from futures of both."""
    gaps: list[float] = []
    for own, other in ((a, b), (b, a)):
        drawn = continuations(model, own, N_FUTURES // 2, K, Sampling(min_p=None), seed, (end,))
        here, there = (logprobs_after(model, history, drawn) for history in (own, other))
        gaps += [abs(math.tanh((p - q) / 2)) for p, q in zip(here, there, strict=True)]
    return statistics.fmean(gaps)

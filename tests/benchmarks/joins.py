"""How far joins are to be trusted: every bar with the figure that came out.

    python -m tests.benchmarks.joins [oracle] [width] [index] [model] [null] [budget] [--n-each 12]
        [--first-seed 9000] [--n-branches 64] [--n-tokens 200]

Thresholds are those of `JudgeSettings`, which were set on other seeds than these. Without names
all parts are run. `budget` grows a tree with the bundled model and judges it in seconds of its
engine; without a bound that takes most of an hour at the full size.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable, Iterator

import numpy as np

from loom.convergence.comparing import Comparer
from loom.convergence.futures import FutureBank
from loom.convergence.lexical import LexicalIndex
from loom.convergence.null_pairs import MANY_LOOKS, N_DOCUMENTS, drawn_documents, find_floor
from loom.records import Judged, JudgeSettings
from loom.session.judging.rounds import DOCUMENT_TOKENS
from loom.worlds.catalogue import open_world
from tests.benchmarks.bar import Bar
from tests.benchmarks.join_budget import budget
from tests.benchmarks.null_model import null_model
from tests.benchmarks.opened_model import Opened
from tests.convergence.exact_scorer import ExactScorer
from tests.convergence.oracle import (
    PROCESSES,
    Known,
    Score,
    by_rule,
    exact_comparer,
    judged_all,
    next_token_rule,
    null_pairs,
    process_pairs,
    same_last_four,
    score,
    spot,
    story_pairs,
)

SETTINGS = JudgeSettings()


def oracle(n_each: int, first_seed: int) -> Iterator[Bar]:
    """Exact worlds: what a perfect model would make of them."""
    for name in PROCESSES:
        world, pairs = open_world(name), process_pairs(name, 20 * n_each, first_seed)
        found = judged_all(exact_comparer(world, SETTINGS), pairs, SETTINGS.most_futures)
        yield from _scored(name, score(pairs, _verdicts(found)), 1.0)
        yield from _baselines(name, pairs, ExactScorer(world.filter))
    world, pairs = open_world("story-world"), story_pairs(n_each, first_seed)
    found = judged_all(exact_comparer(world, SETTINGS), pairs, SETTINGS.most_futures)
    yield from _scored("story world", score(pairs, _verdicts(found)), 0.98)
    yield from _baselines("story world", pairs, ExactScorer(world.filter, world.bos_id))
    yield from _intervals("story world", pairs, found)
    pairs = null_pairs(1000, 20, first_seed)
    found = judged_all(exact_comparer(open_world("null-trees"), SETTINGS), pairs, 32)
    n_false = _verdicts(found).count("joined")
    yield Bar("null trees, false joins", n_false, 0, "at most", "of 1,000 pairs in 20 trees")


def _verdicts(found: list[Judged]) -> list[str]:
    return [one.evidence.verdict for one in found]


def _scored(name: str, result: Score, bound: float) -> Iterator[Bar]:
    note = f"{result.n_scored} scored pairs, {result.n_undecided} undecided"
    yield Bar(f"{name}, precision of joins", result.precision, bound, note=note)
    yield Bar(f"{name}, recall of joins", result.recall, bound)


def _baselines(name: str, pairs: list[Known], scorer: ExactScorer) -> Iterator[Bar]:
    yield Bar(f"{name}, F1 of the same last 4 tokens", by_rule(pairs, same_last_four).f1)
    yield Bar(f"{name}, F1 of next-token JSD", by_rule(pairs, next_token_rule(scorer)).f1)


def _intervals(name: str, pairs: list[Known], found: list[Judged]) -> Iterator[Bar]:
    """Coverage of the true variation, and width at the number of looks that was needed."""
    inside = [
        2 * e.best_guess_low - 1 - 1e-9 <= pair.variation <= 2 * e.best_guess_high - 1 + 1e-9
        for pair, e in zip(pairs, (one.evidence for one in found), strict=True)
    ]
    yield Bar(f"{name}, intervals that hold the truth", statistics.fmean(inside), 0.95)


def index(n_each: int, first_seed: int) -> Iterator[Bar]:
    """The index of shared words: microseconds a token, at two sizes."""
    rates = {}
    for n_tokens in (10_000, 1_000_000):
        rng = random.Random(first_seed)
        lexical = LexicalIndex()
        lexical.add_node("p", None)
        branches = [[rng.randrange(2_000) for _ in range(200)] for _ in range(n_tokens // 200)]
        pieces = [b"w"] * 200
        # The time of this process alone: the machine may have other things to do.
        begun_s = time.process_time()
        for number, branch in enumerate(branches):
            lexical.add_node(str(number), "p")
            lexical.extend(str(number), branch, pieces)
        # Words are counted when a count is first asked for: that belongs to the index.
        lexical.counts.pair(0)
        rates[n_tokens] = 1e6 * (time.process_time() - begun_s) / n_tokens
    yield Bar("shared words, microseconds a token", rates[1_000_000], 2, "at most", "1,000,000")
    ratio = rates[1_000_000] / rates[10_000]
    yield Bar("shared words, cost at 1,000,000 over 10,000", ratio, 2, "at most")


def model(n_each: int, first_seed: int) -> Iterator[Bar]:
    """The bundled base model: planted pairs, whose truth is the world's."""
    pairs = story_pairs(n_each, first_seed)
    with_model = Opened()
    try:
        bank = FutureBank(with_model.scorer, SETTINGS)
        documents = drawn_documents(with_model.scorer, N_DOCUMENTS, DOCUMENT_TOKENS, 0)
        n_pairs = MANY_LOOKS.n_pairs
        histories = [pair.one for pair in pairs[:: max(1, len(pairs) // n_pairs)]]
        floor = find_floor(bank, histories[:n_pairs], documents, ())
        f = floor.interval
        yield Bar("model, floor f_16", f.value, None, note=f"{f.low:.3f} to {f.high:.3f}")
        comparer = Comparer(bank, floor, SETTINGS)
        found = judged_all(comparer, pairs, SETTINGS.most_futures)
        yield from _model_bars(pairs, found)
        yield from _guessing(bank, pairs, found)
    finally:
        with_model.close()


def _model_bars(pairs: list[Known], found: list[Judged]) -> Iterator[Bar]:
    result = score(pairs, _verdicts(found))
    n_joined = sum(pair.scored and pair.joined for pair in pairs)
    note = f"{result.n_scored} scored pairs, {n_joined} of them joins; {result.n_false} false"
    yield Bar("model, F1 of joins", result.f1, 0.95, note=note)
    undecided = result.n_undecided / max(1, result.n_scored)
    yield Bar("model, undecided at 128 looks", undecided, 0.15, "at most")
    widths = [2 * (o.evidence.best_guess_high - o.evidence.best_guess_low) for o in found]
    looks = statistics.fmean(one.evidence.n_futures for one in found)
    yield Bar("model, mean width when decided", statistics.fmean(widths), None, note=f"{looks:.0f}")
    for kind in dict.fromkeys(pair.kind for pair in pairs):
        of_kind = [one for pair, one in zip(pairs, found, strict=True) if pair.kind == kind]
        guesses = statistics.median(2 * one.evidence.best_guess - 1 for one in of_kind)
        n_each = {v: _verdicts(of_kind).count(v) for v in ("joined", "apart", "undecided")}
        yield Bar(f"model, {kind}: median TV_16", guesses, None, note=str(n_each))


def _guessing(bank: FutureBank, pairs: list[Known], found: list[Judged]) -> Iterator[Bar]:
    """Guessing the branch of futures that no interval was made of."""
    n_inside, n_pairs = 0, 0
    for pair, one in list(zip(pairs, found, strict=True))[::4]:
        n = one.evidence.n_futures // 2
        sides = (pair.one, pair.other)
        bank.look([sides], n + 32)
        right = []
        for of, under in (sides, sides[::-1]):
            own, other = bank.log2_probs((of, under), n + 32)
            # The likelier side is guessed; a tie is right half of the time.
            right += ((np.sign(own[n:] - other[n:]) + 1) / 2).tolist()
        rate, error = statistics.fmean(right), (0.25 / len(right)) ** 0.5
        low, high = one.evidence.best_guess_low, one.evidence.best_guess_high
        n_inside += low - 2 * error <= rate <= high + 2 * error
        n_pairs += 1
    note = f"{n_pairs} pairs, 64 fresh futures each, two standard errors allowed"
    yield Bar("model, guesses as right as is said", n_inside / n_pairs, 0.93, note=note)


def width(n_each: int, first_seed: int) -> Iterator[Bar]:
    """Coverage and width of the interval at 128 looks, on pairs of the story world."""
    pairs = story_pairs(max(1, n_each // 6), first_seed + 500)
    comparer = exact_comparer(open_world("story-world"), SETTINGS)
    looked = [comparer.looked((spot(pair.one, "1"), spot(pair.other, "2")), 128) for pair in pairs]
    yield from _intervals("story world at 128 looks", pairs, looked)
    widths = [2 * (o.evidence.best_guess_high - o.evidence.best_guess_low) for o in looked]
    yield Bar("story world, mean width at 128 looks", statistics.fmean(widths), 0.20, "at most")


PARTS: dict[str, Callable[[int, int], Iterator[Bar]]] = {
    "oracle": oracle,
    "width": width,
    "index": index,
    "model": model,
    "null": lambda n_each, first_seed: null_model(84 * n_each, first_seed),
}


def main() -> None:
    """Print the table, row by row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, "budget", []], default=[])
    parser.add_argument("--n-each", type=int, default=12)
    parser.add_argument("--first-seed", type=int, default=9_000)
    parser.add_argument("--n-branches", type=int, default=64)
    parser.add_argument("--n-tokens", type=int, default=200)
    asked = parser.parse_args()
    print("| what | figure | bar | | |\n|---|---|---|---|---|")
    for name in asked.parts or (*PARTS, "budget"):
        bars = (
            budget(asked.n_branches, asked.n_tokens, asked.first_seed)
            if name == "budget"
            else PARTS[name](asked.n_each, asked.first_seed)
        )
        for bar in bars:
            print(bar.line, flush=True)


if __name__ == "__main__":
    main()

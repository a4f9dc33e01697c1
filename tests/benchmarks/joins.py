"""How far joins are to be trusted: every bar with the figure that came out.

    python -m tests.benchmarks.joins [oracle] [width] [index] [model] [budget] [--n-each 12]
        [--first-seed 9000] [--n-branches 64] [--n-tokens 200]

Thresholds are those of `JudgeSettings`, which were set on other seeds than these. Without names
all parts are run. `budget` counts tokens on a tree of the story world; judging it without a bound
takes hours at the full size.
"""

from __future__ import annotations

import argparse
import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from loom.convergence.budget import Budget
from loom.convergence.comparing import Comparer
from loom.convergence.floor import KNOWN
from loom.convergence.futures import FutureBank
from loom.convergence.judge import Judge
from loom.convergence.lexical import LexicalIndex
from loom.convergence.null_pairs import N_NULL_PAIRS, drawn_documents, find_floor
from loom.convergence.roads import Road, roads_of
from loom.convergence.spots import spots_of
from loom.convergence.variation import guesses_right
from loom.engine.client import Listener
from loom.engine.local import LocalEngine
from loom.engine.request import LoadSpec, Request
from loom.records import Judged, JudgeSettings, Place
from loom.session.judging.asking import EngineScorer, JudgedBy
from loom.session.judging.rounds import DOCUMENT_TOKENS
from loom.tree.graph import Tree
from loom.worlds.catalogue import open_world
from loom.worlds.truth import draw
from tests.convergence.exact_scorer import ExactScorer
from tests.convergence.judging import OwnTokens, whole
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
from tests.convergence.trees import star

SETTINGS = JudgeSettings()
MODEL = Path(__file__).parents[2] / "assets" / "story-base.gguf"


@dataclass(frozen=True)
class Bar:
    """A figure, its bound, and what else there is to say of it; without a bound it is only told."""

    name: str
    value: float
    bound: float | None = None
    side: Literal["at most", "at least"] = "at least"
    note: str = ""

    @property
    def line(self) -> str:
        """A row of the table."""
        holds = self.bound is None or (
            self.value >= self.bound if self.side == "at least" else self.value <= self.bound
        )
        asked = "" if self.bound is None else f"{self.side} {self.bound:g}"
        verdict = "" if self.bound is None else ("holds" if holds else "MISSED")
        return f"| {self.name} | {self.value:.3f} | {asked} | {verdict} | {self.note} |"


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
        rates[n_tokens] = 1e6 * (time.process_time() - begun_s) / n_tokens
    yield Bar("shared words, microseconds a token", rates[1_000_000], 2, "at most", "1,000,000")
    ratio = rates[1_000_000] / rates[10_000]
    yield Bar("shared words, cost at 1,000,000 over 10,000", ratio, 2, "at most")


def model(n_each: int, first_seed: int) -> Iterator[Bar]:
    """The bundled base model: planted pairs, whose truth is the world's."""
    pairs = story_pairs(n_each, first_seed)
    with_model = _Opened()
    try:
        bank = FutureBank(with_model.scorer, SETTINGS)
        documents = drawn_documents(with_model.scorer, N_NULL_PAIRS, DOCUMENT_TOKENS, 0)
        histories = [pair.one for pair in pairs[:: max(1, len(pairs) // N_NULL_PAIRS)]]
        floor = find_floor(bank, histories[:N_NULL_PAIRS], documents, ())
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
            right += guesses_right(own[n:], other[n:]).tolist()
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


class _Opened:
    """The bundled base model on a thread of this process, and a scorer that asks it."""

    def __init__(self) -> None:
        from loom.engine.llama.backend import LlamaBackend

        spec = LoadSpec(str(MODEL), n_ctx=2048, n_threads=2)
        vocabulary = open_world("story-world").vocabulary
        marks = (vocabulary.end_of_text,)
        pieces = {i: vocabulary.piece(i) for i in range(len(vocabulary))}
        self.scorer = EngineScorer(JudgedBy("story-base", marks, marks, pieces), self._submit)
        self._ready = threading.Event()
        self._engine = LocalEngine(lambda: LlamaBackend(spec), self._listener())
        self._ready.wait()

    def _listener(self) -> Listener:
        def listen(events: tuple) -> None:
            self.scorer.hear(events)
            self._ready.set()

        return listen

    def _submit(self, request: Request) -> bool:
        self._engine.submit(request)
        return True

    def close(self) -> None:
        self._engine.close()


def budget(size: tuple[int, int], first_seed: int) -> Iterator[Bar]:
    """The top five joins by share of branches that a budget finds, of those there are."""
    tree, laws = _story_tree(*size, first_seed)
    n_grown = size[0] * size[1]
    everything, n_all = _roads(tree, laws, Budget())
    top = everything[:5]
    yield Bar("budget, cost without a bound over growing", n_all / n_grown, note=str(size))
    for share, bound in ((1.5, 0.9), (0.25, 0.6)):
        found, _ = _roads(tree, laws, Budget(n_tokens=int(share * n_grown)))
        places = [{place for j in road.judged for place in (j.one, j.other)} for road in found]
        n_found = sum(
            any(len({p for j in road.judged for p in (j.one, j.other)} & one) > 1 for one in places)
            for road in top
        )
        note = f"{n_found} of {len(top)}, in {share} times the tokens of growing"
        yield Bar(f"budget {share}, recall of the top joins", n_found / len(top), bound, note=note)


def _roads(tree: Tree, laws: StoredLaws, bound: Budget) -> tuple[list[Road], int]:
    world = open_world("story-world")
    scorer = ExactScorer(world.filter, world.bos_id)
    found = spots_of(tree, tree.leaf_ids(), laws)
    comparer = Comparer(FutureBank(scorer, SETTINGS), KNOWN, SETTINGS)
    judge = Judge(scorer, comparer, found.spots, SETTINGS)
    judged = [one for some in judge.run(bound) for one in some]
    roads = [r for r in roads_of(tree, judged) if not r.worst.evidence.both_end]
    return roads, scorer.spent.n_tokens


def _story_tree(n_branches: int, n_tokens: int, seed: int) -> tuple[Tree, StoredLaws]:
    world = open_world("story-world")
    rng = random.Random(seed)
    prompt = world.vocabulary.encode("Friends, raise your glasses.", special=False)
    begun = world.filter.follow(world.filter.start(), prompt).belief
    branches = []
    for _ in range(n_branches):
        ids, belief = [], begun
        while len(ids) < n_tokens:
            ids.append(draw(world.filter.said(belief), rng))
            _, belief = world.filter.advance(belief, ids[-1])
        branches.append(ids)
    tree = whole(star(prompt, *branches))
    return tree, StoredLaws(tree, ExactScorer(world.filter), world.vocabulary.piece)


@dataclass(frozen=True)
class StoredLaws(OwnTokens):
    """The laws that a session would have stored when it grew the tree: fifty tokens each."""

    scorer: ExactScorer
    piece: Callable[[int], bytes]

    def pieces(self, node_id: str) -> list[bytes]:
        return [self.piece(token) for token in self.tree.node(node_id).token_ids or ()]

    def law(self, place: Place) -> dict[int, float] | None:
        if place.n_tokens == self.tree.node(place.node).n_tokens:
            return None
        return self.scorer.next_law(self.histories(place.node, [place.n_tokens]), 50)[0]


PARTS: dict[str, Callable[[int, int], Iterator[Bar]]] = {
    "oracle": oracle,
    "width": width,
    "index": index,
    "model": model,
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
            budget((asked.n_branches, asked.n_tokens), asked.first_seed)
            if name == "budget"
            else PARTS[name](asked.n_each, asked.first_seed)
        )
        for bar in bars:
            print(bar.line, flush=True)


if __name__ == "__main__":
    main()

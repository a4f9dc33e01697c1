"""Pairs of positions of exact worlds with the truth about them, as comparisons need them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log2

from loom.convergence.comparing import Comparer
from loom.convergence.floor import KNOWN
from loom.convergence.futures import FutureBank
from loom.convergence.spots import Spot, Step
from loom.records import Judged, JudgeSettings, Place
from loom.worlds.backend import WorldBackend
from loom.worlds.belief import Belief, Filter
from loom.worlds.catalogue import open_world
from loom.worlds.machine import State
from loom.worlds.planted import KINDS, plant
from loom.worlds.quill import QUILL
from loom.worlds.truth import draw, total_variation
from tests.convergence.exact_scorer import ExactScorer

JOINED_AT_MOST, APART_AT_LEAST = 0.10, 0.40
PROCESSES = ("golden-mean", "even", "rrxor")

History = tuple[int, ...]


@dataclass(frozen=True)
class Known:
    """Two histories, what they were planted as, and the TV_16 of the world's exact law."""

    kind: str
    one: History
    other: History
    variation: float

    @property
    def scored(self) -> bool:
        """Pairs between the two bounds are reported, not scored."""
        return self.joined or self.variation >= APART_AT_LEAST

    @property
    def joined(self) -> bool:
        return self.variation <= JOINED_AT_MOST


@dataclass(frozen=True)
class Score:
    """Joins found among scored pairs; what is undecided counts against recall."""

    n_true: int
    n_false: int
    n_missed: int
    n_undecided: int
    n_scored: int

    @property
    def precision(self) -> float:
        return self.n_true / max(1, self.n_true + self.n_false)

    @property
    def recall(self) -> float:
        return self.n_true / max(1, self.n_true + self.n_missed)

    @property
    def f1(self) -> float:
        return 2 * self.n_true / max(1, 2 * self.n_true + self.n_false + self.n_missed)


def process_pairs(name: str, n: int, seed: int) -> list[Known]:
    """Positions of one process whose belief is a point mass, two by two."""
    world = open_world(name).filter
    rng = random.Random(f"{name} {seed}")
    found: list[Known] = []
    while len(found) < n:
        (one, a), (other, b) = (_drawn(world, rng) for _ in range(2))
        if one != other and all(max(belief.weights.values()) > 1 - 1e-9 for belief in (a, b)):
            truth = total_variation(world, a, b, 16, n_futures_most=2000)
            found.append(Known(name, one, other, truth.value))
    return found


def _drawn(world: Filter[State], rng: random.Random) -> tuple[History, Belief[State]]:
    belief, ids = world.start(), []
    for _ in range(rng.randrange(6, 24)):
        token = draw(world.said(belief), rng)
        _, belief = world.advance(belief, token)
        ids.append(token)
    return tuple(ids), belief


def story_pairs(n_each: int, first_seed: int) -> list[Known]:
    """Planted pairs of every kind, with the truth of the story world."""
    world = open_world("story-world")
    found = []
    for kind in KINDS:
        for seed in range(first_seed, first_seed + n_each):
            pair = plant(QUILL, kind, seed)
            one, other = (
                tuple(world.vocabulary.encode(t, special=False)) for t in (pair.a, pair.b)
            )
            beliefs = [
                world.filter.follow(world.filter.start(), ids).belief for ids in (one, other)
            ]
            truth = total_variation(world.filter, *beliefs, 16, n_futures_most=3000)
            found.append(Known(kind, one, other, truth.value))
    return found


def null_pairs(n: int, n_trees: int, seed: int) -> list[Known]:
    """Boundaries of different branches of a tree that never meets, where every symbol is one."""
    world = open_world("null-trees").filter
    rng = random.Random(seed)
    found = []
    for tree in range(n_trees):
        branches = [_drawn(world, rng)[0] for _ in range(8)]
        while len(found) < n * (tree + 1) // n_trees:
            one, other = (b[: rng.randrange(4, len(b) + 1)] for b in rng.sample(branches, 2))
            n_common = min(len(one), len(other))
            if one[:n_common] != other[:n_common]:
                found.append(Known("null", one, other, 1.0))
    return found


def spot(history: History, name: str, *ahead: Step) -> Spot:
    return Spot(history, (Place(name, len(history)),), frozenset([name]), ahead)


def exact_comparer(world: WorldBackend[State], settings: JudgeSettings) -> Comparer:
    end = world.bos_id if world.filter.machine.end_token is not None else None
    return Comparer(
        FutureBank(ExactScorer(world.filter, end, world.piece), settings), KNOWN, settings
    )


def judged_all(comparer: Comparer, pairs: Sequence[Known], n_futures: int) -> list[Judged]:
    spots = [(spot(pair.one, "1"), spot(pair.other, "2")) for pair in pairs]
    return comparer.compare(spots, n_futures)


def score(pairs: Sequence[Known], verdicts: Sequence[str]) -> Score:
    scored = [(p, v) for p, v in zip(pairs, verdicts, strict=True) if p.scored]
    return Score(
        n_true=sum(p.joined and v == "joined" for p, v in scored),
        n_false=sum(not p.joined and v == "joined" for p, v in scored),
        n_missed=sum(p.joined and v != "joined" for p, v in scored),
        n_undecided=sum(v == "undecided" for _, v in scored),
        n_scored=len(scored),
    )


def by_rule(pairs: Sequence[Known], joins: Callable[[Known], bool]) -> Score:
    return score(pairs, ["joined" if joins(pair) else "apart" for pair in pairs])


def same_last_four(pair: Known) -> bool:
    """The baseline of lattice decoding: the last four tokens are the same."""
    return pair.one[-4:] == pair.other[-4:]


def next_token_rule(scorer: ExactScorer[State], most_bits: float = 0.05) -> Callable[[Known], bool]:
    """The baseline of next-token divergence: at most so many bits of Jensen-Shannon."""

    def joins(pair: Known) -> bool:
        return next_token_jsd(*scorer.next_law([pair.one, pair.other], 10_000)) <= most_bits

    return joins


def next_token_jsd(p: dict[int, float], q: dict[int, float]) -> float:
    total = 0.0
    for token in p.keys() | q.keys():
        a, b = p.get(token, 0.0), q.get(token, 0.0)
        m = (a + b) / 2
        total += (a * log2(a / m) if a else 0) / 2 + (b * log2(b / m) if b else 0) / 2
    return total

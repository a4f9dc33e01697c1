"""Trees of exact worlds and judged pairs made by hand."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from loom.convergence.budget import Budget
from loom.convergence.comparing import Comparer
from loom.convergence.floor import KNOWN
from loom.convergence.futures import FutureBank
from loom.convergence.judge import Judge
from loom.convergence.scorer import TokenIds
from loom.convergence.spots import Spots, Step, spots_of
from loom.records import FutureVerdict, Judged, JudgeSettings, Place, PredictiveEvidence
from loom.tree.events import BranchClosed
from loom.tree.graph import Tree
from loom.worlds.belief import Filter
from loom.worlds.catalogue import open_world
from loom.worlds.truth import draw
from tests.convergence.exact_scorer import ExactScorer
from tests.convergence.trees import star

SETTINGS = JudgeSettings()


@dataclass(frozen=True)
class OwnTokens:
    """Reads nodes as the tokens that they have; no law is stored."""

    tree: Tree

    def pieces(self, node_id: str) -> Sequence[bytes]:
        return [b"x"] * self.tree.node(node_id).n_tokens

    def histories(self, node_id: str, at: Sequence[int]) -> Sequence[TokenIds]:
        *above, node = self.tree.path(node_id)
        before = tuple(token for one in above for token in one.token_ids or ())
        return [(*before, *(node.token_ids or ())[:n]) for n in at]

    def ahead(self, place: Place, n_tokens: int) -> Sequence[Step]:
        return ()


def grown_in(world: str, n_branches: int, n_tokens: int, seed: int) -> Tree:
    """A prompt that settles where one is, and branches drawn from the law of a world."""
    filter_ = open_world(world).filter
    rng = random.Random(f"{world} {seed}")
    prompt, belief = _drawn(filter_, filter_.start(), 8, rng)
    while max(belief.weights.values()) < 1 - 1e-9:
        prompt, belief = _drawn(filter_, filter_.start(), 8, rng)
    drawn = (_drawn(filter_, belief, n_tokens, rng)[0] for _ in range(n_branches))
    return whole(star(prompt, *drawn))


def whole(tree: Tree) -> Tree:
    """The same tree when its branches have ended."""
    for node_id in tree.growing_ids:
        tree.apply(BranchClosed(2.0, node_id, "length"))
    return tree


def _drawn(filter_: Filter, belief, n_tokens: int, rng: random.Random):
    ids = []
    for _ in range(n_tokens):
        token = draw(filter_.said(belief), rng)
        _, belief = filter_.advance(belief, token)
        ids.append(token)
    return ids, belief


@dataclass(frozen=True)
class Trial:
    """A judge of a tree of an exact world, and what it judges with."""

    judge: Judge
    comparer: Comparer
    scorer: ExactScorer
    found: Spots

    def judged(self, budget: Budget) -> list[Judged]:
        return [one for some in self.judge.run(self.comparer, budget) for one in some]


def judge_of(tree: Tree, world: str) -> Trial:
    scorer = ExactScorer(open_world(world).filter)
    found = spots_of(tree, tree.leaf_ids(), OwnTokens(tree), stride=1)
    comparer = Comparer(FutureBank(scorer, SETTINGS), KNOWN, SETTINGS)
    return Trial(Judge(scorer, found.spots, SETTINGS), comparer, scorer, found)


def evidence(
    one: str, other: str, verdict: FutureVerdict, excess: float = 0.0, *, both_end: bool = False
) -> PredictiveEvidence:
    return PredictiveEvidence(
        nodes=(one, other),
        model="m",
        verdict=verdict,
        n_futures=32,
        horizon=16,
        best_guess=(1 + excess) / 2,
        best_guess_low=0.5,
        best_guess_high=1.0,
        same_place_twice=0.5,
        floor_source="known",
        excess=excess,
        excess_low=0.0,
        excess_high=1.0,
        both_end=both_end,
    )


def judged(
    one: str,
    other: str,
    verdict: FutureVerdict,
    excess: float = 0.0,
    at: tuple[int, int] = (5, 5),
    *,
    both_end: bool = False,
) -> Judged:
    found = evidence(one, other, verdict, excess, both_end=both_end)
    return Judged(Place(one, at[0]), Place(other, at[1]), found, SETTINGS)

"""The joins that most branches pass: how many of them a budget finds, in seconds of the engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from loom.convergence.budget import Budget
from loom.convergence.futures import FutureBank
from loom.convergence.joins import find_joins
from loom.convergence.roads import Road, roads_of
from loom.convergence.scorer import Cost
from loom.convergence.spots import Spot, Step, spots_of
from loom.convergence.suspected import suspected_pairs
from loom.records import Judged, JudgeSettings, Place
from loom.session.judging.rounds import Work, rounds
from loom.tree.graph import Tree
from loom.worlds.catalogue import open_world
from tests.benchmarks.bar import Bar
from tests.benchmarks.opened_model import Grown, Opened
from tests.convergence.judging import OwnTokens, whole
from tests.convergence.trees import star

PROMPT = "Friends, raise your glasses."
N_TOP = 5


def budget(n_branches: int, n_tokens: int, seed: int) -> Iterator[Bar]:
    """The bundled model grows a tree and judges it: without a bound, and within two budgets.

    Each run begins with a model that was just loaded and has no floor yet. Joins that as many
    branches pass as the fifth are as good as it: any of them counts for the places that are left.
    """
    tree, spots, grown = _grown(n_branches, n_tokens, seed)
    everything, cost = _roads(tree, spots, Budget())
    note = f"{n_branches} branches, {grown.n_tokens} tokens in {grown.seconds:.1f} s, one thread"
    yield Bar(
        "budget, cost without a bound over growing", cost.elapsed_s / grown.seconds, note=note
    )
    weights = [len(road.leaves) for road in everything[: N_TOP + 3]]
    yield Bar("budget, joins without a bound", len(everything), note=f"branches: {weights}")
    for share, bound in ((1.5, 0.9), (0.25, 0.6)):
        seconds = share * grown.seconds
        found, cost = _roads(tree, spots, Budget(seconds=seconds))
        note = f"{len(found)} joins in {cost.elapsed_s / grown.seconds:.2f} of growing"
        yield Bar(
            f"budget {share}, recall of the top joins", recall(everything, found), bound, note=note
        )


def recall(everything: Sequence[Road], found: Sequence[Road]) -> float:
    """How many of the top roads were found: a road of the budget has a place of theirs.

    A place has one future, so it lies on one road, and a join that has it is a join of that road.
    """
    least = everything[min(N_TOP, len(everything)) - 1].weight
    n_above = sum(road.weight > least for road in everything)
    n_sure = sum(_is_found(road, found) for road in everything if road.weight > least)
    n_as_good = sum(_is_found(road, found) for road in everything if road.weight == least)
    n_top = min(N_TOP, len(everything))
    return (n_sure + min(n_top - n_above, n_as_good)) / n_top


def _is_found(road: Road, found: Sequence[Road]) -> bool:
    return any(_places(road) & _places(one) for one in found)


def _places(road: Road) -> set[Place]:
    return {place for one in road.judged for place in (one.one, one.other)}


def _roads(tree: Tree, spots: Sequence[Spot], bound: Budget) -> tuple[list[Road], Cost]:
    opened = Opened()
    try:
        settings = JudgeSettings()
        suspected = suspected_pairs(find_joins(tree), spots)
        work = Work("story-base", spots, suspected, (), settings, bound, None, False, ())
        judged: list[Judged] = []
        for found in rounds(FutureBank(opened.scorer, settings), work):
            judged += found.judged
        roads = [road for road in roads_of(tree, judged) if not road.worst.evidence.both_end]
        return roads, opened.scorer.spent
    finally:
        opened.close()


def _grown(n_branches: int, n_tokens: int, seed: int) -> tuple[Tree, Sequence[Spot], Grown]:
    prompt = tuple(open_world("story-world").vocabulary.encode(PROMPT, special=False))
    opened = Opened()
    try:
        grown = opened.grow(prompt, n_branches, n_tokens, seed)
    finally:
        opened.close()
    tree = whole(star(prompt, *grown.token_ids))
    return tree, spots_of(tree, tree.leaf_ids(), StoredSteps(tree, grown.steps)).spots, grown


@dataclass(frozen=True)
class StoredSteps(OwnTokens):
    """The laws that a session would have stored when it grew the tree."""

    steps: Sequence[Sequence[Step]]

    def pieces(self, node_id: str) -> list[bytes]:
        piece = open_world("story-world").vocabulary.piece
        return [piece(token) for token in self.tree.node(node_id).token_ids or ()]

    def ahead(self, place: Place, n_tokens: int) -> Sequence[Step]:
        return self.steps[int(place.node) - 1][place.n_tokens : place.n_tokens + n_tokens]

"""What is to be judged: the whole tree, what a person sees, two branches, or what is still open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from loom.convergence.boundaries import STRIDE
from loom.convergence.budget import Budget
from loom.convergence.roads import newest, roads_of
from loom.engine.request import LoadSpec
from loom.errors import UsageError
from loom.records import Join, Judged, JudgeSettings, Place
from loom.tree.graph import Tree

if TYPE_CHECKING:
    from loom.convergence.comparing import SpotPair
    from loom.convergence.spots import Spot

MORE_LOOKS = 32
STEP_LOOKS = 16
SYMBOL_WORLDS = ("golden-mean", "even", "rrxor", "null-trees")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asks of the judge.

    Without `node_ids` the whole tree is looked at. With `pair` only two branches are; with `more`
    only what is undecided, by thirty-two more looks (of the pair, whatever its verdict). With
    `join` only that finding is, by thirty-two more looks, or by as many as are usual if what
    follows its words was never compared. `model` judges, by name or path, instead of the
    session's own; `embedder` is a model of vectors of texts for what was said, else the judge's.
    """

    budget: Budget = field(default_factory=Budget)
    settings: JudgeSettings = field(default_factory=JudgeSettings)
    node_ids: tuple[str, ...] | None = None
    pair: tuple[str, str] | None = None
    more: bool = False
    join: Join | None = None
    model: str | None = None
    embedder: str | None = None

    def pairs_among(self, tree: Tree, spots: Sequence[Spot]) -> list[tuple[SpotPair, int]]:
        """The pairs to be compared and with how many looks; none: all that may meet.

        Two branches are compared at their last boundaries; `more` goes on where it stopped.
        """
        by_place = {place: spot for spot in spots for place in spot.places}
        if self.join is not None:
            return self._pairs_of_join(self.join, tree, spots, by_place)
        if self.more:
            rounds = [judged for one in tree.judged for judged in one.judged]
            return [
                ((by_place[j.one], by_place[j.other]), j.evidence.n_futures + MORE_LOOKS)
                for j in newest(rounds)
                if j.one in by_place
                and j.other in by_place
                and (j.evidence.verdict == "undecided" or self.pair is not None)
            ]
        if self.pair is None:
            return []
        ends = [_last_spot(spots, node_id) for node_id in self.pair]
        if ends[0] is None or ends[1] is None:
            return []
        return [((ends[0], ends[1]), self.settings.n_futures)]

    def _pairs_of_join(
        self, join: Join, tree: Tree, spots: Sequence[Spot], by_place: Mapping[Place, Spot]
    ) -> list[tuple[SpotPair, int]]:
        """The same pair twice, a few looks further each time: what is found is seen to sharpen."""
        judged = judged_of(tree, join)
        if judged is None:
            from loom.convergence.suspected import suspected_pairs

            return [(pair, self.settings.n_futures) for pair in suspected_pairs((join,), spots)]
        if judged.one not in by_place or judged.other not in by_place:
            return []
        pair, n = (by_place[judged.one], by_place[judged.other]), judged.evidence.n_futures
        return [(pair, n + more) for more in range(STEP_LOOKS, MORE_LOOKS + 1, STEP_LOOKS)]


def judged_of(tree: Tree, join: Join) -> Judged | None:
    """The comparison that a finding tells of, None if no futures were compared for it."""
    rounds = (one for found in reversed(tree.judged) for one in found.judged)
    same = [one for one in rounds if one.evidence == join.evidence.predictive]
    # Two pairs of the same branches may have come out alike to the last digit.
    ends = {Place(span.node, span.end_token) for span in join.spans}
    if len(same) > 1 and join.verdict == "joined":
        every = [one for found in tree.judged for one in found.judged]
        roads = [road for road in roads_of(tree, every) if set(road.ways_in) == ends]
        same = [one for road in roads for one in same if one in road.judged] or same
    return max(same, key=lambda one: len(ends & {one.one, one.other}), default=None)


def looked_at(tree: Tree, asked: Asked) -> list[str]:
    """The nodes whose boundaries are compared; UsageError if no two of them could meet."""
    if asked.join is not None:
        predictive = asked.join.evidence.predictive
        of = asked.join.nodes if predictive is None else predictive.nodes
        nodes = dict.fromkeys((*of, *(span.node for span in asked.join.spans)))
        return [node_id for node_id in nodes if node_id in tree]
    if asked.pair is not None:
        one, other = ([node.id for node in tree.path(node_id)] for node_id in asked.pair)
        if asked.pair[1] in one or asked.pair[0] in other:
            raise UsageError(
                "One of the two stands on the way to the other, so they are one branch.",
                "Name two nodes on ways that have parted.",
            )
        return [*(i for i in one if i not in other), *(i for i in other if i not in one)]
    chosen = (
        [node.id for node in tree.visible()] if asked.node_ids is None else list(asked.node_ids)
    )
    if len(tree.leaf_ids()) < 2:
        raise UsageError(
            "This tree has one branch, and it takes two to meet.", "Grow some more first."
        )
    return chosen


def stride_of(spec: LoadSpec) -> int:
    """Tokens between boundaries where no sentence ends: every symbol of a small process is one."""
    return 1 if spec.path in SYMBOL_WORLDS else STRIDE


def _last_spot(spots: Sequence[Spot], node_id: str) -> Spot | None:
    there = [
        (place.n_tokens, number)
        for number, spot in enumerate(spots)
        for place in spot.places
        if place.node == node_id
    ]
    return spots[max(there)[1]] if there else None

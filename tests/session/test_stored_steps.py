"""What is stored of the text behind a place: read late, in order, up to what nobody scored."""

from __future__ import annotations

import math

import numpy as np

from loom.records import TokenStats
from loom.session.judging.stored_steps import StoredSteps, Stretch


def stats(*probabilities: float) -> TokenStats:
    n, nothing = len(probabilities), np.zeros(len(probabilities), np.float32)
    return TokenStats(
        np.log(np.array(probabilities, np.float32)),
        np.tile(np.array([7, 8], np.int32), (n, 1)),
        np.log(np.tile(np.array([0.5, 0.25], np.float32), (n, 1))),
        *[nothing] * 5,
    )


class Stored:
    """What is stored, and who was asked for."""

    def __init__(self, **nodes: TokenStats) -> None:
        self.nodes = nodes
        self.asked: list[str] = []

    def __call__(self, node_id: str) -> TokenStats | None:
        self.asked.append(node_id)
        return self.nodes.get(node_id)


def test_nothing_is_read_before_it_is_looked_at() -> None:
    stored = Stored(a=stats(0.5, 0.1))
    steps = StoredSteps([Stretch("a", 1, (8,))], stored)
    assert not stored.asked
    (step,) = steps
    assert len(steps) == 1
    assert stored.asked == ["a"]
    assert step.token_id == 8
    assert math.isclose(step.probability, 0.1, rel_tol=1e-6)
    assert step.law.keys() == {7, 8}
    assert math.isclose(step.law[7], 0.5, rel_tol=1e-6)


def test_stretches_follow_one_another_up_to_the_first_that_nobody_scored() -> None:
    stored = Stored(a=stats(0.5, 0.1), c=stats(0.3))
    way = [Stretch("a", 0, (7, 8)), Stretch("b", 0, (7,)), Stretch("c", 0, (7,))]
    assert [step.token_id for step in StoredSteps(way, stored)] == [7, 8]
    whole = [way[0], way[2]]
    assert [round(step.probability, 3) for step in StoredSteps(whole, stored)] == [0.5, 0.1, 0.3]


def test_tokens_behind_the_last_that_was_scored_are_not_told_of() -> None:
    steps = StoredSteps([Stretch("a", 0, (7, 8, 9))], Stored(a=stats(0.5)))
    assert [step.token_id for step in steps] == [7]

"""Futures are drawn and scored once, whatever they are wanted for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from loom.convergence.futures import FutureBank
from loom.convergence.scorer import Future, Item, TokenIds
from loom.worlds.catalogue import open_world
from tests.convergence.exact_scorer import ExactScorer
from tests.convergence.judging import SETTINGS

ONE, OTHER, THIRD = (0, 1), (1, 1), (0, 0, 1)


class Counting(ExactScorer):
    """Writes down how it was asked."""

    def __init__(self) -> None:
        super().__init__(open_world("even").filter)
        self.drawn: list[int] = []
        self.scored: list[int] = []

    def futures(
        self, histories: Sequence[TokenIds], n_each: int, horizon: int, seeds: Sequence[int]
    ) -> list[list[Future]]:
        self.drawn.append(n_each * len(histories))
        return super().futures(histories, n_each, horizon, seeds)

    def score(self, items: Sequence[Item]) -> list[np.ndarray]:
        self.scored.append(len(items))
        return super().score(items)


def test_all_that_is_missing_is_asked_for_at_once() -> None:
    bank = FutureBank(scorer := Counting(), SETTINGS)
    bank.look_each([((ONE, OTHER), 12), ((ONE, THIRD), 4)])
    assert scorer.drawn == [12 + 12 + 4]
    assert scorer.scored == [2 * 12 + 2 * 4]
    bank.look_each([((ONE, OTHER), 12), ((THIRD, ONE), 8)])
    assert scorer.drawn[1:] == [4]
    assert scorer.scored[1:] == [2 * 4]


def test_futures_do_not_depend_on_how_many_were_asked_for_at_once() -> None:
    whole, steps = (FutureBank(ExactScorer(open_world("even").filter), SETTINGS) for _ in range(2))
    whole.look([(ONE, OTHER)], 16)
    for n in (4, 8, 16):
        steps.look([(ONE, OTHER)], n)
    for side in ((ONE, OTHER), (OTHER, ONE)):
        at_once, in_steps = (bank.log2_probs(side, 16) for bank in (whole, steps))
        assert np.array_equal(at_once, in_steps)

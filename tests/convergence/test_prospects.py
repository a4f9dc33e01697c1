"""What undecided pairs are thought to be worth: a promise, never a verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest

from loom.convergence.prospects import prospect
from loom.convergence.verdicts import judged_excess, variation_interval, verdict_of
from tests.convergence.judging import SETTINGS, evidence


def looked_at(variation: float, n_futures: int) -> tuple[float, int]:
    found = evidence("a", "b", "undecided", variation)
    return prospect(replace(found, n_futures=n_futures), SETTINGS)


def test_a_join_is_the_likelier_the_less_can_be_told_apart() -> None:
    chances = [looked_at(variation, 8)[0] for variation in (0.0, 0.1, 0.2, 0.5, 1.0)]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] > 0.95
    assert chances[3] < 0.1


def test_the_same_mean_of_more_looks_says_more() -> None:
    assert looked_at(0.1, 64)[0] > looked_at(0.1, 8)[0]
    assert looked_at(0.35, 64)[0] < looked_at(0.35, 8)[0]


@pytest.mark.parametrize("variation", [0.0, 0.05])
def test_so_many_looks_are_about_what_a_verdict_takes(variation: float) -> None:
    from loom.convergence.floor import KNOWN

    n_needed = 8 + looked_at(variation, 8)[1]

    def verdict(n: int) -> str:
        gaps = [variation] * (n // 2)
        interval = variation_interval(gaps, gaps, SETTINGS, KNOWN)
        return verdict_of(judged_excess(interval, KNOWN), SETTINGS)

    assert verdict(n_needed // 2) == "undecided"
    assert verdict(2 * n_needed) == "joined"

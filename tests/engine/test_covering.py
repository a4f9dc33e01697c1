"""Which tokens a growth begins with when it covers what is likely, on a law known by heart."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest

from loom.engine.backend import Backend
from loom.engine.covering import choose_firsts
from loom.engine.request import Grow
from loom.records import Cover, Ending, Sampling, TokenStats

END = 0
LAW = {END: 0.5, 1: 0.25, 2: 0.125, 3: 0.0625, 4: 0.0625}


class WrittenDown:
    """A backend with one law; `forbidden` is what its sampler's grammar does not allow."""

    def __init__(self, forbidden: tuple[int, ...] = ()) -> None:
        self.forbidden = forbidden
        self.n_open = 0

    def sampler(self, sampling: Sampling, seed: int) -> WrittenDown:
        self.n_open += 1
        return self

    def permits(self, token_id: int) -> bool:
        return token_id not in self.forbidden

    def close(self) -> None:
        self.n_open -= 1

    def ends_text(self, token_id: int) -> bool:
        return token_id == END

    def statistics(self, rows: list[int], ids: list[int], n_top: int) -> TokenStats:
        ids_of_law = np.array([list(LAW)[:n_top]], np.int32)
        top = np.log(np.array([list(LAW.values())[:n_top]], np.float64)).astype(np.float32)
        one = np.zeros(1, np.float32)
        return TokenStats(one, ids_of_law, top, one, one, one, one, one)


def firsts(
    cover: Cover, n_branches: int = 5, min_tokens: int = 0, forbidden: tuple[int, ...] = ()
) -> list[int]:
    backend = WrittenDown(forbidden)
    ending = Ending(min_tokens=min_tokens)
    request = Grow("c", (), n_branches, 8, Sampling(), 1, ending=ending, cover=cover)
    found, mass = choose_firsts(cast(Backend, backend), 0, request)
    assert mass == pytest.approx(sum(LAW[token_id] for token_id in found))
    assert not backend.n_open
    return found


def test_the_likeliest_are_taken_until_they_hold_the_share() -> None:
    assert firsts(Cover(0.74, 0.0)) == [END, 1]
    assert firsts(Cover(0.76, 0.0)) == [END, 1, 2]
    assert firsts(Cover(1.0, 0.0)) == [END, 1, 2, 3, 4]


def test_none_is_less_likely_than_was_asked_for() -> None:
    assert firsts(Cover(1.0, 0.1)) == [END, 1, 2]


def test_there_are_no_more_than_may_branch_and_always_one() -> None:
    assert firsts(Cover(1.0, 0.0), n_branches=2) == [END, 1]
    assert firsts(Cover(0.01, 0.9)) == [END]


def test_no_branch_ends_at_once_that_is_to_have_more_tokens() -> None:
    assert firsts(Cover(0.24, 0.0), min_tokens=1) == [1]


def test_what_a_grammar_forbids_is_left_out() -> None:
    assert firsts(Cover(0.6, 0.0), forbidden=(1, 2)) == [END, 3, 4]
    assert firsts(Cover(0.6, 0.0), forbidden=tuple(LAW)) == []

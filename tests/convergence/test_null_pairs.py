"""The floor: the same history alone and behind a document of its own, read as the model reads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from loom.convergence.floor import floor_of
from loom.convergence.futures import FutureBank
from loom.convergence.null_pairs import drawn_documents, find_floor
from loom.convergence.scorer import Future, Item, TokenIds
from loom.records import JudgeSettings
from loom.worlds.catalogue import open_world
from tests.convergence.exact_scorer import ExactScorer

SETTINGS = JudgeSettings(horizon=4)
HISTORIES = [(5, 6), (7, 8)]
NEUTRAL = (90, 91)


class Reading:
    """Says the same after every history, and remembers what it was asked to score behind what.

    What stands behind a document is `n_bits` bits less likely.
    """

    fingerprint = "reading"

    def __init__(self, start: TokenIds, end: TokenIds, n_bits: float = 0.0) -> None:
        self.document_start, self.document_end = start, end
        self.n_bits = n_bits
        self.scored: dict[TokenIds, None] = {}
        self.ended = False

    def futures(
        self, histories: Sequence[TokenIds], n_each: int, horizon: int, seeds: Sequence[int]
    ) -> list[list[Future]]:
        said = tuple(range(horizon))
        one = Future(said, np.full(horizon, -1.0), self.ended)
        return [[one] * n_each for _ in histories]

    def score(self, items: Sequence[Item]) -> list[npt.NDArray[np.float64]]:
        self.scored |= {item.history: None for item in items}
        return [
            np.full(len(item.text), -1.0 - self.n_bits / len(item.text) * (len(item.history) > 2))
            for item in items
        ]


@pytest.mark.parametrize(
    ("start", "end", "fronts"),
    [
        # A document ends, and where there is a token for that the next one begins.
        ((1,), (2,), [(40, 41, 2, 1), (50, 2, 1)]),
        ((), (2,), [(40, 41, 2), (50, 2)]),
        # One token for both is not written twice.
        ((3,), (3,), [(40, 41, 3), (50, 3)]),
        ((1,), (), [(40, 41, 1), (50, 1)]),
    ],
)
def test_a_history_is_read_behind_a_finished_document(
    start: TokenIds, end: TokenIds, fronts: list[TokenIds]
) -> None:
    reading = Reading(start, end)
    documents = [(40, 41), (50,)]
    floor = find_floor(FutureBank(reading, SETTINGS), HISTORIES, documents, NEUTRAL)  # type: ignore[arg-type]
    behind = [(*front, *one) for front, one in zip(fronts, HISTORIES, strict=True)]
    assert set(reading.scored) == {*HISTORIES, *behind}
    assert floor.source == "another document in front"


@pytest.mark.parametrize(
    ("end", "documents"), [((), [(40, 41)]), ((2,), [])], ids=["no boundary", "no documents"]
)
def test_else_a_neutral_text_stands_in_front_and_that_is_said(
    end: TokenIds, documents: list[TokenIds]
) -> None:
    reading = Reading((), end)
    floor = find_floor(FutureBank(reading, SETTINGS), HISTORIES, documents, NEUTRAL)  # type: ignore[arg-type]
    assert set(reading.scored) == {*HISTORIES, *((*NEUTRAL, *one) for one in HISTORIES)}
    assert floor.source == "a neutral text in front"


def test_documents_take_turns_when_there_are_more_histories() -> None:
    reading = Reading((), (2,))
    three = [(5, 6), (7, 8), (9, 9)]
    find_floor(FutureBank(reading, SETTINGS), three, [(40,), (50,)], NEUTRAL)  # type: ignore[arg-type]
    behind = [one for one in reading.scored if len(one) > 2]
    assert sorted(behind) == [(40, 2, 5, 6), (40, 2, 9, 9), (50, 2, 7, 8)]


def test_the_floor_is_what_both_readings_of_one_place_differ_by() -> None:
    reading = Reading((), (2,), n_bits=1.0)
    floor = find_floor(FutureBank(reading, SETTINGS), HISTORIES, [(40,)], NEUTRAL, 8)  # type: ignore[arg-type]
    # Drawn alone a future is twice as likely there; drawn behind the document it is as likely.
    gap = 2 / 3 - 1 / 3
    assert floor == floor_of([gap / 2] * 2, "another document in front", 2 * 8 * 2)


def test_a_world_takes_nothing_for_a_difference() -> None:
    scorer = ExactScorer(open_world("even").filter, end=256)
    floor = find_floor(FutureBank(scorer, SETTINGS), [(48, 48, 49), (49, 48)], [(49,)], NEUTRAL, 4)
    assert 0 <= floor.interval.low <= floor.interval.high <= 1


def test_a_floor_needs_a_history() -> None:
    with pytest.raises(ValueError, match="at least one pair"):
        find_floor(FutureBank(Reading((), (2,)), SETTINGS), [], [(40,)], NEUTRAL)  # type: ignore[arg-type]


def test_documents_that_a_model_draws_come_without_their_end() -> None:
    reading = Reading((1,), (2,))
    assert drawn_documents(reading, 3, 5, seed=1) == [(0, 1, 2, 3, 4)] * 3  # type: ignore[arg-type]
    reading.ended = True
    assert drawn_documents(reading, 3, 5, seed=1) == [(0, 1, 2, 3)] * 3  # type: ignore[arg-type]


def test_a_model_without_a_beginning_draws_no_documents() -> None:
    assert drawn_documents(Reading((), ()), 3, 5, seed=1) == []  # type: ignore[arg-type]
    assert len(drawn_documents(Reading((), (2,)), 3, 5, seed=1)) == 3  # type: ignore[arg-type]

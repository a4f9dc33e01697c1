"""One run of a judge: from spots to rounds that are kept, as they are found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from loom.convergence.betting import Interval
from loom.convergence.budget import Budget
from loom.convergence.comparing import Comparer, SpotPair
from loom.convergence.floor import KNOWN, Floor
from loom.convergence.futures import FutureBank
from loom.convergence.judge import Judge
from loom.convergence.null_pairs import (
    FEW_LOOKS,
    MANY_LOOKS,
    N_DOCUMENTS,
    Effort,
    drawn_documents,
    find_floor,
)
from loom.convergence.said_before import SaidBefore
from loom.convergence.scorer import Scorer, TokenIds
from loom.convergence.spots import Spot
from loom.errors import LoomError
from loom.records import FloorFound, Judged, JudgedRound, JudgeSettings, JudgingCost, Place

DOCUMENT_TOKENS = 64
"""Of a text that stands in front of a history when the model's floor is measured."""

FLOOR_SHARE = 0.15
"""Of a budget, what the floor may take beyond the few looks that no verdict can do without."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be judged: all spots, or only `pairs`, with all of so many looks each.

    `floor` is one that was found before, `exact` says that the model's laws are, `has_vectors` that
    there may be vectors of texts; `suspected` are pairs that seem to meet by their words; `neutral`
    is a text that says nothing, in tokens.
    `n_beyond` spots are more than can be kept in mind at once, `n_left_before` were left by the
    last run: looking at some pairs alone leaves that as it is.
    """

    model_name: str
    spots: Sequence[Spot]
    suspected: Sequence[SpotPair]
    pairs: Sequence[tuple[SpotPair, int]]
    settings: JudgeSettings
    budget: Budget
    floor: FloorFound | None
    exact: bool
    neutral: TokenIds
    has_vectors: bool = True
    n_beyond: int = 0
    n_left_before: int = 0


def rounds(bank: FutureBank, work: Work) -> Iterator[JudgedRound]:
    """Judge, and give what was found each time something was.

    The floor comes first, out of the same budget: from few looks, and from more where the budget
    has room for them. It is kept, so each model pays for it once in a session.
    """
    settings, scorer = work.settings, bank.scorer
    if not work.spots:
        return
    begun = scorer.spent
    judge = Judge(scorer, work.spots, settings)
    floor = _floor(bank, work, judge)
    comparer = Comparer(bank, floor, settings)
    said = SaidBefore(scorer if work.has_vectors else None, scorer, work.spots, settings.seed)
    steps: Iterator[list[Judged]]
    if work.pairs:
        steps = ([comparer.looked(pair, n_looks)] for pair, n_looks in work.pairs)
    else:
        steps = judge.run(comparer, work.budget, work.suspected, begun)
    found = JudgedRound(
        scorer.fingerprint,
        work.model_name,
        settings,
        _kept(floor),
        (),
        judge.n_not_reached + work.n_beyond,
    )
    places: set[frozenset[Place]] = set()
    n_pairs = 0
    for judged in steps:
        places |= {frozenset((one.one, one.other)) for one in judged}
        n_pairs = n_pairs or len({(id(a), id(b)) for (a, b), _ in work.pairs}) or judge.n_pairs
        both = tuple(said.add(judged))
        spent = _cost(scorer, len(places), max(n_pairs, len(places)))
        n_left = work.n_left_before if work.pairs else judge.n_not_reached + work.n_beyond
        yield replace(found, judged=both, n_not_reached=n_left, spent=spent)
    if not places:
        yield replace(found, spent=_cost(scorer, 0, judge.n_pairs))


def _cost(scorer: Scorer, n_judged: int, n_pairs: int) -> JudgingCost:
    return JudgingCost(n_judged, n_pairs, scorer.spent.n_tokens, scorer.spent.elapsed_s)


def _floor(bank: FutureBank, work: Work, judge: Judge) -> Floor:
    if work.exact:
        return KNOWN
    scorer = bank.scorer
    floor = None if work.floor is None else _read(work.floor)
    for effort in (FEW_LOOKS, MANY_LOOKS):
        n_tokens = 4 * effort.n_looks * work.settings.horizon
        dear = n_tokens > FLOOR_SHARE * work.budget.in_tokens(scorer.spent)
        if floor is not None and (_done(floor, effort) or dear):
            return floor
        floor = _measured(bank, work, judge, effort)
    assert floor is not None
    return floor


def _done(floor: Floor, effort: Effort) -> bool:
    """Whether a floor was measured so well already; one of unknown looks was."""
    return not 0 < floor.n_looks < effort.n_looks


def _measured(bank: FutureBank, work: Work, judge: Judge, effort: Effort) -> Floor:
    spread = max(1, len(work.spots) // effort.n_pairs)
    histories = [spot.history for spot in work.spots[::spread]][: effort.n_pairs]
    # What is drawn of a place that will be compared anyway is drawn once.
    soon = [spot.history for spot in judge.promising(effort.n_pairs)]
    histories = list(dict.fromkeys((*soon, *histories)))[: effort.n_pairs]
    n_documents = min(N_DOCUMENTS, effort.n_pairs)
    documents = drawn_documents(bank.scorer, n_documents, DOCUMENT_TOKENS, work.settings.seed)
    if not documents and not work.neutral:
        raise LoomError(
            "This model's noise cannot be measured: nothing can stand in front of its texts.",
            "Judge with another model; shared words need none.",
        )
    return find_floor(bank, histories, documents, work.neutral, effort.n_each)


def _read(kept: FloorFound) -> Floor:
    interval = Interval(kept.value, kept.low, kept.high)
    return Floor(interval, kept.source, kept.doubt, kept.n_looks)


def _kept(floor: Floor) -> FloorFound:
    interval = floor.interval
    low, high = interval.low, interval.high
    return FloorFound(interval.value, low, high, floor.source, floor.doubt, floor.n_looks)

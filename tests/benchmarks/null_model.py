"""Pairs of places that have nothing to do with each other, judged by the bundled base model."""

from __future__ import annotations

import random
from collections.abc import Iterator

from loom.convergence.boundaries import boundaries
from loom.convergence.comparing import Comparer, SpotPair
from loom.convergence.futures import FutureBank
from loom.convergence.null_pairs import MANY_LOOKS, N_DOCUMENTS, drawn_documents, find_floor
from loom.convergence.spots import Spot
from loom.records import Judged, JudgeSettings
from loom.session.judging.rounds import DOCUMENT_TOKENS
from loom.worlds.catalogue import open_world
from loom.worlds.quill import QUILL, draw_document
from loom.worlds.truth import total_variation
from tests.benchmarks.bar import Bar
from tests.benchmarks.opened_model import Opened
from tests.convergence.oracle import JOINED_AT_MOST, spot

PAIRS_AT_ONCE = 50
MOST_TOKENS = 200


def null_model(n_pairs: int, seed: int) -> Iterator[Bar]:
    """Boundaries of documents that were drawn apart from each other; whose law is one is left out.

    Two documents may come to the same state all the same (behind "The end." they always do), so
    what is joined is held against the world's exact law: a join is false if that is none.
    """
    rng, settings, opened = random.Random(seed), JudgeSettings(), Opened()
    try:
        spots = [_drawn(rng) for _ in range(n_pairs // 4)]
        bank = FutureBank(opened.scorer, settings)
        documents = drawn_documents(opened.scorer, N_DOCUMENTS, DOCUMENT_TOKENS, seed)
        histories = [one.history for one in spots[: MANY_LOOKS.n_pairs]]
        comparer = Comparer(bank, find_floor(bank, histories, documents, ()), settings)
        pairs = [(rng.choice(spots), rng.choice(spots)) for _ in range(n_pairs)]
        pairs = [(one, other) for one, other in pairs if one.history != other.history]
        judged: list[Judged] = []
        for start in range(0, len(pairs), PAIRS_AT_ONCE):
            judged += comparer.compare(pairs[start : start + PAIRS_AT_ONCE], settings.n_futures)
    finally:
        opened.close()
    verdicts = [one.evidence.verdict for one in judged]
    joined = [pair for pair, verdict in zip(pairs, verdicts, strict=True) if verdict == "joined"]
    n_true = sum(map(_is_one, joined))
    n_apart = verdicts.count("apart")
    note = f"{n_true} more are one in the world too; {n_apart} apart, of {len(pairs)} pairs"
    yield Bar("model, unrelated places, false joins", len(joined) - n_true, 0, "at most", note)


def _drawn(rng: random.Random) -> Spot:
    vocabulary = open_world("story-world").vocabulary
    ids: list[int] = []
    while True:
        text = draw_document(QUILL, random.Random(rng.getrandbits(60))).text
        ids = vocabulary.encode(text, special=False)[:MOST_TOKENS]
        at = boundaries([vocabulary.piece(token) for token in ids])
        if at:
            n = rng.choice(at)
            return spot(tuple(ids[:n]), f"{rng.getrandbits(60):x}")


def _is_one(pair: SpotPair) -> bool:
    world = open_world("story-world").filter
    beliefs = [world.follow(world.start(), one.history).belief for one in pair]
    truth = total_variation(world, *beliefs, 16, n_futures_most=3000)
    return truth.value <= JOINED_AT_MOST

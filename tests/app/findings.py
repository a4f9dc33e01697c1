"""Findings of every kind on the wedding toast: a join, a look-alike, an open question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from loom.records import (
    Evidence,
    FutureVerdict,
    Join,
    Judged,
    JudgedRound,
    JudgeSettings,
    JudgingCost,
    Place,
    PredictiveEvidence,
    SemanticEvidence,
    Span,
    TellingWord,
)
from loom.records.judging import FloorFound
from loom.session.judging.service import JudgingStatus
from loom.tree.events import FuturesJudged
from loom.tree.graph import Tree

from .fake_session import JOKE, FakeSession, shared, toast, words

SETTINGS = JudgeSettings()
SPENT = JudgingCost(n_judged=14, n_pairs=60, n_tokens=9_216, elapsed_s=3.14)
ONE_ROAD = (
    "Branches 1, 2 and 4 (3 of 8) are one road from here: for the next 16 tokens the best guess "
    "between any two compared is right 54 times in 100 (chance 50, same place twice 52). Same "
    "words and same gist before it."
)
NOT_ONE_ROAD = (
    "Branches 1 and 5 say the same words but are not one road: what follows, such as “fiddles”, "
    "“Nobody”, tells them apart 83 times in 100 (chance 50, same place twice 52)."
)
UNDECIDED = (
    "Cannot tell yet whether 3 and 6 meet: best guess 60 in 100, could be 54 to 66, and a join "
    "needs all of it under 61, after 32 looks."
)
TELLING = (
    TellingWord("fiddles", 0.02, 0.71),
    TellingWord("Nobody", 0.04, 0.55),
    TellingWord("glass", 0.48, 0.06),
    TellingWord("bride", 0.39, 0.11),
)


def futures(
    nodes: tuple[str, str],
    verdict: FutureVerdict,
    guess: tuple[float, float, float],
    telling: Sequence[TellingWord] = (),
) -> PredictiveEvidence:
    """What the futures of two branches say: the best guess, and its bounds."""
    value, low, high = guess
    return PredictiveEvidence(
        nodes,
        "story-base",
        verdict,
        n_futures=32,
        horizon=16,
        best_guess=value,
        best_guess_low=low,
        best_guess_high=high,
        same_place_twice=0.52,
        floor_source="another document in front",
        excess=2 * value - 1,
        excess_low=2 * low - 1,
        excess_high=2 * high - 1,
        telling=tuple(telling),
    )


def found(
    tree: Tree, mark: str, upto: Sequence[tuple[str, str]], evidence: Evidence, sentence: str
) -> Join:
    """A finding at the end of these words of these branches."""
    assert evidence.predictive is not None
    verdict = evidence.predictive.verdict
    spans = []
    for node_id, said in upto:
        text = tree.node(node_id).text
        end = text.index(said.encode()) + len(said.encode())
        start = max(text.rfind(b". ", 0, end - 1) + 1, 0)
        n_tokens = len(words(text[:end].decode()))
        spans.append(Span(node_id, 0, n_tokens, start, end))
    return Join(
        id=f"{mark} {upto}",
        verdict=verdict,
        kind={"joined": "full", "apart": "look_alike", "undecided": "hidden"}[verdict],
        nodes=tuple(node_id for node_id, _ in upto),
        spans=tuple(spans),
        weight=len(upto) / 8,
        sentence=sentence,
        evidence=evidence,
        mark=mark,
    )


def judged_toast(session: FakeSession | None = None) -> FakeSession:
    """Eight branches: 1, 2 and 4 are one road, 5 only looks like it, 3 and 6 are open."""
    session = session or toast()
    session.settings = replace(session.settings, n_branches=8, max_tokens=48)
    here = session.tree.selected_id
    assert here is not None
    session.grow(here)
    session.release()
    session.drain()
    ids = session.tree.child_ids(here)
    gist = SemanticEvidence(0.91, 0.6, 0.004, "mean of hidden states")
    lexical = shared(session.tree, [ids[0], ids[1], ids[3]], JOKE).evidence.lexical
    joined = futures((ids[0], ids[1]), "joined", (0.54, 0.5, 0.58), TELLING[2:])
    apart = futures((ids[0], ids[4]), "apart", (0.83, 0.77, 0.88), TELLING)
    open_ = futures((ids[2], ids[5]), "undecided", (0.6, 0.54, 0.66), TELLING[:1])
    road = [(ids[0], JOKE), (ids[1], JOKE), (ids[3], JOKE)]
    alike = [(ids[0], "Marco laughed"), (ids[4], "Marco laughed.")]
    unsure = [(ids[2], "Nobody moved."), (ids[5], "that morning")]
    tree = session.tree
    session.found = (
        found(tree, "A", road, Evidence(lexical, gist, joined), ONE_ROAD),
        found(tree, "a", alike, Evidence(lexical, gist, apart), NOT_ONE_ROAD),
        found(tree, "?", unsure, Evidence(None, None, open_), UNDECIDED),
    )
    judged = tuple(
        Judged(
            *(Place(node, by[node].end_token) for node in evidence.nodes), evidence, SETTINGS, gist
        )
        for join in session.found
        if (evidence := join.evidence.predictive) is not None
        for by in [{span.node: span for span in join.spans}]
    )
    floor = FloorFound(0.04, 0.02, 0.06, "another document in front")
    round_ = JudgedRound("story-base", "story-base", SETTINGS, floor, judged, 4, SPENT)
    tree.apply(FuturesJudged(0.0, round_))
    session.judging.status = JudgingStatus(False, SPENT, 4)
    return session

"""Events that do not fit together are found by comparing them, without any model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from loom.records import Cover, ModelInfo, Provenance, TokenColumns, TokenStats
from loom.replay.integrity import Auditor
from loom.store.inspection import Kept
from loom.tree.events import (
    BranchClosed,
    BranchOpened,
    GrowthAccepted,
    GrowthCovered,
    ModelHashed,
    NodeSelected,
    NodeTokenised,
    TokensAppended,
    TreeEvent,
)
from tests.store.specimens import (
    MODEL,
    STARTED,
    columns,
    histories,
    opened,
    provenance,
    requested,
    statistics,
    written,
)

ASKED = replace(requested("r", "p", 2), max_tokens=2, seed=7)
RUN = replace(provenance(7), sampling=ASKED.sampling, n_branches=2, max_tokens=2, mode=ASKED.mode)
SOUND: tuple[TreeEvent, ...] = (
    STARTED,
    written("p"),
    ASKED,
    GrowthAccepted(3.5, "r", RUN),
    opened("a", "p"),
    opened("b", "p", index=1),
    BranchClosed(6.0, "b", "stop"),
)
PAIR = columns([b" upon", b" a time"])


def said(*events: TreeEvent, tokens: TokenColumns | None = None) -> list[str]:
    """What is said of events; `tokens` come with the last of them."""
    auditor, found = Auditor(), list[str]()
    for seq, event in enumerate(events, 1):
        # Tokens have no event of their own in the journal, and a selection neither.
        if not isinstance(event, TokensAppended | NodeSelected):
            found += auditor.take(Kept(seq, event, tokens if seq == len(events) else None))
    return found


def hashed(sha256: str | None) -> ModelInfo:
    return replace(MODEL, sha256=sha256)


def test_what_fits_together_is_not_spoken_of() -> None:
    assert said(*SOUND, BranchClosed(6.0, "a", "length"), tokens=PAIR) == []
    assert said(*SOUND, ModelHashed(7.0, MODEL.fingerprint, "1" * 64)) == []


@given(histories())
def test_nothing_is_said_of_any_growing_and_writing(history: list[TreeEvent]) -> None:
    # Their requests, answers and readings are made up without regard for one another.
    about = " asked for ", " asked, ", " was asked", "not those of its text", "never run"
    found = [one for one in said(*history) if not any(word in f" {one}" for word in about)]
    assert found == []


@pytest.mark.parametrize(
    ("event", "what"),
    [
        (STARTED, "a session begins once, with its first event"),
        (NodeTokenised(2.5, "p", (7,), (b"Twice",), "m"), "the tokens of node p are not those"),
        (requested("s", "x"), "it asks for branches of x, which is not there"),
        (GrowthAccepted(3.5, "s", RUN), "nobody asked for request s"),
        (GrowthCovered(3.6, "r", 2, 0.5), "request r did not ask for a cover"),
        (GrowthCovered(3.6, "s", 2, 0.5), "request s did not ask for a cover"),
        (opened("c", "p", "s"), "node c is of a request that was never run"),
        (opened("c", "b", index=0), "node c hangs from b, but was asked for below p"),
        (opened("c", "p", index=1), "node c is branch 2 of 2, which there is not, or twice"),
        (opened("c", "p", index=2), "node c is branch 3 of 2, which there is not, or twice"),
        (
            BranchOpened(4.0, "c", "p", "r", 0, "text", "somebody"),
            "node c is by somebody, but tiny was asked",
        ),
        (BranchClosed(6.0, "b", "eos"), "node b was not growing"),
        (BranchClosed(6.0, "x", "eos"), "node x was not growing"),
        (written("c", parent_id="x"), "x"),
    ],
)
def test_an_event_that_does_not_fit_is_told(event: TreeEvent, what: str) -> None:
    without_a = tuple(one for one in SOUND if one != opened("a", "p"))
    assert any(what in one for one in said(*without_a, event))


def test_a_session_that_begins_with_anything_else_is_told() -> None:
    assert said(written("p")) == ["a session begins once, with its first event"]


@pytest.mark.parametrize(
    ("how", "what"),
    [
        (replace(RUN, seed=8), "asked for seed 7 and was run with 8"),
        (replace(RUN, n_branches=3), "asked for branches 2 and was run with 3"),
        (replace(RUN, max_tokens=3), "asked for a length of 2 and was run with 3"),
        (replace(RUN, mode="exact"), "asked for the mode fast and was run with exact"),
        (replace(RUN, sampling=provenance().sampling), "asked for the sampler"),
    ],
)
def test_what_was_run_is_what_was_asked_for(how: Provenance, what: str) -> None:
    found = said(*SOUND[:3], GrowthAccepted(3.5, "r", how))
    assert len(found) == 1
    assert what in found[0]


def test_a_model_has_one_hash() -> None:
    two = f"the file of model {MODEL.fingerprint} has two hashes"
    first = ModelHashed(7.0, MODEL.fingerprint, "1" * 64)
    assert said(*SOUND, first, first) == []
    assert said(*SOUND, first, replace(first, sha256="2" * 64)) == [two]
    again = [ASKED, GrowthAccepted(8.0, "r", replace(RUN, model=hashed("2" * 64)))]
    assert said(*SOUND[:2], first, *again) == [two]
    assert said(*SOUND[:2], first, ASKED, SOUND[3]) == []


@pytest.mark.parametrize(
    ("finish", "n", "what"),
    [
        ("length", 1, "node a ended at its greatest length, but has 1 tokens"),
        ("stop", 3, "node a has 3 tokens, and 2 at most were asked for"),
    ],
)
def test_a_branch_is_as_long_as_was_asked_for(finish: str, n: int, what: str) -> None:
    tokens = columns([b"x"] * n)
    closed = BranchClosed(6.0, "a", finish)  # type: ignore[arg-type]
    assert said(*SOUND, closed, tokens=tokens) == [what]


def test_a_token_stands_for_the_same_bytes_everywhere() -> None:
    auditor = Auditor()
    for seq, event in enumerate(SOUND[:-1], 1):
        assert list(auditor.take(Kept(seq, event, None))) == []
    ids, times = np.array([7], np.int32), np.zeros(1, np.float32)
    for node_id, piece in (("a", b" one"), ("b", b" two")):
        tokens = TokenColumns(ids, (piece,), times, None)
        found = list(auditor.take(Kept(9, BranchClosed(6.0, node_id, "stop"), tokens)))
    assert found == ["token 7 is b' one' elsewhere and b' two' in node b"]


def measured(**changed: object) -> TokenColumns:
    """Two tokens: the likeliest one, and one that is not among the three likeliest."""
    top = np.log(np.array([[0.5, 0.25, 0.125]] * 2, np.float32))
    likeliest = np.array([[1, 2, 3]] * 2, np.int32)
    logprob = np.log(np.array([0.5, 0.0625], np.float32))
    stats = replace(
        statistics(2, 3, 0), top_ids=likeliest, top_logprobs=top, logprob=logprob, **changed
    )
    ids = np.array([1, 9], np.int32)
    return TokenColumns(ids, (b" upon", b" a time"), np.zeros(2, np.float32), stats)


@pytest.mark.parametrize(
    ("changed", "places"),
    [
        ({}, []),
        ({"logprob": np.log(np.array([0.4, 0.0625], np.float32))}, [1]),
        ({"logprob": np.log(np.array([0.5, 0.2], np.float32))}, [2]),
        ({"logprob": np.array([np.nan, 0.5], np.float32)}, [1, 2]),
        (
            {
                "top_ids": np.zeros((2, 0), np.int32),
                "top_logprobs": np.zeros((2, 0), np.float32),
                "logprob": np.array([-1.0, 0.5], np.float32),
            },
            [2],
        ),
    ],
)
def test_a_probability_fits_the_table_of_the_likeliest(
    changed: dict[str, np.ndarray], places: list[int]
) -> None:
    base = measured()
    assert isinstance(base.stats, TokenStats)
    tokens = TokenColumns(base.ids, base.pieces, base.elapsed_s, replace(base.stats, **changed))
    found = said(*SOUND, BranchClosed(6.0, "a", "length"), tokens=tokens)
    assert found == [f"the statistics do not fit token {place} of node a" for place in places]


def test_a_cover_that_was_asked_for_is_right() -> None:
    asked = replace(ASKED, cover=Cover(0.5, 0.25))
    assert said(*SOUND[:2], asked, SOUND[3], GrowthCovered(3.6, "r", 2, 0.5)) == []

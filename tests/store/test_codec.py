from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import get_args

import pytest

from loom.records import ModelInfo, Provenance, Sampling
from loom.store.codec import EventRow, JournalEvent, content_of, decode, encode
from loom.tree.events import (
    BranchClosed,
    GrowthAccepted,
    GrowthRequested,
    ModelChosen,
    NodeSelected,
    NodeTokenised,
    SessionStarted,
    TokensAppended,
    TreeEvent,
)
from tests.store.specimens import MODEL, opened, provenance, written

EVERY_KIND: list[JournalEvent] = [
    SessionStarted(1.0, "A title\n", "chat", "/m/\udcff.gguf", "0.1.0"),
    written("n", b"\x00\xff"),
    written("n", b"", "parent"),
    NodeTokenised(1.0, "n", (1, 2, 3), (b"", b"\xf0\x9f", b"\x99\x82"), "m"),
    GrowthRequested(1.0, "r", "n", 3, 9, Sampling(top_k=4, top_p=0.1, temperature=0.0), 2**64),
    GrowthAccepted(
        1.0,
        "r",
        replace(provenance(), model=replace(MODEL, chat_template="{{x}}", gpu_unused="A card")),
    ),
    opened("n", "p", "r", 3),
    BranchClosed(1.0, "n", "error", "It \x1b[31mfailed."),
    ModelChosen(1.0, "m", "plain"),
]


@pytest.mark.parametrize("event", EVERY_KIND, ids=lambda event: type(event).__name__)
def test_an_event_comes_back_as_it_was(event: JournalEvent):
    row = encode(event)
    assert decode(row, content_of(event)) == event
    row.payload.encode("ascii")


def test_every_event_but_tokens_and_selection_has_a_row():
    with_rows = {type(event) for event in EVERY_KIND}
    assert with_rows == set(get_args(TreeEvent)) - {TokensAppended, NodeSelected}


@pytest.mark.parametrize("kind", [Sampling, Provenance, ModelInfo])
def test_every_field_of_the_records_is_kept(kind: type):
    accepted = json.loads(encode(EVERY_KIND[5]).payload)["provenance"]
    kept = {Sampling: accepted["sampling"], Provenance: accepted, ModelInfo: accepted["model"]}
    assert set(kept[kind]) == {field.name for field in fields(kind)}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (EventRow(1.0, "node_added", None, "{}"), "'node_added' happens to a session"),
        (EventRow(1.0, "session_started", "n", "{}"), "'session_started' happens to a node"),
        (EventRow(1.0, "branch_closed", "n", "{}"), "finish is missing"),
        (EventRow(1.0, "model_chosen", None, '{"model":1,"mode":"plain"}'), "model is not a text"),
        (EventRow(1.0, "growth_requested", None, '{"request_id":"r"}'), "parent_id is missing"),
        (
            EventRow(
                1.0, "growth_requested", None, '{"request_id":"r","parent_id":"p","n_branches":"3"}'
            ),
            "n_branches is not a whole number",
        ),
    ],
)
def test_a_row_that_makes_no_sense_is_an_error(row: EventRow, why: str):
    with pytest.raises(ValueError, match=why):
        decode(row, None)

from __future__ import annotations

import json
from dataclasses import MISSING, fields, replace
from typing import get_args

import pytest

from loom.records import Cover, Ending, ModelInfo, Opening, Place, Provenance, Sampling
from loom.records.template_use import TemplateUse
from loom.store.codec import EventRow, JournalEvent, content_of, decode, encode
from loom.tree.changes import (
    BookmarkRemoved,
    ChapterBegun,
    GrowthHidden,
    GrowthShown,
    JoinAllowed,
    JoinDenied,
    NodeBookmarked,
    NodeDerived,
    NodeHidden,
    NodeMoved,
    NodeShown,
    NodeTagged,
    NodeTitled,
    NoteWritten,
    OperationBegan,
    OperationRedone,
    OperationUndone,
    SessionTitled,
    Slice,
    Tag,
    TagRemoved,
)
from loom.tree.events import (
    BranchClosed,
    BranchesGrown,
    FuturesJudged,
    GrowthAccepted,
    GrowthCovered,
    GrowthRequested,
    ModeChosen,
    ModelChosen,
    ModelHashed,
    NodeAdded,
    NodeImported,
    NodeSelected,
    NodeTokenised,
    SecondModelChosen,
    SessionStarted,
    TokensAppended,
    TreeEvent,
    TreeImported,
)
from tests.store.specimens import MODEL, judged_round, opened, provenance, written

FULL_MODEL = replace(
    MODEL,
    chat_template="{{x}}",
    gpu_unused="A card",
    n_layers=12,
    n_ubatch=256,
    devices=("GPU0", "CPU"),
    flash_attention="on",
    cache_type="q8_0",
    weight_bytes=2**33,
    cache_bytes=2**32,
    sha256="0" * 64,
    processor="An 8-core",
)
"""Nothing about it is as it is unless said otherwise."""

EVERY_KIND: list[JournalEvent] = [
    SessionStarted(1.0, "A title\n", "chat", "/m/\udcff.gguf", "0.1.0"),
    written("n", b"\x00\xff"),
    written("n", b"", "parent"),
    NodeTokenised(1.0, "n", (1, 2, 3), (b"", b"\xf0\x9f", b"\x99\x82"), "m"),
    GrowthRequested(1.0, "r", "n", 3, 9, Sampling(top_k=4, top_p=0.1, temperature=0.0), 2**64),
    GrowthAccepted(
        1.0,
        "r",
        replace(provenance(), model=FULL_MODEL),
    ),
    opened("n", "p", "r", 3),
    BranchClosed(1.0, "n", "error", "It \x1b[31mfailed.", 0.25),
    ModelChosen(1.0, "m", "plain"),
    GrowthRequested(
        1.0,
        "r",
        "n",
        300,
        9,
        Sampling(),
        0,
        Ending(min_tokens=3, stop=("\n", "\udcff"), until="sentence"),
        Cover(0.5, 0.25),
        "exact",
    ),
    GrowthCovered(1.0, "r", 7, 0.53125),
    SessionStarted(1.0, "t", "plain", "m", "0.1.0", Opening(64, 3, "GPU0", "on", "q8_0")),
    ModelHashed(1.0, "f", "0" * 64),
    SecondModelChosen(1.0, "m"),
    SecondModelChosen(1.0, None),
    FuturesJudged(1.0, judged_round()),
    ModeChosen(1.0, "chat", "chatml"),
    ModelChosen(1.0, "m", "chat", "llama3"),
    SessionStarted(1.0, "t", "chat", "m", "0.1.0", template="chatml"),
    NodeAdded(1.0, "n", None, "user", "human", b"<|x|>", special=True),
    GrowthRequested(1.0, "r", "n", 1, 9, Sampling(), 0, template=TemplateUse(None, "ab")),
    GrowthRequested(1.0, "r", "n", 1, 9, Sampling(), 0, plan_id="p"),
    OperationBegan(1.0, "o", "split", "n", 3, "human"),
    OperationBegan(1.0, "o", "title", None, 1, "human"),
    OperationUndone(2.0, "o", 3),
    OperationRedone(3.0, "o", 3),
    NodeDerived(
        1.0,
        "n",
        None,
        "text",
        "tiny",
        (Slice("a", 0, 3, 0, 2), Slice("b", 1, 2, 1, 2)),
        b"on\xe9 ",
        (7, 2**31 - 1, 0),
        (2, 1, 1),
        "12-ab",
        "eos",
    ),
    NodeDerived(
        1.0, "n", "p", "user", "human", (), b"\x00", None, (), "", None, True, retokenised=True
    ),
    NodeHidden(1.0, "n"),
    NodeShown(1.0, "n"),
    NodeMoved(1.0, "n", "p", "s"),
    NodeMoved(1.0, "n", None, None),
    GrowthHidden(1.0, "r"),
    GrowthShown(1.0, "r"),
    NodeBookmarked(1.0, "n"),
    BookmarkRemoved(1.0, "n"),
    NodeTagged(1.0, "n", Tag("best \x1b", "green", "ancestry")),
    TagRemoved(1.0, "n", "best"),
    NoteWritten(1.0, "n", "Why \udcff?"),
    NodeTitled(1.0, "n", "t"),
    ChapterBegun(1.0, "n", "One"),
    JoinDenied(1.0, "n", frozenset({Place("n", 3), Place("o", 4)})),
    JoinAllowed(1.0, "n", frozenset({Place("n", 3), Place("o", 4)})),
    SessionTitled(1.0, "t"),
    TreeImported(1.0, "pyloom", "tree.json", '{"x":"\\ud800"}', ("lost: a thing (1)",)),
    NodeImported(
        1.0, "n", "p", "assistant", "gpt", b"\xff\x00", "eos", '{"program":"p","keys":{}}'
    ),
    NodeImported(1.0, "n", None, "text", "unknown", b""),
]


@pytest.mark.parametrize("event", EVERY_KIND, ids=lambda event: type(event).__name__)
def test_an_event_comes_back_as_it_was(event: JournalEvent):
    row = encode(event)
    assert decode(row, content_of(event)) == event
    row.payload.encode("ascii")


def test_everything_that_happens_but_tokens_and_selection_has_a_row():
    with_rows = {type(event) for event in EVERY_KIND}
    assert with_rows == set(get_args(TreeEvent)) - {TokensAppended, NodeSelected, BranchesGrown}


@pytest.mark.parametrize("kind", [Sampling, Provenance, ModelInfo])
def test_every_field_of_the_records_is_kept(kind: type):
    accepted = json.loads(encode(EVERY_KIND[5]).payload)["provenance"]
    kept = {Sampling: accepted["sampling"], Provenance: accepted, ModelInfo: accepted["model"]}
    assert set(kept[kind]) == {field.name for field in fields(kind)}


def test_a_model_of_which_all_is_known_is_kept_with_all_of_it():
    usual = {field.name: field.default for field in fields(ModelInfo)}
    assert [name for name in usual if getattr(FULL_MODEL, name) == usual[name]] == []


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


def test_a_row_of_a_loom_that_asked_for_less_is_read_as_nothing_more_asked():
    first = (
        '{"request_id":"r","parent_id":"n","n_branches":3,"max_tokens":9,"seed":1,'
        '"sampling":{"top_k":null,"top_p":null,"min_p":0.05,"temperature":1.0}}'
    )
    event = decode(EventRow(1.0, "growth_requested", None, first), None)
    assert event == GrowthRequested(1.0, "r", "n", 3, 9, Sampling(), 1)
    closed = decode(EventRow(1.0, "branch_closed", "n", '{"finish":"eos","message":""}'), None)
    assert closed == BranchClosed(1.0, "n", "eos")


def test_a_model_of_a_loom_that_told_less_of_it_is_read_as_one_of_which_less_is_known():
    accepted = encode(EVERY_KIND[5])
    values = json.loads(accepted.payload)
    optional = {field.name for field in fields(ModelInfo) if field.default is not MISSING}
    for name in optional:
        del values["provenance"]["model"][name]
    event = decode(accepted._replace(payload=json.dumps(values)), None)
    assert isinstance(event, GrowthAccepted)
    assert event.provenance.model == replace(MODEL, chat_template="{{x}}")


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ('"ending":{"min_tokens":0,"stop":["a",1],"until":null}', "stop is not a list of texts"),
        ('"ending":{"min_tokens":0,"stop":[],"until":"noon"}', "until is 'noon'"),
        ('"cover":{"share":"all","min_probability":0}', "share is not a number"),
        ('"mode":"slow"', "mode is 'slow'"),
        ('"sampling":{"temperature":1.0,"biases":5}', "biases is not a list"),
    ],
)
def test_an_asking_that_makes_no_sense_is_an_error(asked: str, why: str):
    whole = json.loads(encode(EVERY_KIND[4]).payload) | json.loads(f"{{{asked}}}")
    with pytest.raises(ValueError, match=why):
        decode(EventRow(1.0, "growth_requested", None, json.dumps(whole)), None)
